"""Reads knowledge from the database; nothing here writes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bot.knowledge.models import ChangeCounter, EntryRow, ProcedureRow, VersionRow, WordingRow
from bot.knowledge.shelves import IGNORABLE, PROCEDURES, SYNONYMS, Shelf, from_row
from bot.knowledge.values import Content, Origin, Procedure, State

AnyContent = TypeVar("AnyContent", bound=Content)


@dataclass(frozen=True, slots=True)
class HeldWording:
    """A wording as it stands in its table."""

    id: int
    text: str
    normalised: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Held(Generic[AnyContent]):
    """A row as it stands, with what writing needs to know of it."""

    content: AnyContent
    hash: str
    wordings: tuple[HeldWording, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What the answer engine needs of an entry."""

    id: str
    question: str
    answer: str
    wordings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed since a version. Asking again with `version` gives only what is newer.

    When `whole` is true, `put` is everything there is and anything else known is to be dropped.
    `synonyms` and `ignorable` are None while unchanged, else all of them.
    """

    version: int
    whole: bool
    put: tuple[Entry, ...]
    removed: tuple[str, ...]
    synonyms: tuple[tuple[str, ...], ...] | None
    ignorable: tuple[str, ...] | None


def held(session: Session, shelf: Shelf[AnyContent], ids: Iterable[str]) -> dict[str, Held[Any]]:
    """The rows of these ids that exist, in whatever state."""
    wanted = list(ids)
    found = session.scalars(select(shelf.row).where(shelf.row.id.in_(wanted))).all()
    wordings = _wordings(session, WordingRow.entry_id.in_(wanted)) if shelf.has_wordings else {}
    return {
        row.id: Held(
            from_row(shelf, row, (wording.text for wording in wordings.get(row.id, ()))),
            row.hash,
            tuple(wordings.get(row.id, ())),
        )
        for row in found
    }


def contents(
    session: Session, shelf: Shelf[AnyContent], *conditions: ColumnElement[bool]
) -> tuple[AnyContent, ...]:
    """The rows that meet the conditions, by id."""
    rows = session.scalars(select(shelf.row).where(*conditions).order_by(shelf.row.id)).all()
    wordings: dict[str, list[HeldWording]] = {}
    if shelf.has_wordings:
        chosen = select(EntryRow.id).where(*conditions)
        wordings = _wordings(session, WordingRow.entry_id.in_(chosen))
    return tuple(from_row(shelf, row, (w.text for w in wordings.get(row.id, ()))) for row in rows)


def published(shelf: Shelf[Any]) -> ColumnElement[bool]:
    """The condition that residents may meet the row."""
    condition: ColumnElement[bool] = shelf.row.state == State.PUBLISHED
    return condition


def _wordings(session: Session, condition: ColumnElement[bool]) -> dict[str, list[HeldWording]]:
    found: dict[str, list[HeldWording]] = defaultdict(list)
    asked = select(
        WordingRow.entry_id,
        WordingRow.id,
        WordingRow.text,
        WordingRow.normalised,
        WordingRow.origin,
    )
    for entry_id, number, text, normalised, origin in session.execute(
        asked.where(condition).order_by(WordingRow.id)
    ):
        found[entry_id].append(HeldWording(number, text, normalised, Origin(origin)))
    return found


def entries_with_wording(session: Session, normalised: str) -> tuple[str, ...]:
    """The ids of published entries that have this wording."""
    asked = (
        select(WordingRow.entry_id)
        .join(EntryRow, EntryRow.id == WordingRow.entry_id)
        .where(WordingRow.normalised == normalised, EntryRow.state == State.PUBLISHED)
        .order_by(WordingRow.entry_id)
    )
    return tuple(session.scalars(asked))


def published_procedures(session: Session) -> tuple[Procedure, ...]:
    """All procedures residents may meet, by id."""
    return contents(session, PROCEDURES, published(PROCEDURES))


def procedures_named_like(session: Session, normalised: str) -> tuple[Procedure, ...]:
    """The published procedures one of whose names holds this text."""
    return contents(
        session,
        PROCEDURES,
        published(PROCEDURES),
        ProcedureRow.sought.contains(normalised, autoescape=True),
    )


def versions(session: Session, shelf: Shelf[Any], row_id: str) -> Sequence[VersionRow]:
    """All versions of a row, newest first."""
    asked = select(VersionRow).where(VersionRow.kind == shelf.kind, VersionRow.row_id == row_id)
    return session.scalars(asked.order_by(VersionRow.version.desc())).all()


def version(session: Session, shelf: Shelf[Any], row_id: str, number: int) -> VersionRow | None:
    """One version of a row."""
    return session.scalars(
        select(VersionRow).where(
            VersionRow.kind == shelf.kind,
            VersionRow.row_id == row_id,
            VersionRow.version == number,
        )
    ).one_or_none()


def changes_since(session: Session, seen: int) -> Changes:
    """What changed after version `seen`; 0 asks for everything.

    Costs one small query while nothing changed. The counter is read first and counts in the
    order of commits, so a change between the queries is at worst told twice, never missed.
    """
    counter = session.execute(select(ChangeCounter.number, ChangeCounter.words_number)).first()
    number, words_number = counter or (0, 0)
    if number == seen:
        return Changes(number, False, (), (), None, None)
    whole = seen == 0 or seen > number
    if whole:
        seen = -1
    words_changed = words_number > seen
    return Changes(
        version=number,
        whole=whole,
        put=_entries_since(session, seen),
        removed=() if whole else _removed_since(session, seen),
        synonyms=_synonyms(session) if words_changed else None,
        ignorable=_ignorable(session) if words_changed else None,
    )


def _entries_since(session: Session, seen: int) -> tuple[Entry, ...]:
    newer = (EntryRow.changed > seen, EntryRow.state == State.PUBLISHED)
    wordings: dict[str, list[str]] = defaultdict(list)
    asked = select(WordingRow.id, WordingRow.entry_id, WordingRow.text).join(EntryRow)
    # Put in order here: asked for it, SQLite walks all rows in order instead of the few changed.
    rows = session.execute(asked.where(*newer)).all()
    for _, entry_id, text in sorted(rows, key=lambda row: row[0]):
        wordings[entry_id].append(text)
    chosen = select(EntryRow.id, EntryRow.question, EntryRow.answer).where(*newer)
    return tuple(
        Entry(entry_id, question, answer, tuple(wordings[entry_id]))
        for entry_id, question, answer in sorted(map(tuple, session.execute(chosen)))
    )


def _removed_since(session: Session, seen: int) -> tuple[str, ...]:
    asked = select(EntryRow.id).where(EntryRow.changed > seen, EntryRow.state != State.PUBLISHED)
    return tuple(sorted(session.scalars(asked)))


def _synonyms(session: Session) -> tuple[tuple[str, ...], ...]:
    return tuple(group.words for group in contents(session, SYNONYMS, published(SYNONYMS)))


def _ignorable(session: Session) -> tuple[str, ...]:
    return tuple(word.id for word in contents(session, IGNORABLE, published(IGNORABLE)))
