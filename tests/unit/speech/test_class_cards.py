"""Every notice about a class is a card that LINE takes, in each style, with nobody's name."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import content
from bot.city import City
from bot.classes.notices import Notice
from bot.classes.values import (
    Booked,
    Booking,
    Channel,
    Course,
    Kind,
    Meeting,
    Seats,
    Session,
    SessionState,
    State,
    Tells,
    Venue,
)
from bot.emulator.messages import check_messages
from bot.line.limits import check
from bot.residents.rules import Style
from bot.speech import class_cards
from bot.speech.texts import Texts, Voice
from tests.flows.chatting import words
from tests.reading_aloud import readings_of_the_city

CITY = City.from_toml(content.toml("city.toml"))
TEXTS = Texts.read(content.folder() / "texts")
STARTS = datetime(2026, 12, 4, 1, 0, tzinfo=UTC)


def notice(kind: Tells, *, is_family: bool = False) -> Notice:
    meetings = tuple(
        Meeting(n + 1, STARTS + timedelta(weeks=n), STARTS + timedelta(weeks=n, hours=2))
        for n in range(3)
    )
    sample = content.toml("classes.toml")
    taught, where = sample["course"][0], sample["venue"][0]
    course = Course(
        id=1,
        code=taught["code"],
        title=taught["title"],
        kind=Kind(taught["kind"]),
        level=taught["level"],
        about=taught["about"],
        steps=tuple(taught["steps"]),
        prerequisites="",
        bring="スマホ",
        organiser="",
    )
    venue = Venue(
        id=1,
        code=where["code"],
        name=where["name"],
        kana="",
        address=where["address"],
        district=where["district"],
        lat=None,
        lon=None,
        access=where["access"],
        is_step_free=True,
        map_url=where["map"],
        phone="",
        note="",
    )
    session = Session(
        id=1,
        code="S",
        course=course,
        venue=venue,
        starts_at=meetings[0].starts_at,
        ends_at=meetings[0].ends_at,
        last_ends_at=meetings[2].ends_at,
        meetings=meetings,
        opens_at=STARTS,
        closes_at=STARTS,
        note="水筒",
        state=SessionState.OPEN,
        seats=Seats(8),
        is_sample=True,
    )
    booking = Booking(
        id=7,
        session_id=1,
        booker_id=1,
        state=State.BOOKED,
        channel=Channel.LINE,
        place=None,
        offer_until=None,
        booked_at=STARTS,
        is_family=is_family,
    )
    due = STARTS - timedelta(days=1)
    return Notice(1, kind, due, STARTS, Booked(booking, session), "key")


@pytest.fixture(scope="module")
def voices() -> list[Voice]:
    readings = readings_of_the_city()
    return [Voice(TEXTS, style, readings) for style in Style]


@pytest.mark.parametrize("kind", list(Tells))
def test_every_notice_is_a_card_that_line_takes(voices: list[Voice], kind: Tells) -> None:
    for voice in voices:
        said: list[dict[str, Any]] = class_cards.notice(voice, CITY, notice(kind, is_family=True))
        assert check(said) == []
        assert check_messages(said).details == []
        assert said[0]["altText"] in words(said)
        assert TEXTS.find("classes.family").plain[:3] in words(said)
