"""The one way rows of knowledge are written: numbered, compared, versioned, up to 500 at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import delete, insert, text, update
from sqlalchemy.orm import Session

from bot.knowledge import queries
from bot.knowledge.models import VersionRow, WordingRow
from bot.knowledge.queries import Held, HeldWording
from bot.knowledge.rules import distinct_wordings, normalise, tidy
from bot.knowledge.shelves import (
    Shelf,
    columns,
    hash_of,
    pack,
    says_the_same,
    unpack,
)
from bot.knowledge.values import Content, Kept, Origin, State

AnyContent = TypeVar("AnyContent", bound=Content)

NO_ORIGINS: Mapping[str, Mapping[str, str]] = {}

BATCH = 500
"""Most rows one transaction may write, so that nobody else waits long."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes (such as "seed", "import:3", "staff:12"), when, and where wordings come from."""

    by: str
    now: datetime
    origin: Origin = Origin.STAFF


@dataclass(frozen=True, slots=True)
class Added(Generic[AnyContent]):
    """The row is new."""

    content: AnyContent


@dataclass(frozen=True, slots=True)
class Changed(Generic[AnyContent]):
    """The row says something new."""

    content: AnyContent
    before: AnyContent


@dataclass(frozen=True, slots=True)
class Same(Generic[AnyContent]):
    """The row said this already; nothing was written."""

    content: AnyContent


@dataclass(frozen=True, slots=True)
class _Write:
    """One row about to be written."""

    shelf: Shelf[Any]
    content: Any
    held: Held[Any] | None
    wordings: tuple[HeldWording, ...]

    @property
    def version(self) -> int:
        return self.held.content.kept.version + 1 if self.held else 1

    @property
    def dropped(self) -> list[int]:
        kept = set(self.wordings)
        return [w.id for w in (self.held.wordings if self.held else ()) if w not in kept]

    @property
    def added(self) -> list[dict[str, Any]]:
        return [
            {
                "entry_id": self.content.id,
                "text": wording.text,
                "normalised": wording.normalised,
                "origin": wording.origin,
            }
            for wording in self.wordings
            if not wording.id
        ]


def take_turn(session: Session) -> None:
    """Waits until no other change of knowledge is under way, until this transaction ends.

    Comes first in every change: what is read after it cannot be changed by another process,
    and no two changes can lock each other's rows. Asking twice changes nothing.
    """
    session.execute(text(_TURN))


_TURN = """
    INSERT INTO knowledge_change (id, number, words_number) VALUES (1, 0, 0)
    ON CONFLICT (id) DO UPDATE SET number = knowledge_change.number
"""
_NEXT = "UPDATE knowledge_change SET number = number + 1 WHERE id = 1 RETURNING number"
_NEXT_OF_WORDS = """
    UPDATE knowledge_change SET number = number + 1, words_number = number + 1
    WHERE id = 1 RETURNING number
"""


def put(
    session: Session,
    shelf: Shelf[AnyContent],
    contents: Sequence[AnyContent],
    author: Author,
    *,
    state: State = State.PUBLISHED,
    origins: Mapping[str, Mapping[str, str]] = NO_ORIGINS,
) -> tuple[Added[AnyContent] | Changed[AnyContent] | Same[AnyContent], ...]:
    """Makes the rows say these contents, an outcome for each; saying it again changes nothing.

    A wording keeps the origin it had; new ones get theirs from `origins` (by row and text),
    else the author's. A release (origin SEED) takes away only wordings it seeded, those of
    people stay. Ids must differ from one another.
    """
    take_turn(session)
    rows = [tidy(content) for content in contents]
    held = queries.held(session, shelf, [content.id for content in rows])
    writes = {}
    for content in rows:
        given = origins.get(content.id, {})
        write = _decide(shelf, content, held.get(content.id), author, state, given=given)
        if write is not None:
            writes[content.id] = write
    _write(session, shelf, list(writes.values()), author, state)
    return tuple(_outcome(held.get(c.id), writes.get(c.id), author, state) for c in rows)


def put_back(
    session: Session,
    shelf: Shelf[AnyContent],
    versions: Sequence[VersionRow],
    author: Author,
    *,
    state: State = State.PUBLISHED,
) -> tuple[Added[AnyContent] | Changed[AnyContent] | Same[AnyContent], ...]:
    """Makes rows say again what they said in these versions, wordings with their origins."""
    contents = [unpack(shelf.content, version.content) for version in versions]
    origins = {version.row_id: version.content.get("origins", {}) for version in versions}
    return put(session, shelf, contents, author, state=state, origins=origins)


def remove(session: Session, shelf: Shelf[Any], ids: Iterable[str], author: Author) -> list[str]:
    """Takes rows away from residents and says which; those not there or gone are passed over.

    They stay in the database with all their versions and can be restored.
    """
    take_turn(session)
    held = queries.held(session, shelf, ids)
    writes = [
        _Write(shelf, row.content, row, row.wordings)
        for row in held.values()
        if row.content.kept.state is not State.REMOVED
    ]
    _write(session, shelf, writes, author, State.REMOVED)
    return [write.content.id for write in writes]


def _decide(
    shelf: Shelf[Any],
    content: Any,
    held: Held[Any] | None,
    author: Author,
    state: State,
    *,
    given: Mapping[str, str],
) -> _Write | None:
    wordings: tuple[HeldWording, ...] = ()
    if shelf.has_wordings:
        wordings = _merged(content.wordings, held.wordings if held else (), author.origin, given)
        content = replace(content, wordings=tuple(wording.text for wording in wordings))
    write = _Write(shelf, content, held, wordings)
    if held is None:
        return write
    as_before = says_the_same(content, held.content) and held.content.kept.state is state
    return None if as_before and not write.added and not write.dropped else write


def _merged(
    wanted: Sequence[str],
    held: Sequence[HeldWording],
    origin: Origin,
    given: Mapping[str, str],
) -> tuple[HeldWording, ...]:
    before = {wording.normalised: wording for wording in held}
    merged: dict[str, HeldWording] = {}
    for wording in distinct_wordings(wanted):
        key = normalise(wording)
        known = before.get(key)
        # What a release names becomes the release's own; what people write keeps its origin.
        named = Origin(given.get(wording, origin))
        right = named if known is None or origin is Origin.SEED else known.origin
        stays = known is not None and known.text == wording and known.origin is right
        merged[key] = HeldWording(known.id if known and stays else 0, wording, key, right)
    if origin is Origin.SEED:
        for other in held:
            if other.origin is not Origin.SEED:
                merged.setdefault(other.normalised, other)
    return tuple(merged.values())


def _write(
    session: Session, shelf: Shelf[Any], writes: list[_Write], author: Author, state: State
) -> None:
    if not writes:
        return
    asked = _NEXT_OF_WORDS if shelf.feeds_words else _NEXT
    number: int = session.execute(text(asked)).scalar_one()
    stamp = {"changed": number, "updated_at": author.now, "updated_by": author.by, "state": state}
    new = [_row(write) | stamp for write in writes if write.held is None]
    old = [_row(write) | stamp for write in writes if write.held is not None]
    if new:
        session.execute(insert(shelf.row), new)
    if old:
        session.execute(update(shelf.row), old)
    _write_wordings(session, writes)
    session.execute(insert(VersionRow), [_version(write, author, state) for write in writes])


def _row(write: _Write) -> dict[str, Any]:
    seeded = [w.text for w in write.wordings if w.origin is Origin.SEED]
    hashed = hash_of(write.content, wordings=seeded if write.shelf.has_wordings else None)
    return columns(write.shelf, write.content) | {"version": write.version, "hash": hashed}


def _write_wordings(session: Session, writes: list[_Write]) -> None:
    dropped = [number for write in writes for number in write.dropped]
    added = [row for write in writes for row in write.added]
    if dropped:
        session.execute(delete(WordingRow).where(WordingRow.id.in_(dropped)))
    if added:
        session.execute(insert(WordingRow), added)


def _version(write: _Write, author: Author, state: State) -> dict[str, Any]:
    origins = {wording.text: wording.origin for wording in write.wordings}
    return {
        "kind": write.shelf.kind,
        "row_id": write.content.id,
        "version": write.version,
        "state": state,
        "content": pack(write.content) | ({"origins": origins} if origins else {}),
        "made_at": author.now,
        "made_by": author.by,
    }


def _outcome(held: Held[Any] | None, write: _Write | None, author: Author, state: State) -> Any:
    if write is None:
        assert held is not None
        return Same(held.content)
    kept = Kept(state=state, version=write.version, updated_at=author.now, updated_by=author.by)
    content = replace(write.content, kept=kept)
    return Added(content) if held is None else Changed(content, held.content)
