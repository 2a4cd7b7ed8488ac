"""Reads an XLSX workbook's first visible sheet as a stream, so that no file can fill the memory.

openpyxl, which writes ours, builds a tree of every row and every style when it reads; a small
hostile file makes that gigabytes.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

from bot.knowledge.tables.cells import Cell
from bot.knowledge.tables.faults import Fault, Refused
from bot.knowledge.tables.sheets import (
    Book,
    SheetReader,
    TextCollector,
    local,
    named,
    new_parser,
)

LARGEST_UNPACKED = 50_000_000
_LARGEST_SMALL_PART = 2_000_000
_MOST_PARTS = 1000
_CHUNK = 64 * 1024
# Dates among the formats that have no code of their own in the file; 27–36 and 50–58 are Japanese.
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))


def rows(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the first visible sheet that hold anything, with their numbers.

    Raises Refused: too big unpacked (checked before anything is parsed), broken, merged cells.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive)
            yield from _Workbook(archive).rows()
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError) as error:
        raise Refused(Fault.BROKEN_WORKBOOK) from error
    except (LookupError, ValueError, RuntimeError, NotImplementedError, OverflowError) as error:
        raise Refused(Fault.BROKEN_WORKBOOK) from error


def _check_sizes(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > LARGEST_UNPACKED or len(parts) > _MOST_PARTS:
        raise Refused(Fault.UNPACKS_TOO_BIG)
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in (0, 8):
            raise Refused(Fault.BROKEN_WORKBOOK)


# Literal parts of a format's code: quoted, escaped, or a colour, condition or locale in brackets.
_LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


def _shows_dates(code: str) -> bool:
    return re.search("[dmhys]", _LITERAL.sub("", code), re.IGNORECASE) is not None


@dataclass(slots=True)
class _SheetEntry:
    relation: str
    is_visible: bool


class _Workbook:
    """The parts of an archive that lead to the cells of one sheet."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {part.filename for part in archive.infolist()}

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        sheet, counts_from_1904 = self._first_sheet()
        book = Book(self._strings(), self._date_styles(), counts_from_1904)
        reader = SheetReader(book)
        for chunk in self._chunks(sheet):
            reader.feed(chunk)
            yield from reader.take_rows()
        reader.close()
        yield from reader.take_rows()
        if reader.merged:
            raise Refused(Fault.MERGED, value=", ".join(reader.merged[:10]))

    def _first_sheet(self) -> tuple[str, bool]:
        sheets: list[_SheetEntry] = []
        counts_from_1904 = False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal counts_from_1904
            if name == "sheet":
                visible = attributes.get("state", "visible") == "visible"
                sheets.append(_SheetEntry(attributes["id"], visible))
            elif name == "workbookPr":
                counts_from_1904 = attributes.get("date1904") in ("1", "true")

        self._walk("xl/workbook.xml", start)
        chosen = next((sheet for sheet in sheets if sheet.is_visible), None)
        if chosen is None:
            raise Refused(Fault.EMPTY)
        return self._target(chosen.relation), counts_from_1904

    def _target(self, relation: str) -> str:
        targets: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                targets[attributes["Id"]] = attributes["Target"]

        self._walk("xl/_rels/workbook.xml.rels", start)
        return posixpath.normpath(posixpath.join("/xl", targets[relation])).lstrip("/")

    def _strings(self) -> list[str]:
        collector = TextCollector()
        if "xl/sharedStrings.xml" in self._names:
            for chunk in self._chunks("xl/sharedStrings.xml"):
                collector.feed(chunk)
            collector.close()
        return collector.texts

    def _date_styles(self) -> frozenset[int]:
        codes: dict[int, str] = {}
        formats: list[int] = []
        inside = ""

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal inside
            if name in ("cellXfs", "cellStyleXfs"):
                inside = name
            elif name == "numFmt":
                codes[int(attributes["numFmtId"])] = attributes["formatCode"]
            elif name == "xf" and inside == "cellXfs":
                formats.append(int(attributes.get("numFmtId", "0")))

        if "xl/styles.xml" in self._names:
            self._walk("xl/styles.xml", start)
        return frozenset(
            number
            for number, form in enumerate(formats)
            if (_shows_dates(codes[form]) if form in codes else form in _BUILT_IN_DATES)
        )

    def _walk(self, part: str, start: Any) -> None:
        if self._archive.getinfo(part).file_size > _LARGEST_SMALL_PART:
            raise Refused(Fault.UNPACKS_TOO_BIG)
        parser = new_parser()
        parser.StartElementHandler = lambda name, held: start(local(name), named(held))
        for chunk in self._chunks(part):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _chunks(self, part: str) -> Iterator[bytes]:
        file: IO[bytes]
        with self._archive.open(part) as file:
            while chunk := file.read(_CHUNK):
                yield chunk
