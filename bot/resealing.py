"""Seals every sealed value again under the newest key, while the desk goes on working."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    Table,
    and_,
    bindparam,
    func,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from bot.db import Database, Sealed
from bot.sealing import ID_AT, ID_SIZE, SealBroken, Sealer

BATCH = 200
"""Values a transaction: on SQLite its lock is held for well under 50 ms."""
_MOST_PASSES = 5


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds sealed values, as its model declares it."""

    table: Table
    column: Column[Any]
    purpose: str

    @property
    def key_id(self) -> Any:
        """The id of the key of a row's value, in SQL."""
        return func.substr(self.column, ID_AT + 1, ID_SIZE, type_=LargeBinary())


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of one column: values sealed again, and values that no key of ours opens."""

    purpose: str
    done: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class _Batch:
    last: tuple[Any, ...]
    old: dict[tuple[Any, ...], bytes]
    new: dict[tuple[Any, ...], bytes]
    unreadable: int


def sealed_columns(metadata: MetaData) -> Iterator[SealedColumn]:
    """Every column declared as `Sealed`, in the order of the tables' names."""
    for _name, table in sorted(metadata.tables.items()):
        for column in table.columns:
            if isinstance(column.type, Sealed):
                yield SealedColumn(table, column, column.type.purpose)


def keys_in_use(session: Session, metadata: MetaData) -> Counter[bytes]:
    """How many values stand under each key, by the key's id; reads the sealed columns once."""
    held: Counter[bytes] = Counter()
    for sealed in sealed_columns(metadata):
        each = select(sealed.key_id.label("id")).where(sealed.column.isnot(None)).subquery()
        for key_id, count in session.execute(select(each.c.id, func.count()).group_by(each.c.id)):
            held[bytes(key_id)] += count
    return held


def reseal(database: Database, sealer: Sealer, metadata: MetaData) -> list[Resealed]:
    """Seals again what stands under an older key, at most 200 values a transaction.

    A value that somebody changes or holds meanwhile is never overwritten but looked at again.
    Stopped half-way, the next call goes on; when all is done, a call changes nothing. Any number
    may run at the same time. Every process must already have the newest key among its own.
    """
    return [_column(database, sealer, column) for column in sealed_columns(metadata)]


def _column(database: Database, sealer: Sealer, sealed: SealedColumn) -> Resealed:
    done = unreadable = 0
    for _ in range(_MOST_PASSES):
        unreadable = missed = 0
        for batch in _batches(database, sealer, sealed):
            with database.writing() as session:
                written = _write(session, sealed, batch)
            done += written
            missed += len(batch.new) - written
            unreadable += batch.unreadable
        if not missed:
            break
    return Resealed(sealed.purpose, done, unreadable)


def _batches(database: Database, sealer: Sealer, sealed: SealedColumn) -> Iterator[_Batch]:
    """Reads and seals outside of any write; each batch begins behind the one before."""
    key = tuple(sealed.table.primary_key.columns)
    wanted = (
        select(*key, sealed.column)
        .where(sealed.column.isnot(None), sealed.key_id != sealer.key_ids[0])
        .order_by(*key)
        .limit(BATCH)
    )
    behind = wanted
    while True:
        with database.reading() as session:
            rows = session.execute(behind).all()
        if not rows:
            return
        batch = _seal(sealer, sealed.purpose, rows)
        yield batch
        behind = wanted.where(tuple_(*key) > tuple_(*batch.last))


def _seal(sealer: Sealer, purpose: str, rows: Sequence[Any]) -> _Batch:
    old, new = {}, {}
    for *key, value in rows:
        try:
            new[tuple(key)] = sealer.seal(sealer.open(bytes(value), purpose), purpose)
        except SealBroken:
            continue
        old[tuple(key)] = bytes(value)
    return _Batch(tuple(rows[-1])[:-1], old, new, len(rows) - len(new))


def _write(session: Session, sealed: SealedColumn, batch: _Batch) -> int:
    if not batch.new:
        return 0
    key = tuple(sealed.table.primary_key.columns)
    # What somebody else holds is skipped instead of waited for: so no two can wait crosswise.
    locked = select(*key, sealed.column).where(tuple_(*key).in_(list(batch.old)))
    rows = session.execute(locked.with_for_update(skip_locked=True)).all()
    same = [tuple(k) for *k, value in rows if value is not None and value == batch.old[tuple(k)]]
    if same:
        names = [f"key_{number}" for number in range(len(key))]
        one = and_(*(c == bindparam(n) for c, n in zip(key, names, strict=True)))
        change = update(sealed.table).where(one).values({sealed.column: bindparam("sealed_anew")})
        session.connection().execute(
            change,
            [dict(zip(names, k, strict=True)) | {"sealed_anew": batch.new[k]} for k in same],
        )
    return len(same)
