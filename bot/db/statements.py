"""Statements that every table of work needs, in the words of either engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Update, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.db.base import Base


def insert_unless_there(session: Session, table: Any) -> sqlite.Insert | postgresql.Insert:
    """An insert into a mapped table, to be given `on_conflict_do_nothing` or `…_do_update`."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


def rows_changed(result: Any) -> int:
    """How many rows an update or a delete has hit."""
    counted: CursorResult[Any] = result
    return counted.rowcount


@dataclass(frozen=True, slots=True)
class Lease:
    """By what a row of work is known as ours: nobody has taken it over since that attempt."""

    row_id: int
    owner: str
    attempts: int

    def named(self, values: Mapping[str, object]) -> dict[str, object]:
        """What `fenced` wants to put these values into the row."""
        new = {f"new_{name}": value for name, value in values.items()}
        ours = {"held_owner": self.owner, "held_attempts": self.attempts}
        return new | ours | {"held_id": self.row_id}


@cache
def fenced(table: type[Base], names: tuple[str, ...]) -> Update:
    """Changes these columns of a waiting row that is still ours; built once."""
    held = Base.metadata.tables[table.__tablename__]
    mine = held.update().where(
        held.c.id == bindparam("held_id"),
        held.c.owner == bindparam("held_owner"),
        held.c.attempts == bindparam("held_attempts"),
        held.c.state == "waiting",
    )
    return mine.values({name: bindparam(f"new_{name}") for name in names})


def change_held(
    session: Session, table: type[Base], lease: Lease, values: Mapping[str, object]
) -> bool:
    """Changes a waiting row that is still ours; False, changing nothing, when it is not."""
    changed = session.connection().execute(fenced(table, tuple(values)), lease.named(values))
    return rows_changed(changed) == 1
