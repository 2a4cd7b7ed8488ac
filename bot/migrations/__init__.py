"""Brings the database to the newest schema, and tells whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.db import Database


def migrate(database: Database) -> None:
    """Runs what migrations are missing; doing it twice changes nothing."""
    with rebuilding(database) as connection:
        upgrade(connection)


@contextmanager
def rebuilding(database: Database) -> Iterator[Connection]:
    """A connection with one transaction in which tables may be rebuilt; it commits at the end.

    SQLite changes a column by making the table anew and dropping the old one, and dropping
    deletes its rows: with foreign keys on, all that hangs on them would go too. They are off
    meanwhile, and every link is looked at before the commit. Raises LinksBroken.
    """
    if not database.is_sqlite:
        with database.writing() as session:
            yield session.connection()
        return
    with database.engine.connect() as connection:
        connection.execution_options(madoguchi_writes=True)
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # heeded outside of a transaction alone
        try:
            with connection.begin():
                yield connection
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                if broken:
                    raise LinksBroken(sorted({str(row[0]) for row in broken}))
        finally:
            connection.detach()


class LinksBroken(Exception):
    """Rows of these tables point at rows that are not there; nothing was changed."""


def upgrade(connection: Connection, to: str = "head") -> None:
    """Runs what migrations are missing up to a revision, inside the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def is_current(database: Database) -> bool:
    """True when the schema is the newest one this program knows."""
    with database.reading() as session:
        held = revision_of(session.connection())
    return held == ScriptDirectory.from_config(_config()).get_current_head()


def revision_of(connection: Connection) -> str | None:
    """The revision of the schema, or None when there is none."""
    held: str | None = MigrationContext.configure(connection).get_current_revision()
    return held


def is_known(revision: str) -> bool:
    """True when this program has the migrations up to a revision; else a newer one made it."""
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
