"""Writes a backup from one moment of the database, while others go on writing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, table

from bot.backups import archive
from bot.backups.cells import read_as, to_cells
from bot.backups.tables import fields_of, next_ids_of, tables_of
from bot.backups.values import Field, Manifest, Refused, Why
from bot.db import Database
from bot.migrations import revision_of
from bot.sealing import Sealer

_AT_ONCE = 500


def save(database: Database, sealer: Sealer, file: Path, now: datetime) -> Manifest:
    """Writes everything into `file` as it stood at one moment; what was there is replaced.

    Rows are read a few hundred at a time and no writer is held up. On SQLite the write-ahead log
    grows meanwhile. Any schema can be saved that has a revision, so also before a migration.
    Raises Refused when there is none or the file is something else, OSError when it cannot be
    written; the earlier file stays then.
    """
    with _one_moment(database) as connection, archive.writing(file) as writer:
        revision = revision_of(connection)
        if revision is None:
            raise Refused(Why.NO_SCHEMA)
        parts = []
        for held in tables_of(connection):
            fields = fields_of(held)
            rows = _rows(connection, held.name, fields)
            parts.append(writer.add(held.name, fields, rows, next_ids_of(connection, held)))
        made = Manifest(
            made_at=now,
            revision=revision,
            engine=connection.dialect.name,
            lookup_proof=archive.lookup_proof(sealer),
            parts=tuple(parts),
        )
        writer.finish(made, sealer)
    return made


@contextmanager
def _one_moment(database: Database) -> Iterator[Connection]:
    """A connection that goes on seeing the database as it was at its first question."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        yield connection


def _rows(connection: Connection, name: str, fields: Sequence[Field]) -> Iterator[list[Any]]:
    write = to_cells(fields)
    query = select(*(read_as(field) for field in fields)).select_from(table(name))
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        yield write(row)
