"""What doors ask of the knowledge base: find, list, put, remove, restore. Never commits."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot.knowledge import keeping, queries
from bot.knowledge.keeping import Added, Author, Changed, Same
from bot.knowledge.queries import Changes
from bot.knowledge.rules import normalise
from bot.knowledge.shelves import ENTRIES, PROCEDURES, AnyContent, Shelf, unpack
from bot.knowledge.values import KnowledgeEntry, Origin, Procedure, State


@dataclass(frozen=True, slots=True)
class Stale:
    """Someone changed the row since it was read; nothing was written. `current` is theirs."""

    current: object


@dataclass(frozen=True, slots=True)
class NotThere:
    """No such row (or no such version of it)."""


@dataclass(frozen=True, slots=True)
class WordingAdded:
    """The entry is found by this wording too. `also_at` are other entries that have it."""

    entry: KnowledgeEntry
    also_at: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordingKnown:
    """The entry had this wording (or one that differs only in width, case, punctuation)."""


@dataclass(frozen=True, slots=True)
class WordingEmpty:
    """Nothing is left of the wording without its punctuation."""


@dataclass(frozen=True, slots=True)
class Version:
    """A row as it once was."""

    number: int
    state: State
    content: KnowledgeEntry | Procedure
    made_at: datetime
    made_by: str


# ---------------------------------------------------------------- reading


def changes_since(session: Session, version: int) -> Changes:
    """What changed after `version` (0: everything); cheap enough to ask every second."""
    return queries.changes_since(session, version)


def entry(session: Session, entry_id: str) -> KnowledgeEntry | None:
    """The published entry of that id."""
    return _published(session, ENTRIES, entry_id)


def entry_in_any_state(session: Session, entry_id: str) -> KnowledgeEntry | None:
    """The entry of that id, be it a draft or removed."""
    found = queries.held(session, ENTRIES, [entry_id]).get(entry_id)
    return found.content if found else None


def procedure(session: Session, procedure_id: str) -> Procedure | None:
    """The published procedure of that id."""
    return _published(session, PROCEDURES, procedure_id)


def procedures(session: Session) -> tuple[Procedure, ...]:
    """All published procedures, by id."""
    return queries.published_procedures(session)


def procedures_for(session: Session, life_event: str) -> tuple[Procedure, ...]:
    """The published procedures of a life event, by id."""
    every = queries.published_procedures(session)
    return tuple(found for found in every if life_event in found.life_events)


def search_procedures(session: Session, name: str, *, most: int = 10) -> tuple[Procedure, ...]:
    """Published procedures one of whose names holds `name`: same first, then beginning with it."""
    sought = normalise(name)
    if not sought:
        return ()
    found = queries.procedures_named_like(session, sought)
    return tuple(sorted(found, key=lambda one: _nearness(one, sought))[:most])


def _nearness(found: Procedure, sought: str) -> tuple[int, int, str]:
    names = [normalise(name) for name in (found.name, *found.wordings)]
    best = min(
        ((0 if name == sought else 1 if name.startswith(sought) else 2), len(name))
        for name in names
        if sought in name
    )
    return (*best, found.id)


def history(session: Session, shelf: Shelf[AnyContent], row_id: str) -> tuple[Version, ...]:
    """All versions of an entry or procedure, newest first."""
    return tuple(
        Version(
            row.version,
            State(row.state),
            unpack(shelf.content, row.content),  # type: ignore[arg-type]
            row.made_at,
            row.made_by,
        )
        for row in queries.versions(session, shelf, row_id)
    )


def _published(session: Session, shelf: Shelf[AnyContent], row_id: str) -> AnyContent | None:
    found = queries.held(session, shelf, [row_id]).get(row_id)
    return found.content if found and found.content.kept.state is State.PUBLISHED else None


# ---------------------------------------------------------------- writing


def put(
    session: Session,
    shelf: Shelf[AnyContent],
    content: AnyContent,
    author: Author,
    *,
    state: State = State.PUBLISHED,
    read_at: int | None = None,
) -> Added[AnyContent] | Changed[AnyContent] | Same[AnyContent] | Stale:
    """Makes a row say `content`; saying it again changes nothing.

    `read_at` is the version the author worked from (0: expected to be new): when the row has
    moved on since, nothing is written and the outcome is Stale.
    """
    keeping.take_turn(session)
    if read_at is not None:
        found = queries.held(session, shelf, [content.id]).get(content.id)
        if (found.content.kept.version if found else 0) != read_at:
            return Stale(found.content if found else None)
    return keeping.put(session, shelf, [content], author, state=state)[0]


def add_wording(
    session: Session, entry_id: str, wording: str, author: Author
) -> WordingAdded | WordingKnown | WordingEmpty | NotThere:
    """Lets an entry be found by one more wording; adding it again changes nothing."""
    key = normalise(wording)
    if not key:
        return WordingEmpty()
    keeping.take_turn(session)
    found = queries.held(session, ENTRIES, [entry_id]).get(entry_id)
    if found is None or found.content.kept.state is State.REMOVED:
        return NotThere()
    if any(held.normalised == key for held in found.wordings):
        return WordingKnown()
    longer = replace(found.content, wordings=(*found.content.wordings, wording))
    also_at = queries.entries_with_wording(session, key)
    # A release would give back only its own wordings; adding one is never a release's doing.
    by_people = author if author.origin is not Origin.SEED else replace(author, origin=Origin.STAFF)
    written = keeping.put(session, ENTRIES, [longer], by_people, state=found.content.kept.state)
    return WordingAdded(written[0].content, also_at)


def remove(session: Session, shelf: Shelf[AnyContent], row_id: str, author: Author) -> bool:
    """Takes a row away from residents, restorable. False when it was not there or already gone."""
    return bool(keeping.remove(session, shelf, [row_id], author))


def restore(
    session: Session, shelf: Shelf[AnyContent], row_id: str, version: int, author: Author
) -> Changed[AnyContent] | Same[AnyContent] | NotThere:
    """Makes a row say again what it said in `version`, as a new version, for residents to meet.

    A version that was a draft is restored as a draft.
    """
    keeping.take_turn(session)
    row = queries.version(session, shelf, row_id, version)
    if row is None:
        return NotThere()
    state = State.DRAFT if row.state == State.DRAFT else State.PUBLISHED
    outcome = keeping.put_back(session, shelf, [row], author, state=state)[0]
    assert not isinstance(outcome, Added)
    return outcome
