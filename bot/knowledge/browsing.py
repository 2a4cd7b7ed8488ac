"""Finds entries and procedures for staff: by words, topic, section, state and what needs care."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session

from bot.knowledge import queries
from bot.knowledge.models import EntryRow, IgnorableRow, ProcedureRow, SynonymRow, WordingRow
from bot.knowledge.rules import normalise
from bot.knowledge.shelves import ENTRIES, PROCEDURES, SYNONYMS, Shelf
from bot.knowledge.values import Content, OnlineStatus, State

AnyContent = TypeVar("AnyContent", bound=Content)

REMIND_BEFORE = timedelta(days=30)
"""How long before its last valid day an entry is brought to mind."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is None or empty is not asked. All of it must hold.

    `expired_on` asks for entries past on that day, `expiring_on` for those that end within 30
    days of it. `ownerless`: no section, or one that is not among `sections`. `among` and
    `not_among` are ids.
    """

    words: str = ""
    topic: str = ""
    section: str = ""
    states: tuple[State, ...] = (State.PUBLISHED, State.DRAFT)
    expired_on: date | None = None
    expiring_on: date | None = None
    ownerless: bool = False
    sections: tuple[str, ...] = ()
    samples: bool = False
    online: OnlineStatus | None = None
    year: int | None = None
    among: Sequence[str] | None = None
    not_among: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, and how many there are in all."""

    count: int
    rows: tuple[Any, ...]


def find(
    session: Session, shelf: Shelf[Any], wanted: Wanted, *, start: int = 0, most: int = 50
) -> Found:
    """The rows looked for, in order of their ids, `most` from place `start` on."""
    # All ids at once rather than counting first: looking through the texts is what takes time.
    asked = select(shelf.row.id).where(*_conditions(shelf, wanted)).order_by(*_order(shelf))
    ids = session.scalars(asked).all()
    page = ids[start : start + most]
    held = queries.held(session, shelf, page)
    return Found(len(ids), tuple(held[row_id].content for row_id in page))


def names(session: Session, shelf: Shelf[Any], ids: Iterable[str]) -> Mapping[str, str]:
    """What the rows of these ids are called (question or name), whatever their state."""
    column = shelf.row.question if shelf is ENTRIES else shelf.row.name
    found = session.execute(select(shelf.row.id, column).where(shelf.row.id.in_(list(ids))))
    return dict(found.all())


def topics(session: Session) -> tuple[str, ...]:
    """All topics in use, also those of drafts."""
    asked = select(EntryRow.topic).where(EntryRow.topic != "").distinct().order_by(EntryRow.topic)
    return tuple(session.scalars(asked))


def years(session: Session) -> tuple[int, ...]:
    """The fiscal years in which procedures are to go online."""
    column = ProcedureRow.planned_year
    asked = select(column).where(column.is_not(None)).distinct().order_by(column)
    return tuple(year for year in session.scalars(asked) if year is not None)


def holders_of(session: Session, wordings: Sequence[str], apart_from: str) -> dict[str, list[str]]:
    """For each wording the ids of other living entries that have it, letter for letter alike.

    Compared after normalising; both wordings and questions of the others count.
    """
    keys = {normalise(wording): wording for wording in wordings}
    keys.pop("", None)
    living = (EntryRow.state != State.REMOVED, EntryRow.id != apart_from)
    asked = select(WordingRow.normalised, WordingRow.entry_id).join(EntryRow)
    found = session.execute(asked.where(WordingRow.normalised.in_(list(keys)), *living)).all()
    pairs = [(key, entry_id) for key, entry_id in found]
    for entry_id, question in session.execute(
        select(EntryRow.id, EntryRow.question).where(*living)
    ):
        key = normalise(question)
        if key in keys:
            pairs.append((key, entry_id))
    holders: dict[str, list[str]] = {}
    for key, entry_id in dict.fromkeys(pairs):
        holders.setdefault(keys[key], []).append(entry_id)
    return holders


# ---------------------------------------------------------------- conditions


def _conditions(shelf: Shelf[Any], wanted: Wanted) -> list[ColumnElement[bool]]:
    row = shelf.row
    conditions = [row.state.in_([str(state) for state in wanted.states])]
    conditions += [_holds(shelf, word) for word in wanted.words.split()]
    if wanted.among is not None:
        conditions.append(row.id.in_(list(wanted.among)) if wanted.among else false())
    if wanted.not_among:
        conditions.append(row.id.not_in(list(wanted.not_among)))
    if wanted.section:
        conditions.append(row.section == wanted.section)
    if wanted.ownerless:
        conditions.append(or_(row.section == "", row.section.not_in(wanted.sections)))
    if wanted.samples:
        conditions.append(row.sample.is_(True))
    if shelf is ENTRIES:
        conditions += _of_entries(wanted)
    if shelf is PROCEDURES:
        conditions += _of_procedures(wanted)
    if shelf is SYNONYMS and wanted.topic:
        conditions.append(SynonymRow.topic == wanted.topic)
    return conditions


def _of_entries(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.topic:
        yield EntryRow.topic == wanted.topic
    if wanted.expired_on is not None:
        yield EntryRow.expires < wanted.expired_on
    if wanted.expiring_on is not None:
        yield EntryRow.expires >= wanted.expiring_on
        yield EntryRow.expires <= wanted.expiring_on + REMIND_BEFORE


def _of_procedures(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.online is not None:
        yield ProcedureRow.online_status == wanted.online
    if wanted.year is not None:
        yield ProcedureRow.planned_year == wanted.year


def _holds(shelf: Shelf[Any], word: str) -> ColumnElement[bool]:
    """True for rows one of whose texts holds the word, in its own width and in the usual one."""
    key = normalise(word)
    found: list[ColumnElement[bool]] = []
    for typed in dict.fromkeys((word, unicodedata.normalize("NFKC", word))):
        found += [_like(column, typed) for column in _texts(shelf)]
    if shelf is ENTRIES and key:
        wordings: Select[Any] = select(WordingRow.entry_id)
        found.append(EntryRow.id.in_(wordings.where(_like(WordingRow.normalised, key))))
    if shelf is PROCEDURES and key:
        found.append(_like(ProcedureRow.sought, key))
    return or_(*found)


def _texts(shelf: Shelf[Any]) -> tuple[Any, ...]:
    if shelf is ENTRIES:
        return (EntryRow.id, EntryRow.question, EntryRow.answer, EntryRow.easy, EntryRow.topic)
    if shelf is PROCEDURES:
        return (ProcedureRow.id, ProcedureRow.name, ProcedureRow.description)
    return (SynonymRow.id, SynonymRow.topic) if shelf is SYNONYMS else (IgnorableRow.id,)


def _like(column: Any, word: str) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = column.icontains(word, autoescape=True)
    return condition


def _order(shelf: Shelf[Any]) -> tuple[Any, ...]:
    if shelf is ENTRIES:
        return (EntryRow.topic, EntryRow.id)
    return (SynonymRow.topic, SynonymRow.id) if shelf is SYNONYMS else (shelf.row.id,)
