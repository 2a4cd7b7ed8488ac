"""`madoguchi bench push`: how fast an audience is cut into parcels, and how fast they leave."""

import argparse
import json
import resource
import secrets
import sqlite3
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import insert, text

import content
from bot.campaigns import planning, service, starting, stopping
from bot.campaigns.rules import Audience, Draft, Kind, Terms, Words
from bot.db import Database
from bot.migrations import migrate
from bot.residents.models import ResidentRow, ResidentTopic
from bot.residents.rules import Style
from bot.residents.service import USER_ID_PURPOSE
from bot.sealing import Sealer
from bot.settings import Settings, read
from handlers.commands import bench_push_chat
from handlers.commands.line_stub import RunningStub
from handlers.commands.ordeal import Program, free_port, wait_until
from handlers.commands.torture import fresh_database, fresh_settings

TOPIC = "bench"
_BODY = [{"type": "text", "text": "スマホ教室のお知らせです。" * 20}]
_STEP = 20_000


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Plans for `--people`, then one process of the product sends at least `--calls` parcels to a
    stand-in for LINE; JSON on stdout.

    On SQLite, or on the server of `--postgres`. With `--chat` (PostgreSQL) the product answers 20
    messages a second meanwhile, with a worker of its own, and its replies are timed without and
    with the sending.
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench push")
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--latency-ms", type=float, default=50)
    parser.add_argument("--postgres", help="postgresql+psycopg://…")
    parser.add_argument("--chat", action="store_true")
    asked = parser.parse_args(args)
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(asked.postgres, Path(folder)) as url,
        RunningStub(asked.latency_ms) as stub,
    ):
        environment = {**environ, **fresh_settings(url, Path(folder))}
        environment["LINE_API_BASE_URL"] = stub.url
        settings = read(environment)
        database = Database(settings.database_url)
        migrate(database)
        figures = _plan(database, settings, asked.people)
        database.close()
        if asked.chat:
            figures |= bench_push_chat.measure(environment, stub, lambda go: _let_go(url, go))
        elif asked.calls:
            figures |= _send(environment, stub, asked.calls)
    print(json.dumps(figures))
    return 0


def befriend(database: Database, sealer: Sealer, people: int, topic: str = TOPIC) -> None:
    """So many residents who chose the topic."""
    met = datetime.now(UTC) - timedelta(days=1)
    for start in range(0, people, _STEP):
        count = min(_STEP, people - start)
        rows = [
            {
                "key": secrets.token_urlsafe(32),
                "sealed_user_id": sealer.seal(
                    f"U{secrets.token_hex(16)}".encode(), USER_ID_PURPOSE
                ),
                "met_at": met,
                "style": "plain",
            }
            for _ in range(count)
        ]
        chosen = [{"topic": topic, "resident_key": r["key"], "chosen_at": met} for r in rows]
        with database.writing() as session:
            session.execute(insert(ResidentRow), rows)
            session.execute(insert(ResidentTopic), chosen)
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            # As the server's own upkeep leaves a table that has stood for a day.
            connection.execute(text("VACUUM ANALYZE"))


def _plan(database: Database, settings: Settings, people: int) -> dict[str, Any]:
    assert settings.lookup_key is not None
    befriend(database, Sealer(settings.data_keys, settings.lookup_key), people)
    before = _megabytes()
    terms = Terms.from_toml(content.toml("city.toml")["rules"])
    campaign_id = _begin(database, people)
    began, longest = time.perf_counter(), 0.0
    with _Knocking(database) as knocking:
        while True:
            with database.reading() as session:
                stretch = planning.read(session, campaign_id, terms)
            if stretch is None:
                break
            moment = time.perf_counter()
            with database.writing() as session:
                now = database.lease_now(session)
                planning.keep(session, stretch, now=now, lease_now=now)
            longest = max(longest, time.perf_counter() - moment)
    took = time.perf_counter() - began
    return {
        "engine": "sqlite" if database.is_sqlite else "postgresql",
        "people": people,
        "planned_seconds": round(took, 2),
        "longest_write_ms": round(longest * 1000, 1),
        "longest_lock_ms": knocking.longest_ms,
        "memory_mb": _megabytes(),
        "memory_before_mb": before,
    }


class _Knocking:
    """Asks for SQLite's one write lock every millisecond: for how long was it held at most?

    A write may last longer than that: after a commit, its pages go from the log into the file
    while others write already. On PostgreSQL, where nobody waits for another's rows, None.
    """

    def __init__(self, database: Database) -> None:
        self._file = database.url.database if database.is_sqlite else None
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._knock, daemon=True)
        self.longest_ms: float | None = None

    def __enter__(self) -> Self:
        if self._file:
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        if self._file:
            self._thread.join()

    def _knock(self) -> None:
        assert self._file is not None
        with closing(sqlite3.connect(self._file, timeout=0, isolation_level=None)) as door:
            longest, since = 0.0, None
            while not self._is_over.wait(0.001):
                try:
                    door.execute("BEGIN IMMEDIATE")
                    door.execute("ROLLBACK")
                    since = None
                except sqlite3.OperationalError:  # somebody writes
                    since = since or time.perf_counter()
                    longest = max(longest, time.perf_counter() - since)
        self.longest_ms = round(longest * 1000, 1)


def _begin(database: Database, people: int) -> int:
    now = datetime.now(UTC)
    audience = Audience(topics=frozenset({TOPIC}))
    draft = Draft(Kind.FREE, "bench", TOPIC, (Words("bench"),), audience)
    terms = Terms.from_toml({**content.toml("city.toml")["rules"], "undo_minutes": 0})
    with database.writing() as session:
        campaign_id = service.draft(session, draft, author="writer", now=now).campaign_id
        service.check(
            session,
            campaign_id,
            1,
            actor="writer",
            now=now,
            is_real_line=False,
            topics=[TOPIC],
        )
        service.approve(
            session,
            campaign_id,
            1,
            actor="approver",
            now=now,
            terms=terms,
            reach=people,
            typed=people,
        )
        starting.ripen(session, now, terms)
        (due,) = starting.due(session, now)
        composed = starting.Composed(dict.fromkeys(Style, _BODY))
        means = starting.Means(people, None, is_taken=True, is_real_line=False)
        starting.begin(session, due, composed, means, now)
    return campaign_id


def _send(environment: Mapping[str, str], stub: RunningStub, calls: int) -> dict[str, Any]:
    is_sqlite = environment["DATABASE_URL"].startswith("sqlite")
    command = ["serve", "--port", str(free_port())] if is_sqlite else ["worker"]
    program = Program("wsgi", command, environment)
    try:
        wait_until(lambda: stub.told()["calls"] >= calls, 300, "it was not sent")
    finally:
        program.kill()
    told = stub.told()
    return {
        "multicasts": told["calls"],
        "people_reached": told["people"],
        "multicasts_a_second": round((told["calls"] - 1) / told["seconds"], 1),
        "fullest_second": told["fullest_second"],
    }


def _let_go(url: str, go: bool) -> None:
    """Pauses or resumes the announcement."""
    database = Database(url)
    with database.writing() as session:
        campaign_id = session.execute(text("SELECT max(id) FROM campaign")).scalar_one()
        change = stopping.resume if go else stopping.pause
        change(session, campaign_id, actor="writer", now=datetime.now(UTC))
    database.close()


def _megabytes() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
