"""Single cells: what a reader finds in one, and the safe and reversible way to write one."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DateCell:
    """A cell that a spreadsheet shows as a date."""

    date: date


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A number; `text` is how one would type it."""

    text: str


@dataclass(frozen=True, slots=True)
class FormulaCell:
    """A formula, whose value nobody has checked."""


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A spreadsheet's error, such as #N/A."""

    text: str


Cell = str | DateCell | NumberCell | FormulaCell | ErrorCell


@dataclass(frozen=True, slots=True)
class Table:
    """A file's cells: the heading row, and the rows below it that hold anything, by number.

    Rows are numbered as a spreadsheet shows them, from 1.
    """

    header: tuple[Cell, ...]
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]


# Spreadsheets run a cell that begins so, full-width forms included (security.md 14).
_RUNS = r"[=+\-@\t\r\n\0＝＋－＠−]"
_MUST_BE_GUARDED = re.compile(rf"'*{_RUNS}")
_IS_GUARDED = re.compile(rf"'+{_RUNS}")


def guard(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would run it."""
    return "'" + text if _MUST_BE_GUARDED.match(text) else text


def unguard(text: str) -> str:
    """The text that `guard` was given."""
    return text[1:] if _IS_GUARDED.match(text) else text


def join(items: tuple[str, ...]) -> str:
    """The items in one cell, separated by `;`; those inside an item get a backslash."""
    return ";".join(re.sub(r"([\\;；])", r"\\\1", item) for item in items)


def split(text: str) -> tuple[str, ...]:
    """The items that `join` was given; a full-width `；` separates too. Blank ones are dropped."""
    parts = re.findall(r"(?:\\.|[^;；\\]|\\$)+", text, re.DOTALL)
    items = (re.sub(r"\\([\\;；])", r"\1", part).strip() for part in parts)
    return tuple(item for item in items if item)
