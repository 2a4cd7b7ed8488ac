"""The database keeps what was committed, on both engines."""

from bot.db import Database
from bot.migrations import is_current, migrate


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_current(database)
