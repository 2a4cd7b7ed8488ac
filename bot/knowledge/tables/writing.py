"""Writes contents as a table that spreadsheets open safely and `import` reads back unchanged."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.city import Section
from bot.knowledge.tables.cells import guard, join
from bot.knowledge.tables.dates import write_fiscal_year
from bot.knowledge.tables.formats import Column, Format, Kind
from bot.knowledge.values import Content, KnowledgeEntry

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A cell that the wished encoding cannot hold: row and column as `import` names them."""

    row: int
    column: str
    characters: str


Table = Sequence[Sequence[str]]


def table(
    contents: Iterable[Content], form: Format, sections: Mapping[str, Section]
) -> list[list[str]]:
    """The heading and a row for each content, each cell guarded against running as a formula.

    Sections are written by name; an entry without a phone of its own shows its section's.
    """
    writers = [_writer(column, form, sections) for column in form.columns]
    rows = [[guard(write(content)) for write in writers] for content in contents]
    return [[guard(column.name) for column in form.columns], *rows]


def to_csv(rows: Table) -> bytes:
    """The table as CSV in UTF-8 with a BOM, which spreadsheets recognise."""
    return _csv(rows).encode("utf-8-sig")


def to_cp932(rows: Table) -> bytes | tuple[Unwritable, ...]:
    """The table as CSV in CP932, or every cell that CP932 cannot hold.

    Nothing is dropped or replaced: CP932 would also turn the wave dash into a full-width tilde.
    """
    return tuple(_unwritable(rows)) or _csv(rows).encode("cp932")


def to_xlsx(rows: Table, title: str) -> bytes:
    """The table as a workbook whose every cell is typed as text."""
    # Loaded where it is used: few need it, and it takes a third of a second.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=_LOOKS_ESCAPED.sub("_x005F_", text))
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _csv(rows: Table) -> str:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue()


def _unwritable(rows: Table) -> Iterator[Unwritable]:
    header = rows[0]
    for number, row in enumerate(rows, start=1):
        for heading, text in zip(header, row, strict=True):
            if not _is_cp932(text):
                strange = "".join(dict.fromkeys(c for c in text if not _is_cp932(c)))
                yield Unwritable(number, heading, strange)


def _is_cp932(text: str) -> bool:
    try:
        return text.encode("cp932").decode("cp932") == text
    except UnicodeEncodeError:
        return False


def _writer(
    column: Column, form: Format, sections: Mapping[str, Section]
) -> Callable[[Content], str]:
    labels = {value: labels[0] for value, labels in column.choices}

    def write(content: Content) -> str:
        value: Any = getattr(content, column.field)
        if column.kind is Kind.CHOICE:
            return labels.get(value, "")
        if column.kind is Kind.SECTION:
            return sections[value].name if value in sections else value
        if column.kind is Kind.PHONE and not value and isinstance(content, KnowledgeEntry):
            return sections[content.section].phone if content.section in sections else ""
        if column.kind is Kind.YEAR:
            return write_fiscal_year(value, form.eras) if value is not None else ""
        return _plain(value)

    return write


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
