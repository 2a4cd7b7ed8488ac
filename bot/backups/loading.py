"""Brings a backup back into a database of either kind: wholly, or not at all."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert, select, table, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.backups import clearing
from bot.backups.archive import Archive
from bot.backups.cells import from_cells, written_as
from bot.backups.settling import Settled, settle
from bot.backups.tables import sequence_of, tables_of
from bot.backups.values import Manifest, Part, Refused, Why
from bot.db import Database
from bot.migrations import is_known, upgrade
from bot.migrations.tables import metadata
from bot.resealing import keys_in_use
from bot.schedules.rules import NextDue
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Action

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back, what was held, and how many sealed values no key of the settings opens."""

    manifest: Manifest
    settled: Settled
    unreadable: int


def restore(
    database: Database,
    sealer: Sealer,
    archive: Archive,
    *,
    force: bool,
    civil: datetime,
    next_due: NextDue,
) -> Restored:
    """Puts the backup in the place of all there is, in one transaction, at the newest schema.

    Numbers go on where they had got to. Nothing that waits is sent (`settling`), and the audit
    trail tells of it. Nobody else may be using the database. Raises Refused, nothing changed: the
    database holds something (unless `force`) or is not ours, is in use, or will not take a row.
    """
    manifest = archive.manifest
    if not is_known(manifest.revision):
        raise Refused(Why.NEWER_SCHEMA, manifest.revision)
    with _alone(database) as connection:
        clearing.clear(connection, manifest, force=force)
        upgrade(connection, manifest.revision)
        _load_all(connection, archive)
        upgrade(connection)
        with Session(connection, expire_on_commit=False) as session:
            now = database.lease_now(session)
            settled = settle(session, now=now, civil=civil, next_due=next_due)
            _record(session, sealer, manifest, civil)
            held = keys_in_use(session, metadata)
            session.flush()
            lost = sum(n for key_id, n in held.items() if key_id not in sealer.key_ids)
        _check_links(connection)
    return Restored(manifest, settled, lost)


@contextmanager
def _alone(database: Database) -> Iterator[Connection]:
    """One transaction, refused when others are connected; it commits at the end."""
    database.engine.dispose()
    with database.engine.connect() as connection:
        connection.execution_options(madoguchi_writes=True)
        driver: Any = connection.connection.driver_connection
        if database.is_sqlite:
            # Outside of a transaction, where alone it has effect; `_check_links` makes up for it.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not database.is_sqlite:
                    connection.execute(text("SET LOCAL statement_timeout = 0"))
                    if connection.execute(text(_OTHERS)).scalar():
                        raise Refused(Why.IN_USE)
                yield connection
        finally:
            connection.detach()


_OTHERS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)
_LINKS = (
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) "
    "FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)


def _load_all(connection: Connection, archive: Archive) -> None:
    # Without foreign keys for the while: rows may point at rows that come later.
    links = () if _is_sqlite(connection) else connection.execute(text(_LINKS)).all()
    for owner, name, _definition in links:
        connection.execute(text(f"ALTER TABLE {owner} DROP CONSTRAINT {name}"))
    there = {held.name: held for held in tables_of(connection)}
    for part in archive.manifest.parts:
        columns = {c.name for c in there[part.table].columns} if part.table in there else set()
        if not columns.issuperset(field.name for field in part.fields):
            raise Refused(Why.NOT_LOADED, part.table)
        try:
            _load(connection, part, archive.rows(part))
        except (SQLAlchemyError, ValueError, TypeError) as unfit:
            raise Refused(Why.NOT_LOADED, part.table) from unfit
    for owner, name, definition in links:
        try:
            connection.execute(text(f"ALTER TABLE {owner} ADD CONSTRAINT {name} {definition}"))
        except SQLAlchemyError as unfit:
            raise Refused(Why.NOT_LOADED, owner) from unfit


def _load(connection: Connection, part: Part, rows: Iterable[list[Any]]) -> None:
    target = table(part.table)
    if connection.execute(select(text("1")).select_from(target).limit(1)).first():
        # A migration's own rows stand in the backup too.
        connection.execute(target.delete())
    columns = {
        field.name: written_as(field, f"c{place}", sqlite=_is_sqlite(connection))
        for place, field in enumerate(part.fields)
    }
    target = table(part.table, *(clearing.named(name) for name in columns))
    statement = insert(target).values(columns)
    read = from_cells(part.fields, spare_nul=not _is_sqlite(connection))
    loaded = 0
    for batch in _batches(rows, read):
        connection.execute(statement, batch)
        loaded += len(batch)
    if loaded != part.rows:
        raise ValueError(part.table)
    _go_on_numbering(connection, part)


def _batches(
    rows: Iterable[list[Any]], read: Callable[[list[Any]], list[Any]]
) -> Iterator[list[dict[str, Any]]]:
    left = iter(rows)
    while batch := [
        {f"c{place}": value for place, value in enumerate(read(row))}
        for row in islice(left, _AT_ONCE)
    ]:
        yield batch


def _go_on_numbering(connection: Connection, part: Part) -> None:
    """SQLite goes on behind the highest number by itself; PostgreSQL must be told."""
    if _is_sqlite(connection):
        return
    for field in part.fields:
        sequence = sequence_of(connection, part.table, field.name)
        if sequence is None:
            continue
        highest = text(f'SELECT max("{field.name}") FROM "{part.table}"')  # noqa: S608 (our names)
        used = connection.execute(highest).scalar() or 0
        last = max(int(used), part.next_ids.get(field.name, 0))
        if last:
            told = {"sequence": sequence, "last": last}
            connection.execute(text("SELECT setval(CAST(:sequence AS regclass), :last)"), told)


def _check_links(connection: Connection) -> None:
    if _is_sqlite(connection):
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise Refused(Why.NOT_LOADED, str(broken[0]))


def _record(session: Session, sealer: Sealer, manifest: Manifest, civil: datetime) -> None:
    made = {"made_at": manifest.made_at.isoformat(), "rows": manifest.rows}
    action = Action(audit.SYSTEM, "backup.restored", "database", manifest.engine, None, made)
    audit.record(session, sealer, action, civil)


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
