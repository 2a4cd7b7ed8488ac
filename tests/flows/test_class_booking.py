"""Seats are booked, given up, offered and moved: never twice, never one too many."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.classes import booking, moving, offers, queries, sessions
from bot.classes.models import HistoryRow, NoticeRow
from bot.classes.outcomes import (
    AlreadyBooked,
    Cancelled,
    Closed,
    Declined,
    Full,
    Moved,
    NotFound,
    NotYetOpen,
    OfferOver,
    Overlaps,
    Past,
    Reserved,
    TooMany,
    Waiting,
    Withdrawn,
)
from bot.classes.sessions import CalledOff, Changed, TooFewSeats
from bot.classes.values import Actor, Channel, State, What, Wishes
from bot.db import Database
from bot.sealing import Sealer
from tests.flows.class_at_work import CITY, NOON, STAFF, Classes


@pytest.fixture
def classes(database: Database, sealer: Sealer) -> Classes:
    return Classes(database, sealer)


def state_of(classes: Classes, booking_id: int) -> State:
    with classes.database.reading() as db:
        found = queries.booking_of(db, booking_id, classes.now)
    assert found is not None
    return found.booking.state


def told(classes: Classes, booking_id: int) -> list[tuple[str, str]]:
    with classes.database.reading() as db:
        rows = db.scalars(select(NoticeRow).where(NoticeRow.booking_id == booking_id))
        return [(row.kind, row.state) for row in rows.all()]


def test_a_full_class_has_a_line_and_a_freed_seat_is_the_lines(classes: Classes) -> None:
    session = classes.session(capacity=1)
    first, second, third, newcomer = (classes.resident() for _ in range(4))
    seat = classes.books(first, session)
    assert isinstance(seat, Reserved)
    assert classes.books(second, session, line_up=False) == Full(waiting=0)
    waits = classes.books(second, session)
    assert isinstance(waits, Waiting)
    assert waits.place_in_line == 1
    next_waits = classes.books(third, session)
    assert isinstance(next_waits, Waiting)
    assert next_waits.place_in_line == 2
    again = classes.books(second, session)
    assert isinstance(again, AlreadyBooked)
    assert (again.booking.id, again.booking.place) == (waits.booking.id, 1)

    gone = classes.does(booking.cancel, seat.booking.id, actor=Actor.resident(first))
    assert isinstance(gone, Withdrawn)
    assert state_of(classes, waits.booking.id) is State.OFFERED
    late = classes.books(newcomer, session)
    assert isinstance(late, Waiting)
    assert late.place_in_line == 2

    assert classes.does(offers.accept, waits.booking.id, actor=Actor.resident(third)) == NotFound()
    said_no = classes.does(offers.decline, waits.booking.id, actor=Actor.resident(second))
    assert isinstance(said_no, Declined)
    assert state_of(classes, next_waits.booking.id) is State.OFFERED
    yes = classes.does(offers.accept, next_waits.booking.id, actor=Actor.resident(third))
    assert isinstance(yes, Reserved)
    assert classes.does(offers.accept, next_waits.booking.id, actor=Actor.resident(third)) == yes
    assert told(classes, next_waits.booking.id) == [("offer", "dropped")]


def test_an_offer_without_an_answer_goes_on_to_the_next(classes: Classes) -> None:
    session = classes.session(capacity=1)
    first, second, third = (classes.resident() for _ in range(3))
    seat, waits, after = (classes.books(who, session) for who in (first, second, third))
    assert isinstance(seat, Reserved)
    assert isinstance(waits, Waiting)
    assert isinstance(after, Waiting)
    classes.does(booking.cancel, seat.booking.id)
    classes.now += timedelta(hours=25)
    over = classes.does(offers.accept, waits.booking.id, actor=Actor.resident(second))
    assert isinstance(over, OfferOver)
    assert state_of(classes, after.booking.id) is State.OFFERED
    assert told(classes, waits.booking.id) == [("offer", "dropped"), ("offer_over", "waiting")]
    back = classes.books(second, session)
    assert isinstance(back, Waiting)


def test_what_cannot_be_booked_says_why(classes: Classes) -> None:
    key = classes.resident()
    soon = classes.session(opens_at=NOON + timedelta(days=1))
    shut = classes.session(closes_at=NOON - timedelta(days=1))
    begun = classes.session(starts=NOON - timedelta(minutes=5))
    off = classes.session()
    classes.does(sessions.cancel, off)
    assert classes.books(key, soon) == NotYetOpen(NOON + timedelta(days=1))
    assert classes.books(key, shut) == Closed(NOON - timedelta(days=1))
    assert classes.books(key, begun) == Past()
    assert classes.books(key, off) == Cancelled()
    assert classes.books(key, 999_999) == NotFound()
    assert isinstance(classes.rings(classes.caller(), shut), Reserved)
    draft = classes.session(is_draft=True)
    assert classes.books(key, draft) == NotFound()


def test_overlaps_are_warned_of_and_nobody_holds_more_than_a_few(classes: Classes) -> None:
    key = classes.resident()
    one, same_time = classes.session(), classes.session()
    days = [classes.session(starts=NOON + timedelta(days=n)) for n in range(11, 15)]
    assert isinstance(classes.books(key, one), Reserved)
    warned = classes.books(key, same_time)
    assert isinstance(warned, Overlaps)
    assert [other.session.id for other in warned.others] == [one]
    assert isinstance(classes.books(key, same_time, overlap_is_fine=True), Reserved)
    assert isinstance(classes.books(key, days[0]), Reserved)
    assert classes.books(key, days[1]) == TooMany(CITY.running_most)
    assert isinstance(classes.books(key, days[1], limit_is_fine=True), Reserved)


def test_another_persons_booking_is_never_there(classes: Classes) -> None:
    session, other = classes.session(), classes.session(starts=NOON + timedelta(days=12))
    mine, stranger = classes.resident(), Actor.resident(classes.resident())
    seat = classes.books(mine, session)
    assert isinstance(seat, Reserved)
    number = seat.booking.id
    assert classes.does(booking.cancel, number, actor=stranger) == NotFound()
    assert classes.does(moving.move, number, other, actor=stranger) == NotFound()
    assert classes.does(offers.decline, number, actor=stranger) == NotFound()
    with classes.database.reading() as db:
        assert queries.my_booking(db, stranger.key or "", number, classes.now) is None
        assert queries.my_booking(db, mine, number, classes.now) is not None
    assert state_of(classes, number) is State.BOOKED


def test_moving_takes_the_new_seat_and_frees_the_old_or_does_neither(classes: Classes) -> None:
    here, full = classes.session(capacity=1), classes.session(1, starts=NOON + timedelta(days=12))
    there = classes.session(1, starts=NOON + timedelta(days=13))
    mover, waits, other = (classes.resident() for _ in range(3))
    seat, waiting = classes.books(mover, here), classes.books(waits, here)
    classes.books(other, full)
    assert isinstance(seat, Reserved)
    assert isinstance(waiting, Waiting)
    me = Actor.resident(mover)
    assert classes.does(moving.move, seat.booking.id, full, actor=me) == Full(waiting=0)
    assert state_of(classes, seat.booking.id) is State.BOOKED
    moved = classes.does(moving.move, seat.booking.id, there, actor=me)
    assert isinstance(moved, Moved)
    assert (moved.booking.session_id, moved.from_session_id) == (there, here)
    assert state_of(classes, waiting.booking.id) is State.OFFERED
    again = classes.does(moving.move, seat.booking.id, there, actor=me)
    assert isinstance(again, Moved)
    with classes.database.reading() as db:
        done = db.scalars(select(HistoryRow).where(HistoryRow.booking_id == seat.booking.id))
        assert [(row.what, row.session_id) for row in done] == [
            (What.BOOKED, here),
            (What.MOVED, there),
        ]


def test_kept_seats_are_for_telephone_and_fall_free_to_the_line(classes: Classes) -> None:
    session = classes.session(capacity=2, kept=1, kept_until=NOON + timedelta(days=3))
    first, second, late = (classes.resident() for _ in range(3))
    assert isinstance(classes.books(first, session), Reserved)
    waits = classes.books(second, session)
    assert isinstance(waits, Waiting)
    called = classes.rings(classes.caller(), session)
    assert isinstance(called, Reserved)
    # Used once: given up again, the seat is the line's, not the next caller's.
    classes.does(booking.cancel, called.booking.id)
    assert state_of(classes, waits.booking.id) is State.OFFERED
    assert isinstance(classes.rings(classes.caller(), session), Waiting)

    other = classes.session(
        2, kept=1, kept_until=NOON + timedelta(days=3), starts=NOON + timedelta(days=9)
    )
    third = classes.resident()
    assert isinstance(classes.books(third, other), Reserved)
    line = classes.books(late, other)
    assert isinstance(line, Waiting)
    classes.now += timedelta(days=3)
    newcomer = classes.books(classes.resident(), other)
    assert isinstance(newcomer, Waiting)
    assert state_of(classes, line.booking.id) is State.OFFERED


def test_more_seats_go_to_the_line_and_fewer_than_taken_are_refused(classes: Classes) -> None:
    session = classes.session(capacity=1)
    people = [classes.resident() for _ in range(3)]
    made = [classes.books(one, session) for one in people]
    changed = classes.does(sessions.change, session, classes.plan(capacity=2))
    assert changed == Changed(session, told=0)
    assert isinstance(made[1], Waiting)
    assert state_of(classes, made[1].booking.id) is State.OFFERED
    assert classes.does(sessions.change, session, classes.plan(capacity=1)) == TooFewSeats(2)
    later = classes.plan(capacity=2, starts=NOON + timedelta(days=11))
    assert classes.does(sessions.change, session, later) == Changed(session, told=2)
    assert classes.does(sessions.cancel, session) == CalledOff(session, told=3)
    assert classes.does(sessions.cancel, session) == CalledOff(session, told=0)
    assert isinstance(made[0], Reserved)
    assert state_of(classes, made[0].booking.id) is State.CANCELLED


def test_wishes_are_kept_with_the_note_under_seal(classes: Classes) -> None:
    session = classes.session()
    wishes = Wishes(companions=5, needs_hearing=True, model="らくらくホン", note="耳が遠いです")
    seat = classes.rings(classes.caller(), session, wishes=wishes, channel=Channel.COUNTER)
    assert isinstance(seat, Reserved)
    assert (seat.booking.wishes.companions, seat.booking.wishes.needs_hearing) == (1, True)
    assert seat.booking.channel is Channel.COUNTER
    assert classes.does(booking.cancel, seat.booking.id, actor=STAFF).first
    assert not classes.does(booking.cancel, seat.booking.id, actor=STAFF).first
