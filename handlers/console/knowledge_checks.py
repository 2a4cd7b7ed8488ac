"""Looks at an entry or procedure before it is saved: phone, warnings, duplicates, answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.answers.duplicates import near_duplicates
from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.knowledge import browsing, queries, service
from bot.knowledge.plain_japanese import Warning
from bot.knowledge.rules import Placeholder, normalise, placeholders
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.line import limits
from bot.questions.rehearsing import Saw, saw
from bot.residents.rules import Style
from bot.speech import dates
from bot.speech.texts import Voice
from handlers.console import phone
from handlers.console.desk import Desk
from handlers.console.knowledge_kinds import Kind

_NEAREST = 30
_MOST_WORDINGS = 20


@dataclass(frozen=True, slots=True)
class Near:
    """Another one that asks nearly the same; `wording` is its own way of asking."""

    id: str
    title: str
    wording: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class Checks:
    """What there is to know before saving. `card_bytes` of at most `limits.BUBBLE_BYTES`."""

    phones: tuple[tuple[str, tuple[phone.Picture, ...]], ...] = ()
    warnings: tuple[tuple[str, Warning], ...] = ()
    near: tuple[Near, ...] = ()
    marks: tuple[Placeholder, ...] = ()
    card_bytes: int = 0
    is_refused_by_line: bool = False
    is_past: bool = False

    @property
    def card_size(self) -> str:
        """Bytes of the card, as read."""
        return f"{self.card_bytes:,}"

    @property
    def card_most(self) -> str:
        """The most bytes that LINE takes, as read."""
        return f"{limits.BUBBLE_BYTES:,}"

    @property
    def is_too_large(self) -> bool:
        """True when the card is larger than LINE takes."""
        return self.card_bytes > limits.BUBBLE_BYTES


@dataclass(frozen=True, slots=True)
class Tried:
    """A question as it is answered now and as it would be; ids with their titles."""

    question: str
    before: Saw
    after: Saw
    titles: dict[str, str]
    wordings: int
    missed: tuple[str, ...]


def look_at(desk: Desk, kind: Kind, content: Any, *, near: bool = True) -> Checks:
    """All checks of a content; `near` also looks for others that ask the same."""
    knowledge = desk.services.knowledge
    today = dates.today(desk.now)
    cards = {
        style: kind.card(Voice(desk.services.texts, style), desk.services.city, content, today)
        for style in styles_of(content)
    }
    others: tuple[Near, ...] = ()
    if near:
        engine = desk.services.engine()
        with desk.reading() as session:
            others = tuple(_near(session, engine, kind, content))
    return Checks(
        phones=tuple((style.value, phone.draw(card)) for style, card in cards.items()),
        warnings=tuple(
            (name, warning)
            for name in kind.read_plainly
            for warning in knowledge.plain.warnings(getattr(content, name), easy=name == "easy")
        ),
        near=others,
        marks=placeholders([content]),
        card_bytes=max(limits.size_of(m["contents"]) for card in cards.values() for m in card),
        is_refused_by_line=any(limits.check(card) for card in cards.values()),
        is_past=bool(getattr(content, "expires", None) and content.expires < today),
    )


def styles_of(content: Any) -> tuple[Style, ...]:
    """The styles in which it is written."""
    return (Style.PLAIN, Style.EASY) if getattr(content, "easy", "") else (Style.PLAIN,)


# ---------------------------------------------------------------- nearly the same


def _near(session: Session, engine: Engine, kind: Kind, content: Any) -> Iterable[Near]:
    if kind.shelf is not ENTRIES:
        for other in service.search_procedures(session, content.name):
            if other.id != content.id and normalise(other.name) == normalise(content.name):
                yield Near(other.id, other.name, other.name, True)
        return
    wordings = (content.question, *content.wordings)
    same = browsing.holders_of(session, wordings, content.id)
    told = {entry_id: wording for wording, ids in same.items() for entry_id in ids}
    names = browsing.names(session, ENTRIES, told)
    for entry_id, wording in told.items():
        yield Near(entry_id, names[entry_id], wording, True)
    ids = [ranked.entry_id for ranked in engine.ask(content.question, top=_NEAREST).ranked]
    untold = [entry_id for entry_id in ids if entry_id not in told and entry_id != content.id]
    found = queries.held(session, ENTRIES, untold)
    others = [as_asked(held.content) for held in found.values()]
    for duplicate in near_duplicates(content.question, others):
        question = found[duplicate.entry_id].content.question
        yield Near(duplicate.entry_id, question, duplicate.wording, False)


def as_asked(entry: KnowledgeEntry) -> Entry:
    """The entry as the answer engine takes it."""
    return Entry(entry.id, entry.question, entry.answer, entry.wordings)


# ---------------------------------------------------------------- the test box


def engine_with(engine: Engine, put: Sequence[Entry]) -> Engine:
    """The engine as it would be were these published; the one that answers stays as it is."""
    changed = engine.with_changes(put=put)
    if engine.complete:  # else it would embed the whole knowledge, which is the start's work
        changed.embed_missing()
    return changed


def try_out(desk: Desk, content: KnowledgeEntry, question: str) -> Tried:
    """What the engine says to a question now, and would say were this content published."""
    engine = desk.services.engine()
    changed = engine_with(engine, [as_asked(content)])
    before, after = saw(engine.ask(question)), saw(changed.ask(question))
    ways = (content.question, *content.wordings)[:_MOST_WORDINGS]
    missed = tuple(way for way in ways if saw(changed.ask(way)).first != content.id)
    with desk.reading() as session:
        titles = {**browsing.names(session, ENTRIES, {*before.entries, *after.entries})}
    titles[content.id] = content.question
    return Tried(question, before, after, titles, len(ways), missed)
