"""Brings a release's knowledge into the database and leaves alone what staff touched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from bot.db import Database
from bot.knowledge import keeping, queries
from bot.knowledge.keeping import BATCH, Author
from bot.knowledge.models import SeedRecord
from bot.knowledge.seed_content import SeedFolder, Shipment
from bot.knowledge.seed_rules import Recorded, Stands, Step, decide
from bot.knowledge.shelves import SHELVES, Shelf, hash_of
from bot.knowledge.values import Origin, State

_FINGERPRINT = ("release", "fingerprint")


class Why(StrEnum):
    """Why a row was left as it is."""

    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Left:
    """A row the release would write, but staff changed or removed it."""

    kind: str
    id: str
    title: str
    why: Why


@dataclass(slots=True)
class Report:
    """What seeding did, in rows."""

    added: int = 0
    updated: int = 0
    withdrawn: int = 0
    left: list[Left] = field(default_factory=list)


def seed(database: Database, folder: SeedFolder, now: datetime) -> Report:
    """Loads a release. Doing it again changes nothing and takes little time.

    Rows unchanged since they were seeded are updated or, when the release has dropped them,
    removed; rows that staff changed or removed are left and reported each time. At most 500 rows
    a transaction; after a crash the next call goes on. Raises SeedContentError before the
    first write.
    """
    fingerprint = folder.fingerprint()
    report = Report()
    with database.reading() as session:
        record = session.get(SeedRecord, _FINGERPRINT)
        if record is not None and record.hash == fingerprint:
            report.left = _left_before(session)
            return report
    author = Author("seed", now, Origin.SEED)
    for shipment in folder.read():
        for batch in _batches(_plan(database, shipment)):
            with database.writing() as session:
                _carry_out(session, shipment.shelf, batch, author, report)
    with database.writing() as session:
        session.merge(_record_of(*_FINGERPRINT, fingerprint))
    report.left.sort(key=lambda left: (left.kind, left.id))
    return report


def _plan(database: Database, shipment: Shipment) -> list[tuple[str, Any]]:
    """The rows that need a look, with what the release wants of them (None: nothing any more)."""
    shelf, wanted = shipment.shelf, {content.id: content for content in shipment.contents}
    with database.reading() as session:
        recorded = _records(session, shelf)
        stands = _stands(session, shelf)
    gone = [row_id for row_id in recorded if row_id not in wanted]
    return [
        (row_id, wanted.get(row_id))
        for row_id in [*wanted, *gone]
        if _step(row_id, wanted.get(row_id), recorded, stands) is not Step.NOTHING
    ]


def _step(
    row_id: str, wanted: Any, recorded: dict[str, Recorded], stands: dict[str, Stands]
) -> Step:
    hashed = hash_of(wanted) if wanted is not None else None
    return decide(hashed, recorded.get(row_id), stands.get(row_id))


def _batches(planned: list[tuple[str, Any]]) -> Iterator[list[tuple[str, Any]]]:
    rows = iter(planned)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _carry_out(
    session: Session,
    shelf: Shelf[Any],
    batch: Sequence[tuple[str, Any]],
    author: Author,
    report: Report,
) -> None:
    """Decides once more, now that nobody else can write, and writes."""
    keeping.take_turn(session)
    ids = [row_id for row_id, _ in batch]
    recorded, held = _records(session, shelf, ids), queries.held(session, shelf, ids)
    stands = {i: Stands(row.hash, row.content.kept.state) for i, row in held.items()}
    wanted = dict(batch)
    steps = {row_id: _step(row_id, wanted[row_id], recorded, stands) for row_id in ids}

    def those(*of: Step) -> list[str]:
        return [row_id for row_id, step in steps.items() if step in of]

    put = those(Step.ADD, Step.UPDATE)
    keeping.put(session, shelf, [wanted[row_id] for row_id in put], author)
    keeping.remove(session, shelf, those(Step.WITHDRAW), author)
    gone = those(Step.WITHDRAW, Step.FORGET)
    records = [_record(shelf, i, hash_of(wanted[i])) for i in [*put, *those(Step.ADOPT)]]
    records += [_record(shelf, i, recorded[i].hash, withdrawn=True) for i in gone]
    # A row that people made under an id of the release: remembered with a hash nothing has.
    foreign = [
        row_id
        for row_id in those(Step.LEAVE_CHANGED)
        if row_id not in recorded or recorded[row_id].withdrawn
    ]
    records += [_record(shelf, row_id, "") for row_id in foreign]
    _keep_records(session, records)
    report.added += len(those(Step.ADD))
    report.updated += len(those(Step.UPDATE))
    report.withdrawn += len(those(Step.WITHDRAW))
    for why, step in ((Why.CHANGED, Step.LEAVE_CHANGED), (Why.REMOVED, Step.LEAVE_REMOVED)):
        report.left += [Left(shelf.kind, i, title(held[i].content), why) for i in those(step)]


def title(content: Any) -> str:
    """What staff know a row by."""
    for name in ("question", "name", "words", "id"):
        if value := getattr(content, name, None):
            return value if isinstance(value, str) else str(value[0])
    return ""


def _left_before(session: Session) -> list[Left]:
    """What seeding this release again would leave: seeded rows that no longer say it."""
    left: list[Left] = []
    for shelf in SHELVES:
        live = (SeedRecord.kind == shelf.kind, SeedRecord.withdrawn.is_(False))
        touched = (shelf.row.hash != SeedRecord.hash) | (shelf.row.state != State.PUBLISHED)
        asked = select(shelf.row.id).join(SeedRecord, SeedRecord.id == shelf.row.id)
        ids = session.scalars(asked.where(*live, touched).order_by(shelf.row.id)).all()
        for row_id, held in sorted(queries.held(session, shelf, ids).items()):
            removed = held.content.kept.state is not State.PUBLISHED
            why = Why.REMOVED if removed else Why.CHANGED
            left.append(Left(shelf.kind, row_id, title(held.content), why))
    return sorted(left, key=lambda one: (one.kind, one.id))


def _stands(session: Session, shelf: Shelf[Any]) -> dict[str, Stands]:
    rows = session.execute(select(shelf.row.id, shelf.row.hash, shelf.row.state))
    return {row_id: Stands(hashed, State(state)) for row_id, hashed, state in rows}


def _records(
    session: Session, shelf: Shelf[Any], ids: Sequence[str] | None = None
) -> dict[str, Recorded]:
    asked = select(SeedRecord).where(SeedRecord.kind == shelf.kind)
    if ids is not None:
        asked = asked.where(SeedRecord.id.in_(ids))
    return {r.id: Recorded(r.hash, r.withdrawn) for r in session.scalars(asked)}


def _record(
    shelf: Shelf[Any], row_id: str, hashed: str, *, withdrawn: bool = False
) -> dict[str, Any]:
    return {"kind": shelf.kind, "id": row_id, "hash": hashed, "withdrawn": withdrawn}


def _keep_records(session: Session, records: Sequence[dict[str, Any]]) -> None:
    if records:
        ids = [record["id"] for record in records]
        kind = records[0]["kind"]
        session.execute(delete(SeedRecord).where(SeedRecord.kind == kind, SeedRecord.id.in_(ids)))
        session.execute(insert(SeedRecord), records)


def _record_of(kind: str, row_id: str, hashed: str) -> SeedRecord:
    return SeedRecord(kind=kind, id=row_id, hash=hashed, withdrawn=False)
