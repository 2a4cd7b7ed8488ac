"""Words and knowledge: finds and reads the files beside this module, and does nothing more."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


def folder() -> Path:
    """The folder of the city's words and knowledge, wherever the program was started."""
    return Path(__file__).parent


@cache
def toml(name: str) -> dict[str, Any]:
    """The TOML file `name`, relative to `folder()`; read once a process.

    Raises FileNotFoundError or tomllib.TOMLDecodeError, which stop the start.
    """
    return tomllib.loads((folder() / name).read_text(encoding="utf-8"))
