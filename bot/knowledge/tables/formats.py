"""A table's columns as data describes them: headings, fields, kinds, lengths."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How a column's cells are read and written."""

    TEXT = "text"
    LIST = "list"
    ID = "id"
    SECTION = "section"
    PHONE = "phone"
    URL = "url"
    DATE = "date"
    YEAR = "year"
    FLAG = "flag"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Era:
    """An era in which dates may be written; `first` is the western year of its year 1."""

    name: str
    letter: str
    first: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the field it fills, and what its cells may hold."""

    name: str
    field: str
    kind: Kind
    also: tuple[str, ...] = ()
    required: bool = False
    longest: int | None = None
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of table in the version its data says, with the columns in the order of writing."""

    kind: str
    title: str
    version: int
    columns: tuple[Column, ...]
    eras: tuple[Era, ...]

    @classmethod
    def of(cls, held: Mapping[str, Any], common: Mapping[str, Any]) -> "Format":
        """The format in a parsed file of `content/formats`, with what all formats share.

        Raises KeyError or ValueError where the data is incomplete, which stop the start.
        """
        return cls(
            kind=held["kind"],
            title=held["title"],
            version=held["version"],
            columns=tuple(_column(column) for column in held["column"]),
            eras=tuple(Era(e["name"], e["letter"], e["first"]) for e in common["era"]),
        )

    def find(self, heading: str) -> Column | None:
        """The column a file means by this heading."""
        wanted = bare(heading)
        for column in self.columns:
            if wanted in (bare(name) for name in (column.name, *column.also)):
                return column
        return None

    def lengths(self) -> dict[str, int]:
        """The most characters of each field that has a limit."""
        return {c.field: c.longest for c in self.columns if c.longest is not None}


def bare(heading: str) -> str:
    """A heading without width, blanks, and what only explains: (;), {1 …}, a star."""
    folded = "".join(unicodedata.normalize("NFKC", heading).split())
    return re.sub(r"\(;\)|\{.*\}|\*$", "", folded).casefold()


def _column(held: Mapping[str, Any]) -> Column:
    return Column(
        name=held["name"],
        field=held["field"],
        kind=Kind(held["kind"]),
        also=tuple(held.get("also", ())),
        required=bool(held.get("required", False)),
        longest=held.get("longest"),
        choices=tuple((c["value"], tuple(c["labels"])) for c in held.get("choices", ())),
    )
