"""What tests stand on: a real database of either kind, keys, and a clock that is told the time."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from tests.apps import made_once
from tests.databases import KeptPostgres, postgres_of_its_own, replaced, settled
from tests.turns import Turns

POSTGRES = os.environ.get(
    "MADOGUCHI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def skip_or_fail(reason: str) -> None:
    """Skips, or fails where the machine is meant to have every service (CI)."""
    if os.environ.get("MADOGUCHI_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(f"needed here, not skipped: {reason}")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture(scope="session")
def turns(tmp_path_factory: pytest.TempPathFactory) -> Turns:
    return Turns(tmp_path_factory.getbasetemp())


@pytest.fixture(autouse=True)
def its_turn(request: pytest.FixtureRequest, turns: Turns) -> Iterator[None]:
    """A test marked `alone` has the machine to itself: it judges how long something takes."""
    with turns.alone() if request.node.get_closest_marker("alone") else turns.together():
        yield


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/madoguchi.db"


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database of its own, which is gone afterwards."""
    try:
        with postgres_of_its_own(POSTGRES) as url:
            yield url
    except OperationalError as error:
        if "connection failed" not in str(error):
            raise
        skip_or_fail("no PostgreSQL answers")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with fresh_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def kept_postgres() -> Iterator[KeptPostgres]:
    with fresh_postgres() as url:
        yield KeptPostgres(url)


@pytest.fixture
def emptied_postgres_url(kept_postgres: KeptPostgres) -> str:
    return kept_postgres.emptied()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "migrated.db"
    with settled(file) as made:
        migrate(made)
    return file


@pytest.fixture(
    params=["sqlite_url", pytest.param("emptied_postgres_url", marks=pytest.mark.service)],
    ids=["sqlite", "postgres"],
)
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def database(database_url: str, migrated_sqlite: Path) -> Iterator[Database]:
    """A migrated database: every test that takes it runs on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    if opened.is_sqlite and not Path(opened.url.database or "").exists():
        replaced(migrated_sqlite, opened.url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))
