"""Inserts that may find the row there already, in the words of either engine."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_unless_there(session: Session, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An insert into a mapped table, to be given `on_conflict_do_nothing` or `…_do_update`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)
