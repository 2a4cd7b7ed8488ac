"""The four kinds of knowledge, how each is packed for storage, and the hash that tells a touch."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date
from typing import Any, Generic, TypeVar, get_type_hints

from bot.knowledge import models, rules
from bot.knowledge.values import (
    Content,
    IgnorableWord,
    Kept,
    KnowledgeEntry,
    Procedure,
    State,
    SynonymGroup,
)

AnyContent = TypeVar("AnyContent", bound=Content)


@dataclass(frozen=True, slots=True)
class Shelf(Generic[AnyContent]):
    """One kind of knowledge: the value people use and the table it is kept in.

    `feeds_words` marks kinds that every question is read with, so that the engine reloads them.
    """

    kind: str
    content: type[AnyContent]
    row: type[Any]
    feeds_words: bool = False

    @property
    def has_wordings(self) -> bool:
        """True when wordings stand in a table of their own, each with its origin."""
        return self.row is models.EntryRow


ENTRIES = Shelf("faq", KnowledgeEntry, models.EntryRow)
PROCEDURES = Shelf("procedures", Procedure, models.ProcedureRow)
SYNONYMS = Shelf("synonyms", SynonymGroup, models.SynonymRow, feeds_words=True)
IGNORABLE = Shelf("ignorable", IgnorableWord, models.IgnorableRow, feeds_words=True)

SHELVES: tuple[Shelf[Any], ...] = (ENTRIES, PROCEDURES, SYNONYMS, IGNORABLE)


def shelf_of(kind: str) -> Shelf[Any]:
    """The shelf of that kind."""
    return next(shelf for shelf in SHELVES if shelf.kind == kind)


def pack(content: Content) -> dict[str, Any]:
    """The content as JSON can hold it; `unpack` gives it back."""
    return {name: _plain(getattr(content, name)) for name in field_names(type(content))}


def unpack(kind: type[AnyContent], packed: Mapping[str, Any]) -> AnyContent:
    """The content of `pack`, also when it was packed before a field existed."""
    readers = _READERS[kind]
    return kind(**{name: readers[name](held) for name, held in packed.items() if name in readers})


def columns(shelf: Shelf[Any], content: Content) -> dict[str, Any]:
    """The content's own columns in its table."""
    held = {name: getattr(content, name) for name in field_names(shelf.content)}
    if shelf.has_wordings:
        del held["wordings"]
    if isinstance(content, Procedure):
        held["sought"] = "\n".join(map(rules.normalise, (content.name, *content.wordings)))
    return {name: list(value) if type(value) is tuple else value for name, value in held.items()}


def from_row(shelf: Shelf[AnyContent], row: Any, wordings: Iterable[str] = ()) -> AnyContent:
    """The content a row holds, with how it stands there."""
    readers = _READERS[shelf.content]
    held = {name: read(getattr(row, name)) for name, read in readers.items() if name != "wordings"}
    if "wordings" in readers:
        held["wordings"] = tuple(wordings if shelf.has_wordings else row.wordings)
    kept = Kept(
        state=State(row.state),
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
    return shelf.content(**held, kept=kept)


def hash_of(content: Content, *, wordings: Iterable[str] | None = None) -> str:
    """A hash of what the content says; empty fields do not count, so new ones may be added.

    `wordings` stands in for the content's own: an entry to which people added wordings still
    counts as untouched, so the hash covers only the seeded ones. Their order says nothing.
    """
    if wordings is not None and isinstance(content, KnowledgeEntry):
        content = replace(content, wordings=tuple(wordings))
    defaults = _DEFAULTS[type(content)]
    said = {n: held for n, held in pack(content).items() if held != defaults.get(n)}
    if "wordings" in said:
        said["wordings"] = sorted(said["wordings"])
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def says_the_same(one: Content, other: Content) -> bool:
    """True when the contents differ at most in the order of their wordings."""
    return one == other or _ordered(one) == _ordered(other)


def _ordered(content: Content) -> Content:
    if isinstance(content, KnowledgeEntry | Procedure):
        return replace(content, wordings=tuple(sorted(content.wordings)))
    return content


def field_names(kind: type[Any]) -> tuple[str, ...]:
    """The names of what the content says, without how it is kept."""
    return _NAMES[kind]


def _plain(value: Any) -> Any:
    if type(value) is tuple:
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _reader(hint: Any) -> Callable[[Any], Any]:
    if hint == tuple[str, ...]:
        return tuple
    if hint == date | None:
        return _read_date
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
        return hint
    return _as_it_is


def _read_date(held: Any) -> date | None:
    return date.fromisoformat(held) if isinstance(held, str) else held


def _as_it_is(held: Any) -> Any:
    return held


_KINDS: tuple[type[Any], ...] = tuple(shelf.content for shelf in SHELVES)
_NAMES = {
    kind: tuple(place.name for place in fields(kind) if place.name != "kept") for kind in _KINDS
}
_READERS = {
    kind: {name: _reader(hint) for name, hint in get_type_hints(kind).items() if name != "kept"}
    for kind in _KINDS
}
_DEFAULTS = {
    kind: {
        place.name: _plain(place.default)
        for place in fields(kind)
        if place.name != "kept" and place.default is not MISSING
    }
    for kind in _KINDS
}
