"""What tests stand on: a real database of either kind, keys, and a clock that is told the time."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer

POSTGRES = os.environ.get(
    "MADOGUCHI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def skip_or_fail(reason: str) -> None:
    """Skips, or fails where the machine is meant to have every service (CI)."""
    if os.environ.get("MADOGUCHI_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(f"needed here, not skipped: {reason}")
    pytest.skip(reason)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/madoguchi.db"


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database of its own, which is gone afterwards."""
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    name = f"madoguchi_test_{secrets.token_hex(6)}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
    except OperationalError:
        admin.dispose()
        skip_or_fail("no PostgreSQL answers")
    url = make_url(POSTGRES).set(database=name)
    yield url.render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with fresh_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database: every test that takes it runs on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))
