"""Files as staff bring them: encodings, workbooks, and those that would do harm."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bot.knowledge.tables.cells import (
    DateCell,
    ErrorCell,
    FormulaCell,
    NumberCell,
    Table,
)
from bot.knowledge.tables.faults import Fault, TableFault
from bot.knowledge.tables.files import read_table

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(fill: Callable[[Any], None]) -> bytes:
    book = Workbook()
    fill(book.active)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(sheet: str, **others: str) -> bytes:
    """A workbook of one sheet, its XML written by hand."""
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": "<Relationships>"
        '<Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **{name.replace("__", "/") + ".xml": text for name, text in others.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


def sheet(rows: str, after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_csv_is_read_in_each_encoding_offices_use(encoding: str) -> None:
    data = 'ID,質問\r\nq1,"①高齢者の""髙""さん\r\n二行目"\r\n\r\nq2,はい\r\n'.encode(encoding)
    assert read_table(data) == Table(
        ("ID", "質問"), ((2, ("q1", '①高齢者の"髙"さん\r\n二行目')), (4, ("q2", "はい")))
    )


def test_a_workbook_is_read_with_what_each_cell_is() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["ID", "質問", "有効期限"])
        sheet.append([1, "いくら", datetime(2027, 3, 31)])  # noqa: DTZ001 (spreadsheets know none)
        sheet.append([None, None, None])
        sheet.append(["q2", "=1+1", date(2027, 4, 1)])
        sheet.append(["q3", "#N/A", 1.5])
        sheet["C4"].number_format = '[$-411]ggge"年"m"月"d"日"'

    assert read_table(workbook(fill)) == Table(
        ("ID", "質問", "有効期限"),
        (
            (2, (NumberCell("1"), "いくら", DateCell(date(2027, 3, 31)))),
            (4, ("q2", FormulaCell(), DateCell(date(2027, 4, 1)))),
            (5, ("q3", ErrorCell("#N/A"), NumberCell("1.5"))),
        ),
    )


def test_furigana_that_excel_keeps_beside_a_text_is_not_part_of_it() -> None:
    shared = (
        f'<sst xmlns="{MAIN}"><si><r><t>四日</t></r><r><t>市</t></r>'
        '<rPh sb="0" eb="3"><t>ヨッカイチ</t></rPh></si></sst>'
    )
    data = packed(sheet('<row r="3"><c r="B3" t="s"><v>0</v></c></row>'), xl__sharedStrings=shared)
    assert read_table(data) == Table(("", "四日市"), ())


def test_merged_cells_are_refused_with_their_place() -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["ID", "質問"])
        sheet.merge_cells("A2:B2")

    assert read_table(workbook(fill)) == TableFault(Fault.MERGED, value="A2:B2")


def test_a_japanese_built_in_date_format_is_a_date() -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="57"/></cellXfs></styleSheet>'
    data = packed(sheet('<row><c s="1"><v>46477</v></c></row>'), xl__styles=styles)
    assert read_table(data) == Table((DateCell(date(2027, 3, 31)),), ())


@pytest.mark.alone
def test_a_workbook_that_unpacks_to_much_is_refused_before_it_is_parsed() -> None:
    data = packed(sheet("<row/>" + " " * 51_000_000))
    assert len(data) < 100_000
    started = time.perf_counter()
    assert read_table(data) == TableFault(Fault.UNPACKS_TOO_BIG)
    assert time.perf_counter() - started < 0.2


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(sheet("<row>" + "<c/>" * 300_000 + "</row>"), id="one endless row"),
        pytest.param(sheet("<row><c><v>1</v></c></row>" * 60_000), id="endless rows"),
        pytest.param(sheet("<row/>" * 300_000), id="empty rows"),
    ],
)
def test_a_hostile_sheet_takes_little_memory(bomb: str) -> None:
    data = packed(bomb)
    tracemalloc.start()
    read = read_table(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert isinstance(read, TableFault)
    assert peak < 15_000_000


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        pytest.param(b"", Fault.EMPTY, id="empty"),
        pytest.param(b"\r\n,,\r\n", Fault.EMPTY, id="blank"),
        pytest.param(b"x" * 5_000_001, Fault.FILE_TOO_BIG, id="over 5 MB"),
        pytest.param("ID,質問\n".encode("utf-16"), Fault.NOT_TEXT, id="UTF-16"),
        pytest.param("ID,質問\n".encode("euc_jp"), Fault.NOT_TEXT, id="EUC-JP"),
        pytest.param(b"\xd0\xcf\x11\xe0rest", Fault.OLD_WORKBOOK, id="xls or with password"),
        pytest.param(b"PK\x03\x04rest", Fault.BROKEN_WORKBOOK, id="torn workbook"),
        pytest.param(packed("<worksheet>"), Fault.BROKEN_WORKBOOK, id="torn sheet"),
        pytest.param(
            packed('<!DOCTYPE x [<!ENTITY a "aaaa">]>' + sheet("<row/>")),
            Fault.BROKEN_WORKBOOK,
            id="entities",
        ),
        pytest.param(
            packed(sheet('<row><c t="s"><v>5</v></c></row>')), Fault.BROKEN_WORKBOOK, id="no text 5"
        ),
        pytest.param(
            packed(sheet('<row><c r="ZZZ1"><v>5</v></c></row>')),
            Fault.TOO_MANY_COLUMNS,
            id="far right",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data: bytes, fault: Fault) -> None:
    read = read_table(data)
    assert isinstance(read, TableFault)
    assert read.fault is fault


def test_a_torn_csv_says_where() -> None:
    data = 'ID,質問\nq1,はい\nq2,"とじない\n'.encode()
    assert read_table(data) == TableFault(Fault.BROKEN_CSV, row=3)


@pytest.mark.slow
def test_a_sheet_of_endless_elements_is_given_up() -> None:
    assert read_table(packed(sheet("<row/>" * 2_000_001))) == TableFault(Fault.TOO_MANY_ROWS)


@pytest.mark.parametrize(("rows", "taken"), [(20_000, True), (20_001, False)])
def test_twenty_thousand_rows_are_the_most(rows: int, taken: bool) -> None:
    read = read_table(("ID\n" + "q\n" * rows).encode())
    expected = Table(("ID",), tuple((n, ("q",)) for n in range(2, rows + 2)))
    assert read == (expected if taken else TableFault(Fault.TOO_MANY_ROWS))


@pytest.mark.parametrize(
    ("code", "cell"),
    [
        ("yyyy/mm/dd", DateCell(date(2027, 3, 31))),
        ('[$-411]ggge"年"m"月"d"日"', DateCell(date(2027, 3, 31))),
        ('#,##0"days"', NumberCell("46477")),
        ("[Red]0", NumberCell("46477")),
        ("General", NumberCell("46477")),
    ],
)
def test_whether_a_number_is_a_date_is_told_by_its_format(code: str, cell: object) -> None:
    def fill(sheet: Any) -> None:
        sheet.append([46477])
        sheet["A1"].number_format = code

    assert read_table(workbook(fill)) == Table((cell,), ())  # type: ignore[arg-type]


def test_a_workbook_that_counts_from_1904_has_the_same_dates() -> None:
    def fill(sheet: Any) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904
        sheet.append([date(2027, 3, 31)])

    assert read_table(workbook(fill)) == Table((DateCell(date(2027, 3, 31)),), ())
