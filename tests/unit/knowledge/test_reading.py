"""Tables understood by their format: each fault with its row and column, each gap left alone."""

from datetime import date

import pytest

import content
from bot.city import City
from bot.knowledge.shelves import unpack
from bot.knowledge.tables.cells import Cell, DateCell, FormulaCell, NumberCell, Table
from bot.knowledge.tables.faults import Fault, Notice, TableFault, TableNotice
from bot.knowledge.tables.files import read_table
from bot.knowledge.tables.formats import Format
from bot.knowledge.tables.reading import Understood, understand
from bot.knowledge.tables.writing import Unwritable, table, to_cp932, to_csv, to_xlsx
from bot.knowledge.values import FeeOnline, KnowledgeEntry, OnlineStatus, Procedure, System

COMMON = content.toml("formats/common.toml")
FAQ = Format.of(content.toml("formats/faq.toml"), COMMON)
PROCEDURES = Format.of(content.toml("formats/procedures.toml"), COMMON)
SECTIONS = City.from_toml(content.toml("city.toml")).sections


def faq(header: str, *rows: tuple[Cell, ...]) -> Understood:
    numbered = tuple(enumerate(rows, start=2))
    return understand(Table(tuple(header.split(",")), numbered), FAQ, SECTIONS)


def test_the_columns_are_those_of_the_format_in_their_order() -> None:
    assert ",".join(column.name for column in FAQ.columns) == (
        "ID,質問,回答,別の言い方(;),やさしい日本語,分類,所管課,電話番号,URL,手続ID,有効期限,"
        "持ち物(;),期限,手数料,場所,オンラインURL,見本"
    )


def test_headings_may_differ_in_width_order_and_explanation() -> None:
    found = faq("回 答*,ＩＤ,質問,別の言い方", ("はい", "q1", "いいですか", "よい?;だめ?"))
    assert (found.faults, found.notices) == ([], [])
    assert found.rows[0].fields == {
        "answer": "はい",
        "id": "q1",
        "question": "いいですか",
        "wordings": ["よい?", "だめ?"],
    }


@pytest.mark.parametrize("named", ["shimin", "市民課"])
def test_a_section_may_be_given_by_key_or_name(named: str) -> None:
    found = faq("ID,質問,回答,所管課", ("q1", "質問", "回答", named))
    assert found.rows[0].fields["section"] == "shimin"


def test_an_unknown_section_is_kept_and_told() -> None:
    found = faq("ID,質問,回答,所管課", ("q1", "質問", "回答", "観光課"))
    assert found.rows[0].fields["section"] == "観光課"
    assert found.notices == [TableNotice(Notice.UNKNOWN_SECTION, 2, "所管課", "観光課")]


def test_an_unknown_column_is_told_and_passed_over() -> None:
    found = faq("ID,質問,回答,備考", ("q1", "質問", "回答", "メモ"))
    assert found.notices == [TableNotice(Notice.UNKNOWN_COLUMN, None, "備考", "")]
    assert "備考" not in found.rows[0].fields


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("ID,質問", TableFault(Fault.MISSING_COLUMN, 1, "回答")),
        ("ID,質問,回答,質 問", TableFault(Fault.DUPLICATE_COLUMN, 1, "質 問")),
        ("ID,質問,回答,備考,備考", TableFault(Fault.DUPLICATE_COLUMN, 1, "備考")),
        ("ID,質問,回答,URL,根拠URL", TableFault(Fault.DUPLICATE_COLUMN, 1, "根拠URL")),
    ],
)
def test_a_wrong_heading_row_is_refused(header: str, fault: TableFault) -> None:
    assert faq(header, ("q1", "質問", "回答")).faults == [fault]


@pytest.mark.parametrize(
    ("column", "cell", "fault"),
    [
        ("質問", "", TableFault(Fault.REQUIRED, 2, "質問")),
        ("質問", FormulaCell(), TableFault(Fault.FORMULA, 2, "質問")),
        ("質問", "あ\0い", TableFault(Fault.UNWRITABLE, 2, "質問", "あい")),
        ("質問", "あ" * 201, TableFault(Fault.TOO_LONG, 2, "質問", "あ" * 40 + "…", "200")),
        ("ID", "質 問", TableFault(Fault.BAD_ID, 2, "ID", "質 問")),
        ("URL", "javascript:x", TableFault(Fault.BAD_URL, 2, "URL", "javascript:x")),
        ("URL", "http://[", TableFault(Fault.BAD_URL, 2, "URL", "http://[")),
        (
            "電話番号",
            NumberCell("593541111"),
            TableFault(Fault.LOST_ZERO, 2, "電話番号", "593541111"),
        ),
        ("電話番号", "593541111", TableFault(Fault.LOST_ZERO, 2, "電話番号", "593541111")),
        ("有効期限", NumberCell("46477"), TableFault(Fault.BAD_DATE, 2, "有効期限", "46477")),
        ("有効期限", "来年", TableFault(Fault.BAD_DATE, 2, "有効期限", "来年")),
        ("見本", "はい", TableFault(Fault.BAD_FLAG, 2, "見本", "はい", "1 0")),
    ],
)
def test_a_wrong_cell_is_told_with_row_and_column(
    column: str, cell: Cell, fault: TableFault
) -> None:
    columns = ["ID", "質問", "回答"]
    right: dict[str, Cell] = {"ID": "q1", "質問": "質問", "回答": "回答"}
    header = [*columns, *([column] if column not in columns else [])]
    row = tuple((right | {column: cell})[name] for name in header)
    found = faq(",".join(header), row)
    assert found.faults == [fault]
    assert found.rows == []


def test_a_date_that_a_spreadsheet_made_of_a_text_is_refused() -> None:

    found = faq("ID,質問,回答,期限", ("q1", "質問", "回答", DateCell(date(2027, 4, 1))))
    assert found.faults == [TableFault(Fault.DATE_IN_TEXT, 2, "期限", "2027-04-01")]


def test_an_id_twice_is_told_with_both_rows_and_all_other_faults_too() -> None:
    found = faq("ID,質問,回答", ("q1", "質問", "回答"), ("q1", "", "回答", "はみ出し"))
    assert found.faults == [
        TableFault(Fault.REQUIRED, 3, "質問"),
        TableFault(Fault.BEYOND_HEADER, 3, value="はみ出し"),
        TableFault(Fault.DUPLICATE_ID, 3, "ID", "q1", "2"),
    ]


FULL = KnowledgeEntry(
    id="q1",
    question="=HYPERLINK(1)",
    answer='\'=一行\n二行目, "引用"',
    wordings=("＠え", "a;b", "c\\；d"),
    easy="-1",
    topic="+税",
    bring=("@印鑑",),
    section="shimin",
    phone="000-0000-0001",
    procedure="P001",
    source_url="https://example.jp/?a=1&b=2",
    expires=None,
    sample=True,
    deadline="_x0041_",
)
PROCEDURE = Procedure(
    id="P1",
    name="転入届",
    life_events=("引越し",),
    section="shimin",
    national=True,
    online_status=OnlineStatus.NOT_YET,
    planned_year=2019,
    system=System.CITY,
    fee_online=FeeOnline.FREE,
)


@pytest.mark.parametrize("encode", [to_csv, to_cp932, lambda rows: to_xlsx(rows, "表")])
def test_what_is_exported_comes_back_as_it_was(encode: object) -> None:
    for form, row in ((FAQ, FULL), (PROCEDURES, PROCEDURE)):
        data = encode(table([row], form, SECTIONS))  # type: ignore[operator]
        read = read_table(data)
        assert isinstance(read, Table)
        found = understand(read, form, SECTIONS)
        assert found.faults == []
        assert unpack(type(row), found.rows[0].fields) == row


def test_no_exported_cell_begins_like_a_formula() -> None:
    cells = table([FULL], FAQ, SECTIONS)[1]
    assert [cell for cell in cells if cell.startswith(tuple("=+-@＝＋－＠\t\r"))] == []


def test_an_entry_without_a_phone_shows_its_sections() -> None:
    row = table([KnowledgeEntry(id="a", question="q", answer="a", section="shimin")], FAQ, SECTIONS)
    assert row[1][FAQ.columns.index(next(c for c in FAQ.columns if c.field == "phone"))] == (
        SECTIONS["shimin"].phone
    )


def test_cells_that_cp932_cannot_hold_are_listed_and_none_is_dropped() -> None:
    odd = KnowledgeEntry(id="q1", question="𠮷野家の😀", answer="はい〜")
    assert to_cp932(table([odd], FAQ, SECTIONS)) == (
        Unwritable(2, "質問", "𠮷😀"),
        Unwritable(2, "回答", "〜"),
    )
