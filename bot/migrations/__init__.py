"""Brings the database to the newest schema, and tells whether it is there.

Alembic is loaded only where something is to be changed: every program asks, and starts sooner.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from bot.db import Database

_HERE = Path(__file__).parent


def migrate(database: Database) -> None:
    """Runs what migrations are missing; doing it twice changes nothing."""
    if is_current(database):
        return
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
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def is_current(database: Database) -> bool:
    """True when the schema is the newest one this program knows."""
    with database.reading() as session:
        return revision_of(session.connection()) == revisions()[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of the schema, or None when there is none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    held: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return held


def is_known(revision: str) -> bool:
    """True when this program has the migrations up to a revision; else a newer one made it."""
    return revision in revisions()


def revisions() -> list[str]:
    """All revisions, oldest first: the numbers that the names of the migrations begin with."""
    files = (_HERE / "versions").glob("[0-9][0-9][0-9][0-9]_*.py")
    return sorted(file.name[:4] for file in files)
