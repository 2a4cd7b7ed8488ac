"""The demo's week is played to its report, and would not be if a promise were broken."""

from pathlib import Path

import pytest

from tests.weekly import Playing, play

pytestmark = pytest.mark.slow

SEAT = ("ひとつの席",)
NEWS = ("話題を選ぶ", "教室のお知らせ")
WAITING = ("話題を選ぶ", "オンラインになる手続き", "計画の進み", "承認を待つお知らせ")
CHAT = ("同じ知らせが二度届く",)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("week")


@pytest.fixture(scope="module")
def week(place: Path) -> Playing:
    return play(place / "whole", prepared=place / "prepared")


@pytest.mark.alone
def test_a_city_lives_through_a_week_and_nobody_loses_a_word(week: Playing) -> None:
    held = week.outcome
    assert held["misses"] == [], week.said
    assert week.status == 0, week.said
    assert (held["lost"], held["doubled"]) == ([], [])
    assert held["events"] > 250
    assert held["strays"] == []
    assert len(held["reached"]) >= 12
    for one in held["reached"]:
        assert one["should"] == one["got"] > 0, one
        assert not any(one[how] for how in ("missed", "unasked", "twice", "early")), one
    first, *later = held["learning"]
    assert first == 0
    assert later == sorted(later)
    assert later[-1] == held["held_back"]
    assert held["rates"]["質問"] > 100
    assert len(held["troubles"]) == 5
    assert week.seconds < 120, "far from the 60 seconds at rest"


def test_parts_of_the_week_end_well_by_themselves(week: Playing, place: Path) -> None:
    parts = (*SEAT, *NEWS, *WAITING, *CHAT)
    alone = play(place / "parts", parts=parts, prepared=place / "prepared")
    assert alone.status == 0, alone.said


@pytest.mark.parametrize(
    ("mutation", "parts", "told"),
    [
        ("answer twice", CHAT, "doubled"),
        ("skip a recipient", NEWS, "missed"),
        ("seat a newcomer", SEAT, "misses"),
        ("need no approval", WAITING, "early"),
    ],
)
def test_a_broken_promise_spoils_the_week(
    mutation: str, parts: tuple[str, ...], told: str, week: Playing, place: Path
) -> None:
    spoilt = play(place / mutation, parts=parts, mutation=mutation, prepared=place / "prepared")
    assert spoilt.status == 1, spoilt.said
    if told in ("missed", "early"):
        assert any(one[told] for one in spoilt.outcome["reached"]), spoilt.said
    else:
        assert spoilt.outcome[told], spoilt.said
