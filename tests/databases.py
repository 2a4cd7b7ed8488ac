"""Databases for tests: made once with all migrations, then copied or emptied, never made anew."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from bot.db import Database
from bot.migrations import migrate

_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Triggers are off for it: the audit trail lets nobody delete, a test's end excepted.
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE one record; held boolean; full_ones text[] := '{}';
BEGIN
  FOR one IN SELECT tablename FROM pg_tables
             WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one.tablename) INTO held;
    IF held THEN full_ones := full_ones || quote_ident(one.tablename); END IF;
  END LOOP;
  IF cardinality(full_ones) > 0 THEN
    EXECUTE 'TRUNCATE ' || array_to_string(full_ones, ', ') || ' CASCADE';
  END IF;
  FOR one IN SELECT sequencename FROM pg_sequences
             WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
    EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename);
  END LOOP;
END $$;
"""
_NO_ROWS = 21
"""Bytes of a binary COPY without a row: a header of 19 and an end of 2."""
_SHAPE = """
SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
  SELECT format('%s.%s %s %s', c.relname, a.attname, a.atttypid, a.attnotnull) AS line
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE n.nspname = 'public'
  UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'constraint ' || conname FROM pg_constraint
  UNION ALL SELECT 'revision ' || version_num FROM alembic_version
) AS lines
"""


@contextmanager
def settled(file: Path) -> Iterator[Database]:
    """A SQLite database to fill; afterwards all of it stands in the one file."""
    database = Database(f"sqlite:///{file}")
    yield database
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def replaced(file: Path, url: URL) -> None:
    """Puts a copy of the file where the address says, in place of what is there."""
    place = Path(url.database or "")
    for rest in ("-wal", "-shm"):
        place.with_name(place.name + rest).unlink(missing_ok=True)
    shutil.copyfile(file, place)


@contextmanager
def postgres_of_its_own(server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, which is gone afterwards.

    Raises OperationalError when no server answers.
    """
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"madoguchi_test_{secrets.token_hex(6)}"
    try:
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
            # No test outlives the server: what it promises when killed is promised all the same.
            connection.execute(text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
    finally:
        admin.dispose()


@dataclass(frozen=True, slots=True)
class Contents:
    """All rows of a PostgreSQL database, a table each, and how far its sequences are."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


def contents_of(database: Database) -> Contents:
    """What a database on PostgreSQL holds."""
    with _cursor(database) as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall() if name != "alembic_version"]
        tables = {}
        for name in names:
            with cursor.copy(f'COPY "{name}" TO STDOUT (FORMAT BINARY)') as rows:
                tables[name] = b"".join(bytes(part) for part in rows)
        cursor.execute(
            "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
        )
        return Contents(tables, dict(cursor.fetchall()))


def put_back(database: Database, contents: Contents) -> None:
    """Fills an empty database with what another of its shape held."""
    with _cursor(database) as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, rows in contents.tables.items():
            if len(rows) > _NO_ROWS:
                with cursor.copy(f'COPY "{name}" FROM STDIN (FORMAT BINARY)') as into:
                    into.write(rows)
        for name, value in contents.sequences.items():
            cursor.execute("SELECT setval(%s, %s)", (name, value))


@contextmanager
def _cursor(database: Database) -> Iterator[Any]:
    connection: Any = database.engine.raw_connection()  # psycopg's own: it can copy
    try:
        with connection.cursor() as cursor:
            yield cursor
        connection.commit()
    finally:
        connection.close()


class KeptPostgres:
    """One migrated PostgreSQL database that is empty each time it is asked for.

    Making one takes about a second, emptying it a few hundredths. When a test has changed its
    shape, it is made again.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # No connection stays open between tests: the next one puts all others out.
        self._engine: Engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._shape: str | None = None

    def emptied(self) -> str:
        """The address, once the database is empty and of its first shape."""
        with self._engine.connect() as connection:
            connection.execute(text(_OTHERS_OUT))
            if self._shape is None or self._shape != self._shape_now(connection):
                self._make(connection)
            else:
                connection.execute(text(_EMPTY))
        return self.url

    def _make(self, connection: Connection) -> None:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        database = Database(self.url)
        migrate(database)
        database.close()
        self._shape = self._shape_now(connection)

    def _shape_now(self, connection: Connection) -> str | None:
        if connection.execute(text("SELECT to_regclass('alembic_version')")).scalar() is None:
            return None
        found: str | None = connection.execute(text(_SHAPE)).scalar()
        return found
