"""Wordings, online status, placeholders: the rules a clerk would state."""

from datetime import date

import pytest

from bot.knowledge.rules import (
    NotPlanned,
    OnlineNow,
    Placeholder,
    Planned,
    TooLong,
    Unknown,
    distinct_wordings,
    expired,
    normalise,
    online,
    placeholders,
    tidy,
    too_long,
)
from bot.knowledge.shelves import hash_of, pack, says_the_same, unpack
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, Procedure, System


def entry(**fields: object) -> KnowledgeEntry:
    return KnowledgeEntry(**({"id": "a", "question": "質問", "answer": "回答"} | fields))


def procedure(**fields: object) -> Procedure:
    return Procedure(**({"id": "P1", "name": "転入届"} | fields))


def test_width_case_blanks_and_punctuation_make_no_new_wording() -> None:
    assert normalise("ＬＩＮＥ の 使い方、教えて！？") == normalise("lineの使い方教えて")


def test_a_wording_said_twice_is_kept_once_as_first_written() -> None:
    wordings = ["住民票 ください", "。。。", "住民票ください!", "戸籍"]
    assert distinct_wordings(wordings) == ("住民票 ください", "戸籍")


def test_tidying_twice_changes_nothing() -> None:
    once = tidy(entry(answer=" 一行\r\n二行\0\ud800 ", bring=("印鑑", " ", "印鑑")))
    assert (once.answer, once.bring) == ("一行\n二行", ("印鑑",))
    assert tidy(once) == once


def test_a_procedure_that_is_online_says_where_and_through_what() -> None:
    done = procedure(
        online_status=OnlineStatus.DONE, online_url="https://myna.go.jp/", system=System.PITTARI
    )
    assert online(done, date(2026, 4, 1)) == OnlineNow("https://myna.go.jp/", System.PITTARI)


@pytest.mark.parametrize(
    ("today", "passed"), [(date(2026, 3, 31), False), (date(2026, 4, 1), True)]
)
def test_a_planned_year_is_over_on_april_first_of_the_next(today: date, passed: bool) -> None:
    planned = procedure(online_status=OnlineStatus.NOT_YET, planned_year=2025)
    assert online(planned, today) == Planned(2025, passed)


@pytest.mark.parametrize("year", [1, 9999])
def test_a_year_that_was_mistyped_stops_nobody(year: int) -> None:
    planned = procedure(online_status=OnlineStatus.NOT_YET, planned_year=year)
    assert online(planned, date(2026, 4, 1)) == Planned(year, passed=year == 1)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (OnlineStatus.NOT_YET, NotPlanned()),
        (OnlineStatus.EXEMPT, NotPlanned()),
        (OnlineStatus.OTHER, Unknown()),
        (OnlineStatus.UNKNOWN, Unknown()),
    ],
)
def test_without_a_year_nothing_is_promised(status: OnlineStatus, said: object) -> None:
    assert online(procedure(online_status=status), date(2026, 4, 1)) == said


def test_an_entry_is_valid_through_its_last_day() -> None:
    last_day = entry(expires=date(2027, 3, 31))
    assert expired([last_day], date(2027, 3, 31)) == ()
    assert expired([last_day], date(2027, 4, 1)) == (last_day,)


def test_every_placeholder_is_found_by_entry_and_field() -> None:
    sample = entry(phone="０００-0000-0000", bring=("印鑑（見本）",), sample=True)
    assert placeholders([sample, entry(id="b")]) == (
        Placeholder("a", "sample", ""),
        Placeholder("a", "bring", "見本"),
        Placeholder("a", "phone", "000-0000-0000"),
    )


def test_a_text_over_its_length_is_told_with_both_numbers() -> None:
    assert too_long([entry(answer="あ" * 11)], {"answer": 10, "question": 10}) == (
        TooLong("a", "answer", 11, 10),
    )


def test_packing_and_unpacking_gives_the_same_back() -> None:
    full = entry(wordings=("一", "二"), bring=("印鑑",), expires=date(2027, 3, 31), sample=True)
    assert unpack(KnowledgeEntry, pack(full)) == full
    done = procedure(online_status=OnlineStatus.DONE, planned_year=2022, life_events=("引越し",))
    assert unpack(Procedure, pack(done)) == done


def test_the_hash_covers_what_is_said_and_not_the_order_of_wordings() -> None:
    assert hash_of(entry(wordings=("一", "二"))) == hash_of(entry(wordings=("二", "一")))
    assert says_the_same(entry(wordings=("一", "二")), entry(wordings=("二", "一")))
    assert hash_of(entry(fee="無料")) != hash_of(entry())
    assert hash_of(entry(wordings=("一", "二")), wordings=["一"]) == hash_of(
        entry(wordings=("一",))
    )
