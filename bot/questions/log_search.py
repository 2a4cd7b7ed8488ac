"""Searches the question log for the support team, a page at a time, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select, tuple_
from sqlalchemy.orm import Session

from bot import masking
from bot.answers.folding import fold
from bot.knowledge.models import EntryRow
from bot.questions.models import QuestionRow
from bot.questions.rules import NONE_OF_THESE
from bot.questions.searching import holds


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is None or empty is not asked.

    `text`: all its words stand in the question. `outcome`: direct, candidates, unanswered.
    `entry_id`: the entry was read or shown. `topic`: of the entry that was read. `reaction`: yes,
    no. `review`: why it stands before the support team. `since` and `until`: begin ≤ asked < end.
    """

    text: str = ""
    outcome: str | None = None
    entry_id: str | None = None
    topic: str | None = None
    district: str | None = None
    reaction: str | None = None
    review: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next one begins behind it."""

    asked_at: datetime
    question_id: int


@dataclass(frozen=True, slots=True)
class Found:
    """A logged question as a list shows it. `text` is masked; None when it was taken back."""

    id: int
    asked_at: datetime
    text: str | None
    kind: str
    outcome: str
    shown: tuple[str, ...]
    entry_id: str | None
    none_of_these: bool
    reaction: str | None
    review: str | None
    district: str | None
    cluster_id: int | None
    later_entry: str | None
    later_reaction: str | None

    @property
    def place(self) -> Place:
        """Its place in the log."""
        return Place(self.asked_at, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the log. `next` is None on the last page."""

    found: tuple[Found, ...]
    next: Place | None


def page(session: Session, search: Search, after: Place | None = None, most: int = 50) -> Page:
    """The newest questions that are found, or those behind a place."""
    return _page(session, _numbers(session, search, after, most + 1), most)


def counted_page(
    session: Session, search: Search, most: int = 50, counted: int = 1000
) -> tuple[Page, int]:
    """The first page, and how many are found in all, up to `counted`: in one walk of the log."""
    numbers = _numbers(session, search, None, max(counted, most + 1))
    return _page(session, numbers, most), min(len(numbers), counted)


def every(session: Session, search: Search, at_once: int = 500) -> Iterator[Found]:
    """All questions that are found, for an export: read in parts, masked once more."""
    after: Place | None = None
    while True:
        part = page(session, search, after, at_once)
        for found in part.found:
            text = None if found.text is None else masking.mask_for_log(found.text)
            yield replace(found, text=text)
        if part.next is None:
            return
        after = part.next


def _numbers(session: Session, search: Search, after: Place | None, most: int) -> list[int]:
    ids = (
        select(QuestionRow.asked_at, QuestionRow.id)
        .where(*_conditions(search, after))
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
        .limit(most)
    )
    return [number for _, number in session.execute(ids)]


def _page(session: Session, numbers: list[int], most: int) -> Page:
    rows = session.execute(
        select(*_COLUMNS)
        .where(QuestionRow.id.in_(numbers[:most]))
        .order_by(QuestionRow.asked_at.desc(), QuestionRow.id.desc())
    )
    found = tuple(_found(row) for row in rows)
    return Page(found, found[-1].place if len(numbers) > most else None)


_COLUMNS = (
    QuestionRow.id,
    QuestionRow.asked_at,
    QuestionRow.text,
    QuestionRow.kind,
    QuestionRow.outcome,
    QuestionRow.shown,
    QuestionRow.entry_id,
    QuestionRow.choice,
    QuestionRow.reaction,
    QuestionRow.review,
    QuestionRow.district,
    QuestionRow.cluster_id,
    QuestionRow.later_entry,
    QuestionRow.later_reaction,
)


def _found(row: Any) -> Found:
    held = row._asdict()
    choice = held.pop("choice")
    held["shown"] = tuple(held["shown"])
    return Found(none_of_these=choice == NONE_OF_THESE, **held)


def _conditions(search: Search, after: Place | None) -> list[ColumnElement[bool]]:
    q = QuestionRow
    conditions: list[ColumnElement[bool]] = []
    for column, wanted in (
        (q.outcome, search.outcome),
        (q.district, search.district),
        (q.reaction, search.reaction),
        (q.review, search.review),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if search.text.strip():
        folded, typed = fold(search.text), search.text.strip()
        conditions.append(or_(holds(q.normalised, folded), holds(q.text, typed)))
    if search.entry_id is not None:
        quoted = f'"{search.entry_id}"'
        conditions.append(or_(q.entry_id == search.entry_id, holds(cast(q.shown, String), quoted)))
    if search.topic is not None:
        entries = select(EntryRow.id).where(EntryRow.topic == search.topic)
        conditions.append(q.entry_id.in_(entries))
    if search.since is not None:
        conditions.append(q.asked_at >= search.since)
    if search.until is not None:
        conditions.append(q.asked_at < search.until)
    if after is not None:
        behind = tuple_(q.asked_at, q.id) < tuple_(after.asked_at, after.question_id)
        conditions.append(behind)
    return conditions
