"""Reads the XML of a sheet and of its shared texts, a piece at a time."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from xml.parsers import expat

from bot.knowledge.tables.cells import (
    Cell,
    DateCell,
    ErrorCell,
    FormulaCell,
    NumberCell,
    unguard,
)
from bot.knowledge.tables.faults import Fault, Refused

_MOST_TEXTS = 1_000_000
_MOST_ELEMENTS = 2_000_000
_MOST_COLUMN = 200
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def new_parser() -> Any:
    """A parser that knows namespaces and refuses documents that define entities."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_declared: Any) -> None:
        raise Refused(Fault.BROKEN_WORKBOOK)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """An element's or attribute's name without its namespace (transitional, strict, prefixed)."""
    return name.rpartition(" ")[2]


def named(attributes: dict[str, str]) -> dict[str, str]:
    """The attributes by their local names."""
    return {local(name): value for name, value in attributes.items()}


def unescape(text: str) -> str:
    """The text with OOXML's `_x000D_` for characters that XML cannot hold turned back."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


class TextCollector:
    """Collects a workbook's shared texts, without the furigana Excel keeps beside them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] | None = None
        self._in_text = False
        self._in_reading = False
        self._parser = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, chunk: bytes) -> None:
        """Reads a further piece. Raises Refused or ExpatError."""
        self._parser.Parse(chunk, False)

    def close(self) -> None:
        """Says that all pieces were given."""
        self._parser.Parse(b"", True)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "si":
            self.texts.append(unescape("".join(self._pieces or ())))
            self._pieces = None
            if len(self.texts) > _MOST_TEXTS:
                raise Refused(Fault.UNPACKS_TOO_BIG)
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def _characters(self, text: str) -> None:
        if self._in_text and self._pieces is not None:
            self._pieces.append(text)


@dataclass(frozen=True, slots=True)
class Book:
    """What a sheet's cells refer to: texts by number, styles that show dates, how days count."""

    texts: list[str]
    date_styles: frozenset[int]
    counts_from_1904: bool


class SheetReader:
    """Reads a sheet's rows as its XML arrives; `take_rows` gives those that are complete."""

    def __init__(self, book: Book) -> None:
        self.merged: list[str] = []
        self._book = book
        self._rows: list[tuple[int, list[Cell]]] = []
        self._row = 0
        self._cells: dict[int, Cell] = {}
        self._column = 0
        self._kind = "n"
        self._style = 0
        self._has_formula = False
        self._in_reading = False
        self._in_value = False
        self._pieces: list[str] = []
        self._elements = 0
        self._parser = new_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters

    def feed(self, chunk: bytes) -> None:
        """Reads a further piece. Raises Refused, ExpatError, or ValueError for what is no sheet."""
        self._parser.Parse(chunk, False)

    def close(self) -> None:
        """Says that all pieces were given."""
        self._parser.Parse(b"", True)

    def take_rows(self) -> list[tuple[int, list[Cell]]]:
        """The rows completed since the last call."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise Refused(Fault.TOO_MANY_ROWS)
        name = local(name)
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._in_value = not self._in_reading
        elif name == "f":
            self._has_formula = True
        elif name == "rPh":
            self._in_reading = True
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._cells, self._column = {}, 0
        elif name == "mergeCell":
            self.merged.append(attributes.get("ref", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = _REFERENCE.fullmatch(attributes.get("r", ""))
        self._column = _column_number(place[1]) if place else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", "0"))
        self._has_formula = False
        self._pieces = []

    def _end(self, name: str) -> None:
        name = local(name)
        if name == "c":
            self._end_cell()
        elif name in ("v", "t"):
            self._in_value = False
        elif name == "rPh":
            self._in_reading = False
        elif name == "row" and self._cells:
            width = max(self._cells) + 1
            self._rows.append((self._row, [self._cells.get(i, "") for i in range(width)]))

    def _characters(self, text: str) -> None:
        if self._in_value:
            self._pieces.append(text)

    def _end_cell(self) -> None:
        text = "".join(self._pieces)
        if self._has_formula:
            cell: Cell = FormulaCell()
        elif not text:
            return
        else:
            cell = self._cell(text)
        if self._column > _MOST_COLUMN:
            raise Refused(Fault.TOO_MANY_COLUMNS, self._row)
        if cell != "":
            self._cells[self._column - 1] = cell

    def _cell(self, text: str) -> Cell:
        if self._kind == "s":
            return unguard(self._book.texts[int(text)].strip(" "))
        if self._kind in ("inlineStr", "str"):
            return unguard(unescape(text).strip(" "))
        if self._kind == "e":
            return ErrorCell(text)
        if self._kind == "b":
            return NumberCell(text)
        if self._kind == "d":
            return DateCell(datetime.fromisoformat(text).date())
        return self._number(float(text))

    def _number(self, number: float) -> Cell:
        if self._style in self._book.date_styles:
            day = _day(int(number), counts_from_1904=self._book.counts_from_1904)
            if day is not None:
                return DateCell(day)
        whole = number.is_integer() and abs(number) < 1e15
        return NumberCell(str(int(number)) if whole else repr(number))


def _day(serial: int, *, counts_from_1904: bool) -> date | None:
    """The day of that number; None for a time of day alone. Excel has a February 29, 1900."""
    if counts_from_1904:
        return date(1904, 1, 1) + timedelta(days=serial)
    if serial < 1:
        return None
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=serial)


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
