"""Takes a table's rows into the knowledge base: all staged first, then written 500 at a time.

An import stages every changed row in batches nobody reads, then turns from `staging` to `writing`
in one transaction. Before that moment a crash leaves nothing to see and the staged rows are thrown
away; after it, whoever starts next writes the rest (`resume`), so a file is taken as a whole or not
at all. Rows that someone changes while it is written are left as they are and told. Each row says
which version it replaced, so that a finished import can be undone.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from bot.db import Database
from bot.knowledge import keeping, queries
from bot.knowledge.comparing import Comparison, Planned
from bot.knowledge.keeping import BATCH, Author
from bot.knowledge.models import ImportBatch, ImportRow, VersionRow
from bot.knowledge.shelves import Shelf, pack, shelf_of, unpack
from bot.knowledge.values import State

_ABANDONED_AFTER = timedelta(minutes=10)
# Between two batches others get to write; SQLite's waiters look at most every 100 ms.
_BREATH = 0.02


class ImportLost(Exception):
    """Staging took so long that another process threw it away; nothing was written. Try again."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import (or undoing one) wrote, and the ids it left since others changed them."""

    batch_id: int
    written: int
    left: tuple[str, ...]


def carry_out(
    database: Database,
    shelf: Shelf[Any],
    comparison: Comparison,
    *,
    started_by: str,
    file_name: str,
    now: datetime,
) -> Imported:
    """Writes what `compare` found. Raises ImportLost before anything was written."""
    batch_id = stage(
        database, shelf, comparison, started_by=started_by, file_name=file_name, now=now
    )
    return confirm(database, batch_id, now)


def stage(
    database: Database,
    shelf: Shelf[Any],
    comparison: Comparison,
    *,
    started_by: str,
    file_name: str,
    now: datetime,
) -> int:
    """Lays down what `compare` found, for nobody to meet yet; the number to `confirm` it by."""
    planned = [*comparison.new, *comparison.changed]
    with database.writing() as session:
        batch = ImportBatch(
            kind=shelf.kind,
            file_name=file_name[:200],
            started_by=started_by,
            started_at=now,
            beat_at=database.lease_now(session),
            finished_at=None,
            state="staging",
        )
        session.add(batch)
        session.flush()
        batch_id = batch.id
    for start in range(0, len(planned), BATCH):
        _stage(database, batch_id, start, planned[start : start + BATCH])
    return batch_id


def confirm(database: Database, batch_id: int, now: datetime) -> Imported:
    """Writes what was staged. Raises ImportLost when it is not there or was confirmed before."""
    with database.writing() as session:
        _move_on(session, batch_id, "staging", "writing")
    return _write(database, batch_id, now)


def turn(session: Session, batch_id: int, state: str, to: str) -> bool:
    """Sends an import another way, for `finish` to carry out; False when it is not in `state`.

    staging → writing begins it, writing → undoing stops it and done → undoing undoes it: whoever
    is writing meanwhile sees it before the next rows.
    """
    keeping.take_turn(session)
    try:
        _move_on(session, batch_id, state, to)
    except ImportLost:
        return False
    return True


def finish(database: Database, batch_id: int, now: datetime) -> Imported | None:
    """Goes on with one import where a crash may have left it; None when nothing is to be done.

    Harmless beside a running one: each row is written once.
    """
    with database.reading() as session:
        state = session.scalar(select(ImportBatch.state).where(ImportBatch.id == batch_id))
    if state == "writing":
        return _write(database, batch_id, now)
    return _undo(database, batch_id, now) if state == "undoing" else None


def _stage(database: Database, batch_id: int, start: int, planned: Sequence[Planned]) -> None:
    rows = [
        {
            "batch_id": batch_id,
            "position": position,
            "row_id": plan.content.id,
            "base_version": plan.base_version,
            "outcome": "waiting",
            "content": pack(plan.content),
        }
        for position, plan in enumerate(planned, start)
    ]
    with database.writing() as session:
        _move_on(session, batch_id, "staging", "staging")
        beat = update(ImportBatch).where(ImportBatch.id == batch_id)
        session.execute(beat.values(beat_at=database.lease_now(session)))
        session.execute(insert(ImportRow), rows)


def _move_on(session: Session, batch_id: int, state: str, to: str) -> None:
    moved = session.execute(
        update(ImportBatch)
        .where(ImportBatch.id == batch_id, ImportBatch.state == state)
        .values(state=to)
        .returning(ImportBatch.id)
    ).all()
    if not moved:
        raise ImportLost(batch_id)


def resume(database: Database, now: datetime) -> list[Imported]:
    """Finishes what a crash interrupted and throws away what was only staged, at each start.

    Costs one small query when there is nothing to do; several processes may do it at once, also
    beside a running import, whose rows are then written by both, each row once.
    """
    with database.reading() as session:
        asked = select(ImportBatch.id, ImportBatch.state).order_by(ImportBatch.id)
        open_batches = session.execute(asked.where(ImportBatch.state.not_in(("done", "undone"))))
        found = open_batches.all()
    finished = []
    for batch_id, state in found:
        if state == "staging":
            _throw_away(database, batch_id)
        elif state == "writing":
            finished.append(_write(database, batch_id, now))
        elif state == "undoing":
            finished.append(_undo(database, batch_id, now))
    return finished


def _throw_away(database: Database, batch_id: int) -> None:
    with database.writing() as session:
        abandoned = (
            ImportBatch.id == batch_id,
            ImportBatch.state == "staging",
            ImportBatch.beat_at < database.lease_now(session) - _ABANDONED_AFTER,
        )
        session.execute(delete(ImportBatch).where(*abandoned))


def undo(database: Database, batch_id: int, now: datetime) -> Imported | None:
    """Gives the rows an import wrote back what they said before; new ones are removed.

    Rows changed since are left and told. None when there is no finished import of that id;
    undoing twice changes nothing more.
    """
    with database.writing() as session:
        if not turn(session, batch_id, "done", "undoing"):
            return None
    return _undo(database, batch_id, now)


def _write(database: Database, batch_id: int, now: datetime) -> Imported:
    shelf = _shelf(database, batch_id)
    author = Author(f"import:{batch_id}", now)
    while True:
        with database.writing() as session:
            keeping.take_turn(session)
            # Read behind the turn: who stops an import has not to wait for the whole of it.
            stopped = session.get_one(ImportBatch, batch_id).state != "writing"
            rows = [] if stopped else _next_rows(session, batch_id, "waiting")
            if not rows:
                return _finish(session, batch_id, ("writing", "done"), "written", now)
            held = queries.held(session, shelf, [row.row_id for row in rows])
            fresh = [row for row in rows if _version_of(held, row.row_id) == row.base_version]
            contents = [unpack(shelf.content, row.content or {}) for row in fresh]
            keeping.put(session, shelf, contents, author)
            _mark(session, rows, fresh, "written")
        time.sleep(_BREATH)


def _undo(database: Database, batch_id: int, now: datetime) -> Imported:
    shelf = _shelf(database, batch_id)
    author = Author(f"undo:{batch_id}", now)
    while True:
        with database.writing() as session:
            keeping.take_turn(session)
            rows = _next_rows(session, batch_id, "written")
            if not rows:
                return _finish(session, batch_id, ("undoing", "undone"), "undone", now)
            held = queries.held(session, shelf, [row.row_id for row in rows])
            fresh = [row for row in rows if _version_of(held, row.row_id) == row.base_version + 1]
            new = [row.row_id for row in fresh if row.base_version == 0]
            keeping.remove(session, shelf, new, author)
            _give_back(session, shelf, [row for row in fresh if row.base_version], author)
            _mark(session, rows, fresh, "undone")
        time.sleep(_BREATH)


def _give_back(
    session: Session, shelf: Shelf[Any], rows: Sequence[ImportRow], author: Author
) -> None:
    wanted = {(row.row_id, row.base_version) for row in rows}
    asked = select(VersionRow).where(
        VersionRow.kind == shelf.kind, VersionRow.row_id.in_([row.row_id for row in rows])
    )
    before = [v for v in session.scalars(asked) if (v.row_id, v.version) in wanted]
    for state in State:
        versions = [version for version in before if version.state == state]
        keeping.put_back(session, shelf, versions, author, state=state)


def _shelf(database: Database, batch_id: int) -> Shelf[Any]:
    with database.reading() as session:
        kind = session.scalars(select(ImportBatch.kind).where(ImportBatch.id == batch_id)).one()
    return shelf_of(kind)


def _next_rows(session: Session, batch_id: int, outcome: str) -> Sequence[ImportRow]:
    asked = select(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.outcome == outcome)
    return session.scalars(asked.order_by(ImportRow.position).limit(BATCH)).all()


def _version_of(held: Mapping[str, queries.Held[Any]], row_id: str) -> int:
    return held[row_id].content.kept.version if row_id in held else 0


def _mark(
    session: Session, rows: Sequence[ImportRow], fresh: Sequence[ImportRow], outcome: str
) -> None:
    done = {row.position for row in fresh}
    session.execute(
        update(ImportRow),
        [
            {
                "batch_id": row.batch_id,
                "position": row.position,
                "outcome": outcome if row.position in done else "left",
                "content": None,
            }
            for row in rows
        ],
    )


def _finish(
    session: Session, batch_id: int, states: tuple[str, str], outcome: str, now: datetime
) -> Imported:
    batch = session.get_one(ImportBatch, batch_id)
    if batch.state == states[0]:
        batch.state, batch.finished_at = states[1], now
    rows = session.execute(
        select(ImportRow.row_id, ImportRow.outcome)
        .where(ImportRow.batch_id == batch_id)
        .order_by(ImportRow.position)
    ).all()
    left = tuple(row_id for row_id, held in rows if held == "left")
    return Imported(batch_id, sum(1 for _, held in rows if held == outcome), left)
