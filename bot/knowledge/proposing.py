"""Changes of knowledge that wait for a second person: kept, approved, sent back. Never commits.

Only what residents would notice waits: see `rules.needs_second_person`. The change itself is
written by `service` in the moment of approval, in its author's name, on the version that the
author saw; when the row has moved on since, nothing happens and the outcome says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.knowledge import importing, keeping, queries, service
from bot.knowledge.keeping import Author, Same
from bot.knowledge.models import ImportBatch, ProposedChangeRow
from bot.knowledge.proposals import IMPORT, Proposed, value_of, waiting_row
from bot.knowledge.service import Stale
from bot.knowledge.shelves import Shelf, pack, says_the_same, shelf_of
from bot.knowledge.values import Doing, State


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done to a row, as the author saw it at `read_at` (0: it is new).

    `content` for PUT, `version` for RESTORE; `state` is how the row would stand.
    """

    shelf: Shelf[Any]
    row_id: str
    doing: Doing
    read_at: int
    state: State
    content: Any = None
    version: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OtherWaits:
    """A colleague's change of the same row waits already; nothing was kept."""

    proposal: Proposed


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Whoever made the change cannot approve it."""


@dataclass(frozen=True, slots=True)
class NotWaiting:
    """It was decided, taken back or replaced before; None when there is no such proposal."""

    proposal: Proposed | None


@dataclass(frozen=True, slots=True)
class Decided:
    """It was approved, sent back or taken back now. `before` and `after` are the row's contents."""

    proposal: Proposed
    before: Any = None
    after: Any = None


def propose(
    session: Session, change: Change, author: str, now: datetime
) -> Proposed | OtherWaits | Stale | Same[Any]:
    """Keeps a change until a second person approves it; nobody meets it yet.

    A later change of the same row by the same author takes the place of the earlier one.
    """
    keeping.take_turn(session)
    held = queries.held(session, change.shelf, [change.row_id]).get(change.row_id)
    current = held.content if held else None
    if (current.kept.version if current else 0) != change.read_at:
        return Stale(current)
    if current is not None and _changes_nothing(change, current):
        return Same(current)
    waiting = waiting_row(session, change.shelf.kind, change.row_id)
    if waiting is not None and waiting.author != author:
        return OtherWaits(value_of(waiting))
    if waiting is not None:
        waiting.state, waiting.decided_at = "void", now
    row = ProposedChangeRow(
        kind=change.shelf.kind,
        row_id=change.row_id,
        doing=change.doing,
        read_at=change.read_at,
        to_state=change.state,
        content=None if change.content is None else pack(change.content),
        version=change.version,
        reason=change.reason,
        author=author,
        made_at=now,
        state="waiting",
    )
    session.add(row)
    session.flush()
    return value_of(row)


def propose_import(
    session: Session, batch_id: int, rows: int, author: str, now: datetime
) -> Proposed | None:
    """Lets a staged file wait as a whole; None when it is not (any more) only staged."""
    if not importing.turn(session, batch_id, "staging", "proposed"):
        return None
    batch = session.get_one(ImportBatch, batch_id)
    row = ProposedChangeRow(
        kind=IMPORT,
        row_id=str(batch_id),
        doing=Doing.IMPORT,
        read_at=0,
        to_state=State.PUBLISHED,
        content={"file": batch.file_name, "kind": batch.kind, "rows": rows},
        version=0,
        reason="",
        author=author,
        made_at=now,
        state="waiting",
    )
    session.add(row)
    session.flush()
    return value_of(row)


def approve(
    session: Session, proposal_id: int, actor: str, now: datetime
) -> Decided | SamePerson | NotWaiting | Stale:
    """Does the change in its author's name, by another person; twice does it once.

    An import is only set going: `importing.finish` writes its rows.
    """
    found = _to_decide(session, proposal_id)
    if isinstance(found, NotWaiting):
        return found
    proposal = value_of(found)
    if found.author == actor:
        return SamePerson()
    if proposal.doing is Doing.IMPORT:
        importing.turn(session, int(found.row_id), "proposed", "writing")
        return _decide(session, found, "approved", actor, now)
    shelf = shelf_of(found.kind)
    before = _content(session, shelf, found.row_id)
    if (before.kept.version if before else 0) != found.read_at:
        return Stale(before)
    _carry_out(session, shelf, proposal, Author(f"staff:{found.author}", now))
    after = _content(session, shelf, found.row_id)
    return replace(_decide(session, found, "approved", actor, now), before=before, after=after)


def send_back(
    session: Session, proposal_id: int, reason: str, actor: str, now: datetime
) -> Decided | SamePerson | NotWaiting:
    """Refuses a change for a reason its author reads; a file that waited is thrown away."""
    found = _to_decide(session, proposal_id)
    if isinstance(found, NotWaiting):
        return found
    if found.author == actor:
        return SamePerson()
    found.answer = reason
    _throw_away_file(session, found)
    return _decide(session, found, "refused", actor, now)


def take_back(
    session: Session, proposal_id: int, actor: str, now: datetime
) -> Decided | NotWaiting:
    """Its own author thinks better of it, before anyone decided."""
    found = _to_decide(session, proposal_id)
    if isinstance(found, NotWaiting):
        return found
    if found.author != actor:
        return NotWaiting(value_of(found))
    _throw_away_file(session, found)
    return _decide(session, found, "taken_back", actor, now)


def _changes_nothing(change: Change, current: Any) -> bool:
    if current.kept.state is not change.state:
        return False
    return change.doing is Doing.REMOVE or (
        change.doing is Doing.PUT and says_the_same(current, change.content)
    )


def _carry_out(session: Session, shelf: Shelf[Any], proposal: Proposed, author: Author) -> None:
    if proposal.doing is Doing.REMOVE:
        service.remove(session, shelf, proposal.row_id, author)
    elif proposal.doing is Doing.RESTORE:
        service.restore(session, shelf, proposal.row_id, proposal.version, author)
    else:
        service.put(session, shelf, proposal.content, author, state=proposal.to_state)


def _to_decide(session: Session, proposal_id: int) -> ProposedChangeRow | NotWaiting:
    keeping.take_turn(session)
    row = session.get(ProposedChangeRow, proposal_id, populate_existing=True)
    if row is None:
        return NotWaiting(None)
    return row if row.state == "waiting" else NotWaiting(value_of(row))


def _decide(
    session: Session, row: ProposedChangeRow, state: str, by: str, now: datetime
) -> Decided:
    row.state, row.decided_by, row.decided_at = state, by, now
    session.flush()
    return Decided(value_of(row))


def _throw_away_file(session: Session, row: ProposedChangeRow) -> None:
    if row.kind == IMPORT:
        batch = session.get(ImportBatch, int(row.row_id))
        if batch is not None and batch.state == "proposed":
            session.delete(batch)


def _content(session: Session, shelf: Shelf[Any], row_id: str) -> Any:
    held = queries.held(session, shelf, [row_id]).get(row_id)
    return held.content if held else None
