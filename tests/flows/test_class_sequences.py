"""Whatever people do in whatever order: never a seat too many, never two for one, line in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session as Db
from sqlalchemy.pool import StaticPool

from bot.classes import booking, moving, offers, sessions, upkeep, waiting
from bot.classes.models import BookingRow, HistoryRow, SessionRow
from bot.classes.outcomes import (
    AlreadyBooked,
    Declined,
    Moved,
    Reserved,
    Waiting,
    Withdrawn,
)
from bot.classes.values import LIVE, SEATED, Actor, State, What
from bot.migrations.tables import metadata
from bot.sealing import Sealer
from tests.flows.class_at_work import CITY, NOON, STAFF, Classes

PEOPLE = 7
EXPLAINS = {
    What.BOOKED: (None, State.BOOKED),
    What.LINED_UP: (None, State.WAITING),
    What.OFFERED: (State.WAITING, State.OFFERED),
    What.ACCEPTED: (State.OFFERED, State.BOOKED),
    What.DECLINED: (State.OFFERED, State.CANCELLED),
    What.EXPIRED: (State.OFFERED, State.CANCELLED),
}
"""Which change each of these tells; the others may follow several states."""


class InMemory:
    """SQLite in memory behind the two doors that the ledger's tests open."""

    def __init__(self) -> None:
        self.engine = create_engine("sqlite://", poolclass=StaticPool)
        metadata.create_all(
            self.engine, tables=[t for t in metadata.sorted_tables if _is_ours(t.name)]
        )

    @contextmanager
    def writing(self) -> Iterator[Db]:
        with Db(self.engine, expire_on_commit=False) as db, db.begin():
            yield db

    reading = writing


def _is_ours(name: str) -> bool:
    return name.startswith("class_") or name == "resident"


class Ledger(RuleBasedStateMachine):
    """Two classes, a few people with and without LINE, and staff."""

    def __init__(self) -> None:
        super().__init__()
        self.database = InMemory()
        self.classes = Classes(self.database, Sealer([b"k" * 32], b"l" * 32))  # type: ignore[arg-type]

    @initialize(capacity=st.integers(1, 3), other=st.integers(1, 2), kept=st.integers(0, 1))
    def open_classes(self, capacity: int, other: int, kept: int) -> None:
        free_from = NOON + timedelta(days=2)
        first = self.classes.session(capacity, kept=kept, kept_until=free_from)
        starts = NOON + timedelta(days=12)
        self.sessions = [first, self.classes.session(other, starts=starts)]
        self.keys = [self.classes.resident() for _ in range(PEOPLE - 2)]
        self.callers = [self.classes.caller() for _ in range(2)]
        for key in self.keys:  # so that there is a line from the beginning
            self.classes.books(key, first)

    # ------------------------------------------------------------ what people do

    @rule(who=st.integers(0, PEOPLE - 1), where=st.integers(0, 1), line_up=st.booleans())
    def book(self, who: int, where: int, line_up: bool) -> None:
        session = self.sessions[where]
        before = self.waiting_of(session)
        held = self.held_by(who, session)
        if who < len(self.keys):
            outcome = self.classes.books(self.keys[who], session, line_up=line_up)
        else:
            caller = self.callers[who - len(self.keys)]
            outcome = self.classes.rings(caller, session, line_up=line_up)
        if held is not None and held.state in LIVE:
            assert isinstance(outcome, AlreadyBooked | Reserved | Waiting)
        if isinstance(outcome, Reserved) and before and who < len(self.keys):
            # Whoever waited before must have been given a seat: a newcomer overtakes nobody.
            assert not self.waiting_of(session)

    @rule(which=st.integers(0, 30), by_staff=st.booleans())
    def cancel(self, which: int, by_staff: bool) -> None:
        row = self.pick(which)
        if row is not None:
            outcome = self.classes.does(
                booking.cancel, row.id, actor=STAFF if by_staff else self.owner(row)
            )
            assert isinstance(outcome, Withdrawn)

    @rule(which=st.integers(0, 30), where=st.integers(0, 1))
    def move(self, which: int, where: int) -> None:
        row = self.pick(which, LIVE)
        if row is not None:
            there = self.sessions[where]
            outcome = self.classes.does(moving.move, row.id, there, actor=STAFF)
            if isinstance(outcome, Moved):
                assert outcome.booking.session_id == there

    @rule(which=st.integers(0, 30), yes=st.booleans())
    def answer(self, which: int, yes: bool) -> None:
        row = self.pick(which, (State.OFFERED,))
        if row is not None:
            act: Any = offers.accept if yes else offers.decline
            outcome = self.classes.does(act, row.id, actor=self.owner(row))
            assert isinstance(outcome, Reserved if yes else Declined)
            assert type(self.classes.does(act, row.id, actor=self.owner(row))) is type(outcome)

    @rule(hours=st.sampled_from([1, 5, 13, 25]))
    def time_goes_by(self, hours: int) -> None:
        self.classes.now = min(self.classes.now + timedelta(hours=hours), NOON + timedelta(days=9))
        with self.database.writing() as db:
            for session in upkeep.to_settle(db, self.classes.now):
                upkeep.settle(db, session, CITY, self.classes.now)

    @rule(where=st.integers(0, 1), capacity=st.integers(1, 5))
    def change_capacity(self, where: int, capacity: int) -> None:
        with self.database.reading() as db:
            plan = sessions.plan_of(db, self.sessions[where])
        assert plan is not None
        kept = min(plan.kept, capacity)
        changed = {"capacity": capacity, "kept": kept}
        self.classes.does(
            sessions.change, self.sessions[where], type(plan)(**(_fields(plan) | changed))
        )

    @rule(which=st.integers(0, 30))
    def staff_insert(self, which: int) -> None:
        row = self.pick(which, (State.WAITING, State.OFFERED))
        if row is not None:
            self.classes.does(waiting.seat, row.id)

    @rule(which=st.integers(0, 30), place=st.integers(1, 4))
    def staff_reorder(self, which: int, place: int) -> None:
        row = self.pick(which, (State.WAITING,))
        if row is None:
            return
        with self.database.writing() as db:
            waiting.put_at(
                db,
                self.classes.sealer,
                row.id,
                place,
                reason="理由",
                actor=STAFF,
                city=CITY,
                now=self.classes.now,
            )

    # ------------------------------------------------------------ what must always hold

    @invariant()
    def the_ledger_is_right(self) -> None:
        with self.database.reading() as db:
            held = list(db.scalars(select(BookingRow).order_by(BookingRow.id)))
            lines = list(db.scalars(select(HistoryRow).order_by(HistoryRow.id)))
            for session in db.scalars(select(SessionRow)).all():
                here = [one for one in held if one.session_id == session.id]
                self.nothing_is_oversold(session, here)
                self.no_seat_is_idle_while_somebody_waits(session, here)
            self.the_history_explains_every_state(held, lines)
            self.the_line_moves_in_order(lines)

    def nothing_is_oversold(self, session: SessionRow, here: list[BookingRow]) -> None:
        assert sum(one.state in SEATED for one in here) <= session.capacity
        people = [one.booker_id for one in here if one.state in (*SEATED, State.WAITING)]
        assert len(people) == len(set(people))
        assert 0 <= session.kept <= session.capacity

    def no_seat_is_idle_while_somebody_waits(
        self, session: SessionRow, here: list[BookingRow]
    ) -> None:
        if any(one.state == State.WAITING for one in here):
            taken = sum(one.state in SEATED for one in here)
            is_kept = session.kept_until is None or self.classes.now < session.kept_until
            assert session.capacity - taken <= (session.kept if is_kept else 0)

    def the_history_explains_every_state(
        self, held: list[BookingRow], lines: list[HistoryRow]
    ) -> None:
        told: dict[int, str | None] = {}
        for line in lines:
            change = (line.from_state, line.to_state)
            assert change == EXPLAINS.get(What(line.what), change)
            assert told.get(line.booking_id) == line.from_state
            told[line.booking_id] = line.to_state
        assert told == {one.id: one.state for one in held}

    def the_line_moves_in_order(self, lines: list[HistoryRow]) -> None:
        """A seat is offered to who has waited longest, wherever staff changed nothing."""
        waiting_line: dict[int, list[int]] = {one: [] for one in self.sessions}
        untouched = set(self.sessions)
        for line in lines:
            queue = next((q for q in waiting_line.values() if line.booking_id in q), None)
            if line.what == What.LINED_UP:
                waiting_line[line.session_id].append(line.booking_id)
            elif line.what == What.REORDERED:
                untouched.discard(line.session_id)
            elif queue is not None:
                if line.what == What.OFFERED and line.session_id in untouched:
                    assert queue[0] == line.booking_id
                queue.remove(line.booking_id)

    # ------------------------------------------------------------ looking

    def rows(self, table: Any) -> list[Any]:
        with self.database.reading() as db:
            return list(db.scalars(select(table).order_by(table.id)))

    def waiting_of(self, session_id: int) -> list[Any]:
        with self.database.reading() as db:
            return list(
                db.scalars(
                    select(BookingRow)
                    .where(BookingRow.session_id == session_id, BookingRow.state == State.WAITING)
                    .order_by(BookingRow.place)
                )
            )

    def held_by(self, who: int, session_id: int) -> Any:
        booker = who + 1  # they were entered in this order
        live = [
            b
            for b in self.rows(BookingRow)
            if (b.booker_id, b.session_id) == (booker, session_id) and b.state in LIVE
        ]
        return live[0] if live else None

    def pick(self, which: int, states: tuple[State, ...] | None = None) -> Any:
        rows = [b for b in self.rows(BookingRow) if states is None or b.state in states]
        return rows[which % len(rows)] if rows else None

    def owner(self, row: Any) -> Actor:
        place = row.booker_id - 1
        return Actor.resident(self.keys[place]) if place < len(self.keys) else STAFF


def _fields(plan: Any) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in type(plan).__slots__}


TestLedger = Ledger.TestCase
TestLedger.settings = settings(
    max_examples=15,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
