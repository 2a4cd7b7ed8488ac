"""Finds a Japanese font on the machine, and tells which letters a font does not have."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import ImageFont

_NO_LETTER = "\U0010fffe"
"""No font has it, so that it is drawn as the sign for a missing letter."""


def find_font(files: Sequence[str], folders: Sequence[Path]) -> Path | None:
    """The first of `files` (best first) that lies in or below one of the folders, else None."""
    wanted = {name.casefold(): rank for rank, name in enumerate(files)}
    found: dict[int, Path] = {}
    for folder in folders:
        for file in _files_below(folder):
            rank = wanted.get(file.name.casefold())
            if rank is not None:
                found.setdefault(rank, file)
    return found[min(found)] if found else None


def letters_missing(font: Path, words: str) -> str:
    """The letters of `words` that the font cannot draw. Raises OSError when it is no font."""
    opened = ImageFont.truetype(str(font), 32)
    missing = bytes(opened.getmask(_NO_LETTER))
    letters = sorted(set(words) - set(" 　"))
    return "".join(letter for letter in letters if bytes(opened.getmask(letter)) == missing)


def _files_below(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(file for file in folder.expanduser().rglob("*") if file.is_file())
    except OSError:
        return
