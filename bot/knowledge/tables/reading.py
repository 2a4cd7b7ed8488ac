"""Understands a table by its format: every row's fields, or every fault with row and column."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.city import Section
from bot.knowledge.rules import is_writable, tidy_text
from bot.knowledge.tables.cells import (
    Cell,
    DateCell,
    ErrorCell,
    FormulaCell,
    NumberCell,
    Table,
    split,
)
from bot.knowledge.tables.dates import read_date, read_fiscal_year
from bot.knowledge.tables.faults import Fault, Notice, TableFault, TableNotice
from bot.knowledge.tables.formats import Column, Format, Kind, bare

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# A Japanese number that a spreadsheet took for an amount: nine or ten digits without the zero.
_LOST_ZERO = re.compile(r"[1-9][0-9]{8,9}")
_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A row understood: the fields its file has columns for, as `shelves.unpack` reads them."""

    number: int
    id: str
    fields: dict[str, Any]


@dataclass(slots=True)
class Understood:
    """All rows, and all faults; with any fault nothing of the file may be used."""

    rows: list[Row] = field(default_factory=list)
    faults: list[TableFault] = field(default_factory=list)
    notices: list[TableNotice] = field(default_factory=list)


class _Wrong(Exception):
    def __init__(self, fault: Fault, allowed: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.allowed = allowed


def understand(table: Table, form: Format, sections: Mapping[str, Section]) -> Understood:
    """Reads a table by its format. Sections may be given by key or by name.

    A section the city's profile does not have is kept as it stands, with a notice, as are
    columns the format does not know, which are passed over.
    """
    found = Understood()
    columns = _columns(table, form, found)
    if found.faults:
        return found
    by_name = {name: key for key, one in sections.items() for name in (key, one.name)}
    reader = _RowReader(form, columns, by_name, found)
    for number, cells in table.rows:
        reader.read(number, cells)
    return found


def _columns(table: Table, form: Format, found: Understood) -> list[Column | None]:
    """The column each place of the heading row means."""
    columns: list[Column | None] = []
    seen: set[str] = set()
    for cell in table.header:
        heading = cell if isinstance(cell, str) else ""
        column = form.find(heading)
        key = column.field if column else bare(heading)
        if key and key in seen:
            found.faults.append(TableFault(Fault.DUPLICATE_COLUMN, 1, heading))
        seen.add(key)
        if column is None and heading:
            found.notices.append(TableNotice(Notice.UNKNOWN_COLUMN, None, heading, ""))
        columns.append(column)
    found.faults += [
        TableFault(Fault.MISSING_COLUMN, 1, column.name)
        for column in form.columns
        if column.required and column.field not in seen
    ]
    return columns


class _RowReader:
    """Reads row after row, remembering the ids it has met."""

    def __init__(
        self,
        form: Format,
        columns: Sequence[Column | None],
        sections: Mapping[str, str],
        found: Understood,
    ) -> None:
        self._form = form
        self._columns = columns
        self._sections = sections
        self._found = found
        self._seen: dict[str, int] = {}
        self._id_column = next(c for c in form.columns if c.field == "id")

    def read(self, number: int, cells: Sequence[Cell]) -> None:
        before = len(self._found.faults)
        fields: dict[str, Any] = {}
        for place, column in enumerate(self._columns):
            cell = cells[place] if place < len(cells) else ""
            if column is not None:
                self._read_cell(number, column, cell, fields)
        if len(cells) > len(self._columns):
            beyond = _shown(cells[-1])
            self._found.faults.append(TableFault(Fault.BEYOND_HEADER, number, value=beyond))
        row_id = str(fields.get("id", ""))
        if first := self._seen.get(row_id):
            fault = TableFault(Fault.DUPLICATE_ID, number, self._id_column.name, row_id, str(first))
            self._found.faults.append(fault)
        elif row_id:
            self._seen[row_id] = number
        if len(self._found.faults) == before:
            self._found.rows.append(Row(number, row_id, fields))

    def _read_cell(self, number: int, column: Column, cell: Cell, fields: dict[str, Any]) -> None:
        try:
            value = _value(cell, column, self._form)
        except _Wrong as wrong:
            shown = _shown(cell)
            fault = TableFault(wrong.fault, number, column.name, shown, wrong.allowed)
            self._found.faults.append(fault)
            return
        if column.kind is Kind.SECTION and value:
            if value not in self._sections:
                notice = TableNotice(Notice.UNKNOWN_SECTION, number, column.name, value)
                self._found.notices.append(notice)
            value = self._sections.get(value, value)
        fields[column.field] = value


def _value(cell: Cell, column: Column, form: Format) -> Any:
    if isinstance(cell, FormulaCell):
        raise _Wrong(Fault.FORMULA)
    if isinstance(cell, ErrorCell):
        raise _Wrong(Fault.CELL_ERROR)
    if isinstance(cell, DateCell):
        if column.kind is not Kind.DATE:
            raise _Wrong(Fault.DATE_IN_TEXT)
        return cell.date.isoformat()
    if isinstance(cell, NumberCell):
        if column.kind is Kind.PHONE:
            raise _Wrong(Fault.LOST_ZERO)
        cell = cell.text
    if not all(map(is_writable, cell.replace("\r", "\n"))):
        raise _Wrong(Fault.UNWRITABLE)
    text = tidy_text(cell)
    if not text and column.required:
        raise _Wrong(Fault.REQUIRED)
    return _read_text(text, column, form)


def _read_text(text: str, column: Column, form: Format) -> Any:
    longest = column.longest or len(text)
    if column.kind is Kind.LIST:
        items = split(text)
        if any(len(item) > longest for item in items):
            raise _Wrong(Fault.TOO_LONG, str(longest))
        return list(items)
    if len(text) > longest:
        raise _Wrong(Fault.TOO_LONG, str(longest))
    if column.kind is Kind.FLAG:
        return _flag(text)
    if column.kind is Kind.CHOICE:
        return _choice(text, column)
    if column.kind in (Kind.DATE, Kind.YEAR):
        return _time(text, column, form) if text else None
    if text:
        _check(text, column)
    return text


def _check(text: str, column: Column) -> None:
    if column.kind is Kind.ID and not _ID.fullmatch(text):
        raise _Wrong(Fault.BAD_ID)
    if column.kind is Kind.URL and not _is_web_address(text):
        raise _Wrong(Fault.BAD_URL)
    if column.kind is Kind.PHONE and _LOST_ZERO.fullmatch(text):
        raise _Wrong(Fault.LOST_ZERO)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text


def _flag(text: str) -> bool:
    if bare(text) in ("1", "true"):
        return True
    if bare(text) in ("", "0", "false"):
        return False
    raise _Wrong(Fault.BAD_FLAG, "1 0")


def _choice(text: str, column: Column) -> str:
    if not text:
        return ""
    for value, labels in column.choices:
        if bare(text) in map(bare, labels):
            return value
    raise _Wrong(Fault.BAD_CHOICE, " ".join(labels[0] for _, labels in column.choices))


def _time(text: str, column: Column, form: Format) -> Any:
    if column.kind is Kind.YEAR:
        year = read_fiscal_year(text, form.eras)
        if year is None:
            raise _Wrong(Fault.BAD_YEAR)
        return year
    day = read_date(text, form.eras)
    if day is None:
        raise _Wrong(Fault.BAD_DATE)
    return day.isoformat()


def _shown(cell: Cell) -> str:
    if isinstance(cell, DateCell):
        return cell.date.isoformat()
    if isinstance(cell, FormulaCell):
        return ""
    text = cell if isinstance(cell, str) else cell.text
    cut = "".join(c for c in text[:_SHOWN] if is_writable(c) and c != "\n")
    return cut + "…" if len(text) > _SHOWN else cut
