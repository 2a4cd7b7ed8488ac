"""Turns the bytes of a file into a table: CSV in the encodings Japanese offices use, or XLSX."""

import csv
import io
from collections.abc import Iterable

from bot.knowledge.tables import workbooks
from bot.knowledge.tables.cells import Cell, Table, unguard
from bot.knowledge.tables.faults import Fault, Refused, TableFault

LARGEST_FILE = 5_000_000
MOST_ROWS = 20_000
MOST_COLUMNS = 200

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def read_table(data: bytes) -> Table | TableFault:
    """The table in a file of at most 5 MB and 20,000 rows below its heading, or why there is none.

    Told by its content, not its name. A workbook's first visible sheet counts; its unpacked
    size is checked before anything is parsed.
    """
    try:
        if len(data) > LARGEST_FILE:
            raise Refused(Fault.FILE_TOO_BIG)
        if data.startswith(_OLE):
            raise Refused(Fault.OLD_WORKBOOK)
        rows = workbooks.rows(data) if data.startswith(_ZIP) else _csv_rows(data)
        return _table(rows)
    except Refused as refused:
        return refused.fault


def _table(rows: Iterable[tuple[int, list[Cell]]]) -> Table:
    header: tuple[Cell, ...] | None = None
    held: list[tuple[int, tuple[Cell, ...]]] = []
    for number, cells in rows:
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        if len(cells) > MOST_COLUMNS:
            raise Refused(Fault.TOO_MANY_COLUMNS, number)
        if header is None:
            header = tuple(cells)
            continue
        held.append((number, tuple(cells)))
        if len(held) > MOST_ROWS:
            raise Refused(Fault.TOO_MANY_ROWS)
    if header is None:
        raise Refused(Fault.EMPTY)
    return Table(header, tuple(held))


def _csv_rows(data: bytes) -> Iterable[tuple[int, list[Cell]]]:
    reader = csv.reader(io.StringIO(_decode(data), newline=""), strict=True)
    number = 0
    try:
        # Rows are counted as a spreadsheet counts them: line breaks inside a cell do not count.
        for number, row in enumerate(reader, start=1):
            yield number, [unguard(cell.strip(" ")) for cell in row]
    except csv.Error as error:
        raise Refused(Fault.BROKEN_CSV, number + 1) from error


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused(Fault.NOT_TEXT)
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused(Fault.NOT_TEXT)
