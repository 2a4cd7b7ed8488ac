"""What tables a database really has, found by looking: also at a schema of an earlier day."""

from sqlalchemy import Connection, MetaData, Table, text

from bot.backups.cells import kind_of
from bot.backups.values import Field

REVISIONS = "alembic_version"


def tables_of(connection: Connection) -> list[Table]:
    """The tables with their columns, in the order of their names; without the schema's revision.

    Tables that the engine keeps for itself, such as a search index of SQLite, are left out: they
    follow from the others.
    """
    held = MetaData()
    names = [name for name in _names(connection) if name != REVISIONS]
    if names:
        held.reflect(connection, only=names)
    return [held.tables[name] for name in sorted(names)]


def fields_of(table: Table) -> tuple[Field, ...]:
    """The columns to be written down; what the database computes by itself is left out."""
    return tuple(Field(c.name, kind_of(c)) for c in table.columns if c.computed is None)


def next_ids_of(connection: Connection, table: Table) -> dict[str, int]:
    """What each numbered column had handed out last, where the engine remembers it."""
    if connection.dialect.name == "sqlite":
        return {}
    found = {}
    for column in table.columns:
        if sequence := sequence_of(connection, table.name, column.name):
            query = text(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
            last = connection.execute(query).scalar()
            if last is not None:
                found[column.name] = int(last)
    return found


def sequence_of(connection: Connection, table: str, column: str) -> str | None:
    """PostgreSQL's sequence behind a column, quoted, or None."""
    query = text("SELECT pg_get_serial_sequence(quote_ident(:table), :column)")
    held: str | None = connection.execute(query, {"table": table, "column": column}).scalar()
    return held


def _names(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = (
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
    else:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    return list(connection.execute(text(query)).scalars())
