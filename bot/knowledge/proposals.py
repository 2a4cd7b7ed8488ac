"""Changes of knowledge that wait, or waited, for a second person, as they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.knowledge.models import ProposedChangeRow
from bot.knowledge.shelves import shelf_of, unpack
from bot.knowledge.values import Doing, State

IMPORT = "import"
"""The kind of a proposal that is a whole file; its `row_id` is the number of the import."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that waits, or waited. `file` tells of an import: its name and number of rows."""

    id: int
    kind: str
    row_id: str
    doing: Doing
    read_at: int
    to_state: State
    content: Any
    file: Mapping[str, Any]
    version: int
    reason: str
    author: str
    made_at: datetime
    state: str
    decided_by: str | None
    answer: str | None


def one(session: Session, proposal_id: int) -> Proposed | None:
    """A proposal in whatever state."""
    row = session.get(ProposedChangeRow, proposal_id)
    return None if row is None else value_of(row)


def waiting(session: Session) -> Sequence[Proposed]:
    """All changes that wait, the oldest first."""
    asked = select(ProposedChangeRow).where(ProposedChangeRow.state == "waiting")
    return [value_of(row) for row in session.scalars(asked.order_by(ProposedChangeRow.id))]


def waiting_for(session: Session, kind: str, row_id: str) -> Proposed | None:
    """The change of that row that waits."""
    row = waiting_row(session, kind, row_id)
    return None if row is None else value_of(row)


def waiting_row(session: Session, kind: str, row_id: str) -> ProposedChangeRow | None:
    """The row of the change that waits, to be changed within the transaction."""
    return session.scalar(
        select(ProposedChangeRow).where(
            ProposedChangeRow.kind == kind,
            ProposedChangeRow.row_id == row_id,
            ProposedChangeRow.state == "waiting",
        )
    )


def value_of(row: ProposedChangeRow) -> Proposed:
    """The row as a value."""
    is_file = row.kind == IMPORT
    packed = row.content or {}
    content = unpack(shelf_of(row.kind).content, packed) if packed and not is_file else None
    return Proposed(
        id=row.id,
        kind=row.kind,
        row_id=row.row_id,
        doing=Doing(row.doing),
        read_at=row.read_at,
        to_state=State(row.to_state),
        content=content,
        file=packed if is_file else {},
        version=row.version,
        reason=row.reason,
        author=row.author,
        made_at=row.made_at,
        state=row.state,
        decided_by=row.decided_by,
        answer=row.answer,
    )
