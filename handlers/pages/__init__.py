"""Residents' own large-type pages below /r/: opened by a one-time link, for what is personal."""

from handlers.pages.door import blueprint
from handlers.pages.services import PageServices

__all__ = ["PageServices", "blueprint"]
