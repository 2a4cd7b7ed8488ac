"""Contract tests use the desk and the residents of the flow tests."""

import pytest

from tests.flows.conftest import (
    answering,
    city_database,
    civil,
    desk,
    engine,
    resident,
    seeded_postgres,
    seeded_sqlite,
)

__all__ = [
    "answering",
    "city_database",
    "civil",
    "desk",
    "engine",
    "resident",
    "seeded_postgres",
    "seeded_sqlite",
]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What is said does not depend on the database: one engine is enough here."""
    return sqlite_url
