"""Killed, stalled, delivered again: every resident is answered once, says the platform's log."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from bot.db import Database
from bot.migrations import migrate
from handlers.commands.ordeal import Ordeal, Plan, free_port, readiness, wait_until
from handlers.commands.verdict import Verdict
from handlers.emulator.launch import RunningEmulator, start
from tests.flows.line_double import SECRET
from tests.running import TOKEN, Small, settings

pytestmark = pytest.mark.slow

TWENTY_SECONDS = Plan(seconds=9, rate=15, kill_every=2.5, settle=60)


@contextmanager
def watched(port: int) -> Iterator[RunningEmulator]:
    emulator = start(
        webhook_url=f"http://127.0.0.1:{port}/callback",
        channel_secret=SECRET,
        channel_token=TOKEN,
        more=("--redelivery-seconds", "0.5,1,1,2,2,4,4,8,8,15"),
    )
    with emulator:
        yield emulator


@contextmanager
def ordeal(database_url: str, plan: Plan, **more: str) -> Iterator[Ordeal]:
    """SQLite: one process. PostgreSQL: two webhook processes on one port, and two workers."""
    database = Database(database_url)
    migrate(database)
    is_sqlite = database.is_sqlite
    database.close()
    port = free_port()
    with ExitStack() as stack:
        emulator = stack.enter_context(watched(port))
        environ = settings(database_url, emulator.url, **more)
        serve = Small(
            environ, "serve", "--port", str(port), *([] if is_sqlite else ["--workers", "2"])
        )
        programs = [serve, *(Small(environ, "worker") for _ in range(0 if is_sqlite else 2))]
        for program in programs:
            stack.callback(program.kill)
        wait_until(lambda: readiness(port), 20, "the product did not start")
        yield Ordeal(emulator, programs, port, plan)


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def test_nobody_is_lost_and_nobody_is_answered_twice(
    engine: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(f"{engine}_url")
    with ordeal(url, TWENTY_SECONDS) as under_torture:
        verdict = under_torture.run()
    assert verdict.is_good, verdict
    assert verdict.had_teeth, verdict
    assert verdict.kills >= 2


def calm(seconds: float = 5, **more: float) -> Plan:
    return Plan(seconds=seconds, rate=15, kill_every=0, settle=40, **more)


def tortured_with(url: str, mutation: str, plan: Plan) -> Verdict:
    with ordeal(url, plan, MADOGUCHI_TEST_MUTATION=mutation) as under_torture:
        return under_torture.run()


def test_the_torture_notices_when_redelivered_events_are_taken_for_new(sqlite_url: str) -> None:
    verdict = tortured_with(sqlite_url, "forget dedupe", calm(redelivery=0.5))
    assert verdict.again > 0


def test_the_torture_notices_a_push_after_a_reply_of_unknown_end(sqlite_url: str) -> None:
    verdict = tortured_with(sqlite_url, "second reply", calm(cut_after_accept=0.3))
    assert verdict.doubled > 0
