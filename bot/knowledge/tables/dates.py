"""Dates and fiscal years as staff write them: with / or -, in characters, or by era."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from bot.knowledge.tables.formats import Era

_WESTERN = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?(?:0?0:00(?::00)?)?")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_OF_ERA = re.compile(r"(\D{1,2}?)(\d{1,2}|元)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?")
_WESTERN_YEAR = re.compile(r"(\d{4})(?:年度|年)?")
_YEAR_OF_ERA = re.compile(r"(\D{1,2}?)(\d{1,2}|元)(?:年度|年)?")


def read_date(text: str, eras: Sequence[Era]) -> date | None:
    """The date meant, or None when it is none (令和9年3月31日, R9.3.31, 2027/3/31, 20270331)."""
    folded = _fold(text)
    if found := _WESTERN.fullmatch(folded) or _PACKED.fullmatch(folded):
        return _date(int(found[1]), found[2], found[3])
    if found := _OF_ERA.fullmatch(folded):
        year = _western(found[1], found[2], eras)
        return _date(year, found[3], found[4]) if year else None
    return None


def read_fiscal_year(text: str, eras: Sequence[Era]) -> int | None:
    """The western year a fiscal year begins in (令和7年度, R7, 2025年度), or None."""
    folded = _fold(text)
    if found := _WESTERN_YEAR.fullmatch(folded):
        return int(found[1])
    found = _YEAR_OF_ERA.fullmatch(folded)
    return _western(found[1], found[2], eras) if found else None


def write_fiscal_year(year: int, eras: Sequence[Era]) -> str:
    """The year by the era it began in, as the city's own papers have it (令和7年度)."""
    for era in sorted(eras, key=lambda era: -era.first):
        if year >= era.first:
            number = year - era.first + 1
            return f"{era.name}{'元' if number == 1 else number}年度"
    return f"{year}年度"


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _western(era_name: str, number: str, eras: Sequence[Era]) -> int | None:
    for era in eras:
        if era_name == era.name or era_name.upper() == era.letter:
            return era.first - 1 + (1 if number == "元" else int(number))
    return None


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None
