"""Killed while it plans and while it sends: everybody gets an announcement once, says the log."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from handlers.commands.ordeal import free_port, readiness, wait_until
from handlers.commands.push_ordeal import PushOrdeal, PushPlan, PushVerdict
from handlers.emulator.launch import start
from tests.flows.line_double import SECRET
from tests.running import TOKEN, Small, settings

pytestmark = pytest.mark.slow

SHORT = PushPlan(people=2_400, kills=2, kill_within=0.5, cut_after_accept=0.12)
"""120 parcels: killed once while the audience is cut and once while they leave."""


@contextmanager
def under_torture(url: str, plan: PushPlan, **more: str) -> Iterator[PushOrdeal]:
    """SQLite: one process. PostgreSQL: two workers."""
    database = Database(url)
    migrate(database)
    port = free_port()
    emulator = start(
        webhook_url=f"http://127.0.0.1:{port}/callback", channel_secret=SECRET, channel_token=TOKEN
    )
    with emulator:
        environ = settings(url, emulator.url, MADOGUCHI_TEST_ANNOUNCES="1", **more)
        keys = [base64.urlsafe_b64decode(environ["MADOGUCHI_DATA_KEYS"])]
        sealer = Sealer(keys, base64.urlsafe_b64decode(environ["MADOGUCHI_LOOKUP_KEY"]))
        if database.is_sqlite:
            programs = [Small(environ, "serve", "--port", str(port))]
        else:
            programs = [Small(environ, "worker") for _ in range(2)]
        try:
            if database.is_sqlite:
                wait_until(lambda: readiness(port), 20, "the product did not start")
            yield PushOrdeal(emulator, programs, database, sealer, plan)
        finally:
            for program in programs:
                program.kill()
            database.close()


def tortured(url: str, plan: PushPlan, **more: str) -> PushVerdict:
    with under_torture(url, plan, **more) as ordeal:
        return ordeal.run()


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def test_everybody_gets_it_once_whenever_the_power_fails(
    engine: str, request: pytest.FixtureRequest
) -> None:
    verdict = tortured(request.getfixturevalue(f"{engine}_url"), SHORT)
    assert verdict.is_good, verdict
    assert verdict.had_teeth, verdict
    assert verdict.kills >= 2, verdict


def calm() -> PushPlan:
    return PushPlan(people=600, kills=0, settle=30, cut_after_accept=0.3)


def test_the_torture_notices_a_new_retry_key_on_each_attempt(sqlite_url: str) -> None:
    verdict = tortured(sqlite_url, calm(), MADOGUCHI_TEST_MUTATION="new parcel key")
    assert verdict.doubled > 0


def test_the_torture_notices_a_person_left_out(sqlite_url: str) -> None:
    verdict = tortured(sqlite_url, calm(), MADOGUCHI_TEST_MUTATION="skip a recipient")
    assert verdict.missing > 0
