"""Cells: nothing runs in a spreadsheet, and everything comes back as it was."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge.tables.cells import guard, join, split, unguard
from bot.knowledge.tables.dates import read_date, read_fiscal_year, write_fiscal_year
from bot.knowledge.tables.formats import Era

ERAS = (Era("令和", "R", 2019), Era("平成", "H", 1989), Era("昭和", "S", 1926))


@pytest.mark.parametrize("start", list("=+-@\t\r\n\0＝＋－＠−"))
def test_a_cell_that_would_run_is_guarded(start: str) -> None:
    assert guard(f"{start}1+1") == f"'{start}1+1"


@given(st.text(alphabet="'=+-@＝あa;\\；\n\t", max_size=8))
def test_guarding_is_undone_exactly(text: str) -> None:
    assert unguard(guard(text)) == text
    assert not re.match(r"[=+\-@\t\r\n\0＝＋－＠]", guard(text))


@given(st.lists(st.text(alphabet="あa;；\\'=", min_size=1, max_size=5), max_size=4))
def test_items_come_back_from_one_cell(items: list[str]) -> None:
    assert split(join(tuple(items))) == tuple(items)


def test_a_full_width_separator_separates_too() -> None:
    assert split("印鑑；通帳; ;本人確認書類") == ("印鑑", "通帳", "本人確認書類")


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-31",
        "2027/3/31",
        "2027.3.31",
        "２０２７年３月３１日",
        "20270331",
        "2027/3/31 0:00",
        "令和9年3月31日",
        "令和 9 年 3 月 31 日",
        "R9.3.31",
        "r9/3/31",
        "平成39年3月31日",
    ],
)
def test_a_date_is_read_as_staff_write_it(text: str) -> None:
    assert read_date(text, ERAS) == date(2027, 3, 31)


def test_the_first_year_of_an_era_has_a_name() -> None:
    assert read_date("令和元年5月1日", ERAS) == date(2019, 5, 1)
    assert (read_fiscal_year("令和元年度", ERAS), write_fiscal_year(2019, ERAS)) == (
        2019,
        "令和元年度",
    )


@pytest.mark.parametrize(
    "text", ["46112", "2027-02-30", "来年の3月", "明治5年1月1日", "3/31", "R9"]
)
def test_what_is_no_date_is_not_guessed(text: str) -> None:
    assert read_date(text, ERAS) is None


@pytest.mark.parametrize("text", ["令和7年度", "令和7", "R7", "2025", "２０２５年度"])
def test_a_fiscal_year_is_read_by_its_april(text: str) -> None:
    assert read_fiscal_year(text, ERAS) == 2025


def test_a_bare_number_is_no_fiscal_year() -> None:
    assert read_fiscal_year("7", ERAS) is None
