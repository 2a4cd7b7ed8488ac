"""What staff see of imports: what waits to begin, how far each is, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, delete, func, select, update
from sqlalchemy.orm import Session

from bot.db import Database
from bot.knowledge.models import ImportBatch, ImportRow

WAITS_FOR_CONFIRMATION = timedelta(hours=2)
"""How long a checked file waits to be confirmed; after that it is thrown away."""


@dataclass(frozen=True, slots=True)
class Batch:
    """An import as it stands. `state`: staging, proposed, writing, done, undoing, undone.

    `new` and `changed` count what was planned; `waiting`, `written`, `undone` and `left` where
    the rows are now. `left_ids` are the first hundred that others changed meanwhile.
    """

    id: int
    kind: str
    file_name: str
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    state: str
    new: int = 0
    changed: int = 0
    waiting: int = 0
    written: int = 0
    undone: int = 0
    left: int = 0
    left_ids: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """Tells it from an earlier one of the same number that was thrown away."""
        return f"{self.started_by} {self.started_at.isoformat()} {self.file_name}"

    @property
    def total(self) -> int:
        """All rows of the import."""
        return self.waiting + self.written + self.undone + self.left

    @property
    def done(self) -> int:
        """Rows dealt with in the direction the import is going now."""
        if self.state in ("undoing", "undone"):
            return self.total - self.written
        return self.total - self.waiting

    @property
    def is_moving(self) -> bool:
        """True while rows are being written or given back."""
        return self.state in ("writing", "undoing")


def latest(session: Session, most: int = 20) -> tuple[Batch, ...]:
    """The last imports that count, newest first, without their rows."""
    asked = select(ImportBatch).where(ImportBatch.state != "staging")
    rows = session.scalars(asked.order_by(ImportBatch.id.desc()).limit(most)).all()
    return tuple(_batch(row) for row in rows)


def find(session: Session, batch_id: int) -> Batch | None:
    """One import with how far it is."""
    row = session.get(ImportBatch, batch_id)
    if row is None:
        return None
    of_it = ImportRow.batch_id == batch_id
    counted = session.execute(
        select(
            ImportRow.outcome, func.count(), func.sum(cast(ImportRow.base_version == 0, Integer))
        )
        .where(of_it)
        .group_by(ImportRow.outcome)
    ).all()
    left = select(ImportRow.row_id).where(of_it, ImportRow.outcome == "left")
    ids = session.scalars(left.order_by(ImportRow.position).limit(100)).all()
    return _batch(row, [(outcome, rows, new or 0) for outcome, rows, new in counted], tuple(ids))


def first_rows(
    session: Session, batch_id: int, *, new: bool, most: int = 20
) -> tuple[tuple[str, dict[str, object]], ...]:
    """(id, content) of the first rows that would be new, or would change."""
    is_new = ImportRow.base_version == 0 if new else ImportRow.base_version > 0
    asked = select(ImportRow.row_id, ImportRow.content).where(
        ImportRow.batch_id == batch_id, is_new
    )
    rows = session.execute(asked.order_by(ImportRow.position).limit(most))
    return tuple((row_id, content or {}) for row_id, content in rows)


def hold(database: Database, batch_id: int) -> None:
    """Lets a staged import wait for two hours until somebody confirms it."""
    with database.writing() as session:
        until = database.lease_now(session) + WAITS_FOR_CONFIRMATION
        staged = (ImportBatch.id == batch_id, ImportBatch.state == "staging")
        session.execute(update(ImportBatch).where(*staged).values(beat_at=until))


def throw_away(session: Session, batch_id: int) -> bool:
    """Drops a staged import nobody wants any more; False when it is no longer only staged."""
    staged = (ImportBatch.id == batch_id, ImportBatch.state == "staging")
    return bool(session.execute(delete(ImportBatch).where(*staged).returning(ImportBatch.id)).all())


def forget_unconfirmed(session: Session, now: datetime) -> int:
    """Throws away what was staged and never confirmed; `now` is lease time."""
    old = (ImportBatch.state == "staging", ImportBatch.beat_at < now - timedelta(minutes=10))
    return len(session.execute(delete(ImportBatch).where(*old).returning(ImportBatch.id)).all())


def _batch(
    row: ImportBatch, counted: Sequence[tuple[str, int, int]] = (), left: tuple[str, ...] = ()
) -> Batch:
    def rows(outcome: str) -> int:
        return sum(number for held, number, _ in counted if held == outcome)

    new = sum(number for _, _, number in counted)

    return Batch(
        id=row.id,
        kind=row.kind,
        file_name=row.file_name,
        started_by=row.started_by,
        started_at=row.started_at,
        finished_at=row.finished_at,
        state=row.state,
        new=new,
        changed=sum(number for _, number, _ in counted) - new,
        waiting=rows("waiting"),
        written=rows("written"),
        undone=rows("undone"),
        left=rows("left"),
        left_ids=left,
    )
