"""The staff console: `mount` opens it at /console/."""

from handlers.console.app import create_blueprint, mount
from handlers.console.services import Services

__all__ = ["Services", "create_blueprint", "mount"]
