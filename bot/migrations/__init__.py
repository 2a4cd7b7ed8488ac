"""Brings the database to the newest schema, and tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.db import Database


def migrate(database: Database) -> None:
    """Runs what migrations are missing; doing it twice changes nothing."""
    with database.writing() as session:
        upgrade(session.connection())


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
