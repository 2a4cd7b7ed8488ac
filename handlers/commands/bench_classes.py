"""`madoguchi bench classes`: many residents for a few seats; JSON on stdout.

People arrive evenly over some seconds, whatever became of those before them; the time of each is
counted from their arrival to their kept answer, waiting for a free thread included. It books
through the ledger itself, without the conversation around it.
"""

import argparse
import base64
import json
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import content
from bot.city import City
from bot.classes import bookers, booking, catalogue, sessions
from bot.classes.models import BookingRow, HistoryRow
from bot.classes.planning import SessionPlan
from bot.classes.values import SEATED, Actor, Channel, State, What
from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Race:
    """How many ask for how many seats, over how many seconds, and who serves them."""

    url: str
    people: int
    seats: int
    seconds: float
    processes: int
    threads: int
    key: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """What one person was told and how long they waited for it, in seconds."""

    outcome: str
    waited: float


def run(args: Sequence[str], _environ: Mapping[str, str]) -> int:
    """Runs the race and prints what came of it; 1 when a seat was sold twice or anyone forgotten.

    `--postgres URL` takes an empty database and two processes, else SQLite in one.
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench classes")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seats", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=50.0)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--postgres", metavar="URL")
    given = parser.parse_args(args)
    with tempfile.TemporaryDirectory() as folder:
        race = Race(
            url=given.postgres or f"sqlite:///{folder}/madoguchi.db",
            people=given.people,
            seats=given.seats,
            seconds=given.seconds,
            processes=2 if given.postgres else 1,
            threads=given.threads,
            key=os.urandom(32),
        )
        result = hold(race)
    print(json.dumps(result, ensure_ascii=False, indent=2))
    return 0 if result["right"] else 1


def hold(race: Race) -> dict[str, Any]:
    """Prepares a class and the people, lets them ask, and judges by what the ledger then holds."""
    database = Database(race.url)
    migrate(database)
    now = datetime.now(UTC)
    sealer = Sealer([race.key], race.key)
    session_id, who = _prepare(database, sealer, race, now)
    if race.processes == 1:
        told = _serve(race, session_id, who, 0, time.time())
    else:
        told = _serve_together(race, session_id, who)
    result = _judge(database, race, session_id, told)
    database.close()
    return result


def _serve_together(race: Race, session_id: int, who: Sequence[tuple[str, int]]) -> list[Told]:
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(race.processes + 1)
    with context.Pool(race.processes, initializer=_wait_for_all, initargs=(ready,)) as pool:
        ready.wait(120)  # nobody arrives before the doors are open
        began = time.time() + 0.5
        shares = [
            (race, session_id, who[n :: race.processes], n, began) for n in range(race.processes)
        ]
        return [one for share in pool.starmap(_serve, shares, chunksize=1) for one in share]


def _wait_for_all(ready: Barrier) -> None:
    ready.wait(120)


def _prepare(
    database: Database, sealer: Sealer, race: Race, now: datetime
) -> tuple[int, list[tuple[str, int]]]:
    with database.writing() as db:
        made = open_class(db, race.seats, now)
        who = []
        for number in range(race.people):
            key = base64.urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")
            given = bookers.Particulars("見本 太郎", "ミホン タロウ", f"090{number:08}")
            who.append((key, bookers.enter_own(db, sealer, key, given, now)))
    return made, who


def open_class(db: Session, seats: int, now: datetime) -> int:
    """The number of a class of so many seats that can be booked at once."""
    starts = now + timedelta(days=10)
    made = sessions.create(
        db,
        SessionPlan(
            course_id=catalogue.put_course(db, title="見本"),
            venue_id=catalogue.put_venue(db, name="見本"),
            dates=((starts, starts + timedelta(hours=2)),),
            capacity=seats,
            opens_at=now - timedelta(days=1),
            closes_at=starts,
        ),
    )
    assert isinstance(made, int)
    return made


def seats_and_line(db: Session, session_id: int) -> tuple[int, int, bool]:
    """How many have a seat, how many wait, and whether these stand in order of arrival."""
    of_class = BookingRow.session_id == session_id
    seated = db.scalar(select(func.count()).where(of_class, BookingRow.state.in_(SEATED))) or 0
    line = db.scalars(
        select(BookingRow.id)
        .where(of_class, BookingRow.state == State.WAITING)
        .order_by(BookingRow.place)
    ).all()
    arrived = db.scalars(
        select(HistoryRow.booking_id)
        .join(BookingRow, BookingRow.id == HistoryRow.booking_id)
        .where(of_class, HistoryRow.what == What.LINED_UP)
        .order_by(HistoryRow.id)
    ).all()
    return int(seated), len(line), list(line) == list(arrived)


def _serve(
    race: Race, session_id: int, who: Sequence[tuple[str, int]], offset: int, began: float
) -> list[Told]:
    database, sealer = Database(race.url), Sealer([race.key], race.key)
    rules = City.from_toml(content.toml("city.toml")).classes
    apart = race.seconds / race.people

    def ask(place: int) -> Told:
        arrives = began + apart * (place * race.processes + offset)
        time.sleep(max(0.0, arrives - time.time()))
        key, booker = who[place]
        with database.writing() as db:
            outcome = booking.reserve(
                db,
                sealer,
                session_id,
                booker,
                actor=Actor.resident(key),
                channel=Channel.LINE,
                city=rules,
                now=datetime.now(UTC),
            )
        return Told(type(outcome).__name__, time.time() - arrives)

    with ThreadPoolExecutor(race.threads) as pool:
        told = list(pool.map(ask, range(len(who))))
    database.close()
    return told


def _judge(database: Database, race: Race, session_id: int, told: Sequence[Told]) -> dict[str, Any]:
    with database.reading() as db:
        seated, _, in_order = seats_and_line(db, session_id)
        people = db.scalar(select(func.count(BookingRow.booker_id.distinct()))) or 0
    waited = sorted(one.waited for one in told)
    is_right = seated == min(race.seats, race.people) and people == race.people == len(told)
    return {
        "engine": "sqlite" if database.is_sqlite else "postgresql",
        "processes": race.processes,
        "people": race.people,
        "seats": race.seats,
        "seconds": race.seconds,
        "told": dict(Counter(one.outcome for one in told)),
        "seated": seated,
        "line_in_order": in_order,
        "p50_ms": round(1000 * waited[len(waited) // 2], 1),
        "p95_ms": round(1000 * waited[min(len(waited) - 1, len(waited) * 95 // 100)], 1),
        "longest_ms": round(1000 * waited[-1], 1),
        "load": os.getloadavg()[0],
        "right": bool(is_right and in_order),
    }
