"""The migrations make exactly the tables that the program knows, on either engine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from bot import migrations
from bot.db import Database
from bot.migrations import LinksBroken, is_current, migrate, rebuilding
from bot.migrations.tables import metadata
from bot.staff.models import Staff, StaffRole


def test_migrating_twice_changes_nothing(database: Database) -> None:
    migrate(database)
    assert is_current(database)


def test_the_migrated_tables_are_the_ones_the_program_knows(database: Database) -> None:
    def is_for_this_engine(thing: Any, *_: object) -> bool:
        engine = database.engine.dialect.name
        return bool(thing.info.get("only", engine) == engine)

    with database.reading() as session:
        context = MigrationContext.configure(
            session.connection(),
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": is_for_this_engine,
            },
        )
        assert compare_metadata(context, metadata) == []


def test_an_older_schema_is_told_from_the_newest(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert not is_current(database)


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    """PostgreSQL changes columns in place and keeps the links itself."""
    opened = Database(sqlite_url)
    migrate(opened)
    yield opened
    opened.close()


def count_of(database: Database, table: str) -> object:
    with database.reading() as session:
        return session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()


def test_rebuilding_a_table_keeps_what_hangs_on_its_rows(on_sqlite: Database) -> None:
    with on_sqlite.writing() as session:
        session.add(Staff(id=1, login="a", sealed_name=b"", created_at=datetime.now(UTC)))
        session.flush()
        session.add(StaffRole(staff_id=1, role="admin"))
    with rebuilding(on_sqlite) as connection:
        changing = Operations(MigrationContext.configure(connection))
        with changing.batch_alter_table("staff", recreate="always") as staff:
            staff.alter_column("login", type_=sa.String(50))
    assert (count_of(on_sqlite, "staff"), count_of(on_sqlite, "staff_role")) == (1, 1)


def test_links_that_a_migration_breaks_undo_it(on_sqlite: Database) -> None:
    with pytest.raises(LinksBroken, match="staff_role"), rebuilding(on_sqlite) as connection:
        connection.execute(text("INSERT INTO staff_role (staff_id, role) VALUES (7, 'admin')"))
    assert count_of(on_sqlite, "staff_role") == 0


def test_the_names_of_the_migrations_tell_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    walked = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert list(reversed(walked)) == migrations.revisions()
