"""Offers, changes and reminders reach people by push, by telephone without LINE, never at night."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import content
from bot.city import City
from bot.classes import attendance, booking, notices, sessions
from bot.classes.notices import Notice
from bot.classes.outcomes import Reserved, Waiting
from bot.classes.values import Tells
from bot.db import Database
from bot.residents import service as residents
from bot.residents.rules import Resident
from bot.sealing import Sealer
from bot.speech import class_cards
from bot.speech.texts import Texts, Voice
from scheduler.class_round import ClassRound
from tests.flows.chatting import CivilTime, labels, pushed, words
from tests.flows.class_at_work import CITY, NOON, STAFF, Classes

WHOLE_CITY = City.from_toml(content.toml("city.toml"))
TEXTS = Texts.read(content.folder() / "texts")


@pytest.fixture
def classes(database: Database, sealer: Sealer) -> Classes:
    return Classes(database, sealer)


class Day:
    """Time goes by: the round is made whenever the clock was moved."""

    def __init__(self, classes: Classes, left: int | None = None) -> None:
        self.classes, self.civil = classes, CivilTime(classes.now)
        self.round = ClassRound(
            classes.database,
            classes.sealer,
            self.civil,
            CITY,
            compose=self.compose,
            quota=lambda: left,
        )

    def compose(self, resident: Resident, notice: Notice) -> Sequence[Any]:
        return class_cards.notice(Voice(TEXTS, resident.style), WHOLE_CITY, notice)

    def at(self, moment: datetime) -> list[list[dict[str, Any]]]:
        """It is that moment; what was pushed since the last time."""
        before = len(self.pushed())
        self.civil.now = self.classes.now = moment
        self.round.go()
        return self.pushed()[before:]

    def pushed(self) -> list[list[dict[str, Any]]]:
        return pushed(self.classes.database, self.classes.sealer)

    def calls(self) -> list[Tells]:
        with self.classes.database.reading() as db:
            held = notices.calls(db, self.classes.sealer, self.classes.now)
            assert notices.count_calls(db, self.classes.now) == len(held)
        return [call.notice.kind for call in held]


def test_a_seat_freed_at_night_is_offered_in_the_morning_and_given_on_in_the_evening(
    classes: Classes,
) -> None:
    session = classes.session(capacity=1)
    holder = classes.resident()
    seat = classes.books(holder, session)
    first, second = classes.resident(), classes.resident()
    classes.books(first, session)
    classes.books(second, session)
    assert isinstance(seat, Reserved)
    day = Day(classes)
    night = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)  # 22:30 here
    assert day.at(night) == []
    classes.gives_up(holder, seat.booking.id)
    assert day.at(night + timedelta(minutes=5)) == []
    (offer,) = day.at(datetime(2026, 11, 24, 23, 0, tzinfo=UTC))  # 8:00 here
    assert "席が空きました" in words(offer)
    assert labels(offer)[:2] == ["はい、行きます", "いいえ、次の人へ"]
    assert "見本 太郎" not in str(offer)
    assert day.at(datetime(2026, 11, 25, 22, 0, tzinfo=UTC)) == []
    assert day.at(datetime(2026, 11, 25, 22, 59, tzinfo=UTC)) == []
    told = day.at(datetime(2026, 11, 25, 23, 1, tzinfo=UTC))
    gentle, next_offer = sorted(told, key=lambda one: "期限が過ぎ" not in words(one))
    assert "期限が過ぎた" in words(gentle)
    assert "席が空きました" in words(next_offer)


def test_who_has_no_line_stands_on_the_call_list_and_the_offer_waits_alike(
    classes: Classes,
) -> None:
    session = classes.session(capacity=1)
    holder = classes.resident()
    seat = classes.books(holder, session)
    caller = classes.rings(classes.caller(), session)
    assert isinstance(seat, Reserved)
    assert isinstance(caller, Waiting)
    day = Day(classes)
    classes.gives_up(holder, seat.booking.id)
    assert day.at(NOON + timedelta(minutes=1)) == []
    assert day.calls() == [Tells.OFFER]
    with classes.database.writing() as db:
        (call,) = notices.calls(db, classes.sealer, classes.now)
        assert call.person.phone.startswith("059")
        assert notices.note_called(db, call.notice.id, "hanako", classes.now, reached=False)
    assert day.calls() == [Tells.OFFER]
    with classes.database.writing() as db:
        assert notices.note_called(db, call.notice.id, "hanako", classes.now, reached=True)
        assert not notices.note_called(db, call.notice.id, "hanako", classes.now, reached=True)
    assert day.calls() == []
    saturday = classes.session(capacity=1)
    seat = classes.books(holder, saturday, overlap_is_fine=True)
    waits = classes.rings(classes.caller(), saturday)
    assert isinstance(seat, Reserved)
    assert isinstance(waits, Waiting)
    classes.now = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    classes.gives_up(holder, seat.booking.id)
    day.at(classes.now + timedelta(minutes=1))
    assert day.calls() == []  # nobody is at the desk
    day.at(datetime(2026, 11, 29, 23, 31, tzinfo=UTC))
    assert day.calls() == [Tells.OFFER, Tells.OFFER_OVER]  # the last is of the first class


def test_reminders_come_a_week_and_a_day_before_and_in_the_morning(classes: Classes) -> None:
    session = classes.session(capacity=3)
    key = classes.resident()
    classes.books(key, session)
    classes.rings(classes.caller(), session)
    day = Day(classes)
    here = NOON + timedelta(days=10)  # the day of the class, at noon
    assert day.at(here - timedelta(days=7, hours=2, minutes=1)) == []
    (week,) = day.at(here - timedelta(days=7, hours=2))
    assert "あと7日です" in words(week)
    assert day.calls() == []
    assert day.at(here - timedelta(days=7)) == []
    (tomorrow,) = day.at(here - timedelta(days=1))
    assert "明日は「はじめてのスマホ」の日です" in words(tomorrow)
    assert "見本センター" in words(tomorrow)
    assert "行けなくなった" in labels(tomorrow)
    assert day.calls() == [Tells.REMINDER]
    (morning,) = day.at(here - timedelta(hours=4))
    assert "今日は" in words(morning)
    (after,) = day.at(here + timedelta(hours=2))
    assert "1. 電源を入れる" in words(after)
    assert labels(after)[:4] == [
        "役に立った",
        "役に立たなかった",
        "次の教室を見る",
        "もう一度受ける",
    ]
    assert day.at(here + timedelta(hours=3)) == []


def test_a_series_reminds_of_each_date_by_days_of_the_calendar(classes: Classes) -> None:
    first = NOON + timedelta(days=10, hours=-3)  # nine in the morning
    dates = tuple((day, day + timedelta(hours=1)) for day in (first, first + timedelta(weeks=2)))
    session = classes.session(capacity=3, dates=dates)
    classes.books(classes.resident(), session)
    day = Day(classes)
    (week,) = day.at(first - timedelta(days=7) + timedelta(hours=1))
    assert "あと7日です" in words(week)
    assert "日時（全2回）" in words(week)
    (second,) = day.at(first + timedelta(days=7, hours=1))
    assert "あと7日です" in words(second)
    (tomorrow,) = day.at(first + timedelta(days=13, hours=1))
    assert "明日は" in words(tomorrow)


def test_who_books_after_a_reminder_fell_due_or_gave_up_is_not_reminded(classes: Classes) -> None:
    session = classes.session(capacity=3)
    early, gone = classes.resident(), classes.resident()
    classes.books(early, session)
    seat = classes.books(gone, session)
    assert isinstance(seat, Reserved)
    day = Day(classes)
    classes.now = day.civil.now = NOON + timedelta(days=9)
    classes.books(classes.resident(), session)
    classes.does(booking.cancel, seat.booking.id)
    told = day.at(NOON + timedelta(days=9, minutes=1))
    assert ["明日は" in words(one) for one in told] == [True, False]
    assert "取り消しました" in words(told[1]) or "取り消しました" in words(told[0])


def test_a_class_that_moves_or_is_called_off_is_told_to_all(classes: Classes) -> None:
    session = classes.session(capacity=2)
    classes.books(classes.resident(), session)
    classes.rings(classes.caller(), session)
    with classes.database.reading() as db:
        assert sessions.reach(db, session) == sessions.Reach(by_line=1, by_phone=1)
    day = Day(classes)
    classes.does(sessions.change, session, classes.plan(starts=NOON + timedelta(days=9)))
    (changed,) = day.at(NOON + timedelta(minutes=1))
    assert "12月3日（木） 午後0時" in words(changed)
    assert day.calls() == [Tells.CHANGED]
    classes.does(sessions.cancel, session)
    (off,) = day.at(NOON + timedelta(minutes=2))
    assert "中止になりました" in words(off)
    assert day.calls() == [Tells.CANCELLED]


def test_without_messages_left_or_once_blocked_people_are_rung_up(classes: Classes) -> None:
    session = classes.session(capacity=2)
    blocked, key = classes.resident(), classes.resident()
    classes.books(blocked, session)
    classes.books(key, session)
    with classes.database.writing() as db:
        residents.leave(db, blocked, classes.now)
    day = Day(classes, left=0)
    classes.does(sessions.cancel, session)
    assert day.at(NOON + timedelta(minutes=1)) == []
    day.at(NOON + timedelta(minutes=2))
    assert day.calls() == [Tells.CANCELLED, Tells.CANCELLED]


def test_ticks_may_be_sent_twice_and_the_absent_are_not_asked_how_it_was(
    classes: Classes,
) -> None:
    session = classes.session(capacity=1)
    seat = classes.books(classes.resident(), session)
    assert isinstance(seat, Reserved)
    tick = attendance.Tick(seat.booking.id, came=False)

    def send(one: attendance.Tick) -> Any:
        with classes.database.writing() as db:
            return attendance.tick(db, session, one, actor=STAFF, now=classes.now)

    assert isinstance(send(tick), attendance.TooEarly)
    classes.now = NOON + timedelta(days=10)
    assert send(tick).first
    assert not send(tick).first
    assert Day(classes).at(NOON + timedelta(days=10, hours=3)) == []
    came = attendance.Tick(seat.booking.id, came=True)
    assert send(came).booking.state == "attended"
    assert len(Day(classes).at(NOON + timedelta(days=10, hours=3))) == 1
    assert send(attendance.Tick(seat.booking.id, came=None)).booking.state == "booked"
