"""Empties a database for what is to be brought back, once it is sure that it may be emptied."""

from typing import Any

from sqlalchemy import Connection, column, select, text
from sqlalchemy.sql.expression import ColumnClause

from bot.backups.tables import REVISIONS, tables_of
from bot.backups.values import Manifest, Refused, Why
from bot.migrations import is_known, revision_of, upgrade
from bot.migrations.tables import metadata


def clear(connection: Connection, manifest: Manifest, *, force: bool) -> None:
    """Takes away all our tables, inside the connection's transaction.

    Raises Refused when there are rows (unless `force`), tables that are not ours, or a schema of
    a newer program.
    """
    held = revision_of(connection)
    if held is not None and not is_known(held):
        raise Refused(Why.NEWER_SCHEMA, held)
    if held is not None:
        # An older schema first becomes one whose tables we know by name.
        upgrade(connection)
    there = tables_of(connection)
    ours = {*metadata.tables, *(part.table for part in manifest.parts)} if held else set()
    strange = sorted(found.name for found in there if found.name not in ours)
    if strange:
        raise Refused(Why.STRANGE_TARGET, ", ".join(strange))
    full = [
        found.name
        for found in there
        if connection.execute(select(text("1")).select_from(found).limit(1)).first()
    ]
    if full and not force:
        raise Refused(Why.NOT_EMPTY, ", ".join(full))
    _drop(connection, [found.name for found in there])


def named(name: str) -> ColumnClause[Any]:
    """A column of which only the name matters."""
    return column(name)


def _drop(connection: Connection, names: list[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    if connection.dialect.name == "sqlite":
        # Search indexes first: their own tables go with them.
        virtual = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'virtual'"
        for name in [*connection.execute(text(virtual)).scalars(), *names, REVISIONS]:
            connection.execute(text(f"DROP TABLE IF EXISTS {quote(name)}"))
    else:
        every = ", ".join(quote(name) for name in [*names, REVISIONS])
        connection.execute(text(f"DROP TABLE IF EXISTS {every} CASCADE"))
