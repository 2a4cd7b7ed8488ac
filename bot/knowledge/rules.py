"""Pure rules of knowledge: tidy texts, same wordings, online or not, placeholders and lengths."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, TypeVar

from bot.knowledge.values import (
    Content,
    KnowledgeEntry,
    OnlineStatus,
    Procedure,
    State,
    System,
)
from bot.placeholders import placeholders_in

AnyContent = TypeVar("AnyContent", bound=Content)

_LONGEST_NORMALISED = 400
_BOUNDARIES = " 、。，．・,.!?！？「」『』（）()…~〜～\"'"
_DROPPED = str.maketrans("", "", _BOUNDARIES)


def normalise(text: str) -> str:
    """What stays of a wording when width, case, blanks and punctuation do not matter.

    Cut at 400 characters, the most the database compares.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).translate(_DROPPED)[:_LONGEST_NORMALISED]


def needs_second_person(before: State | None, after: State) -> bool:
    """True when residents would notice: what they meet changes, comes or goes.

    `before` is None for a new row. Drafts nobody meets are the author's own matter.
    """
    return State.PUBLISHED in (before, after)


def is_writable(character: str) -> bool:
    """False for control characters and lone surrogates, which no database or screen takes."""
    return character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs")


def tidy_text(text: str) -> str:
    """The text with one kind of line end, nothing unwritable, and no blanks around it."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    if not unified.isprintable():
        unified = "".join(filter(is_writable, unified))
    return unified.strip()


def distinct_wordings(wordings: Iterable[str]) -> tuple[str, ...]:
    """The wordings in their order, without those that say nothing or the same as an earlier one."""
    kept: dict[str, str] = {}
    for wording in wordings:
        if key := normalise(wording):
            kept.setdefault(key, wording)
    return tuple(kept.values())


def tidy(content: AnyContent) -> AnyContent:
    """The content as it is kept: texts tidied, list items neither empty nor twice."""
    changes: dict[str, Any] = {}
    for place in fields(content):
        value = getattr(content, place.name)
        if type(value) is str:
            changes[place.name] = tidy_text(value)
        elif type(value) is tuple:
            items = [item for item in map(tidy_text, value) if item]
            distinct = distinct_wordings(items) if place.name == "wordings" else _once(items)
            changes[place.name] = distinct
    return replace(content, **changes)


def _once(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))


# ---------------------------------------------------------------- online or not


@dataclass(frozen=True, slots=True)
class OnlineNow:
    """The procedure can be applied for online; `url` may be empty where the city gave none."""

    url: str
    system: System


@dataclass(frozen=True, slots=True)
class Planned:
    """Online from a fiscal year on (western year of its April).

    `passed` says that the year is over and no start was recorded: nobody may claim it is online.
    """

    year: int
    passed: bool


@dataclass(frozen=True, slots=True)
class NotPlanned:
    """Stays at the counter: exempt from going online, or without a planned year."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing reliable is recorded."""


Online = OnlineNow | Planned | NotPlanned | Unknown


def fiscal_year(day: date) -> int:
    """The western year in whose April the day's fiscal year began."""
    return day.year if day.month >= 4 else day.year - 1


def online(procedure: Procedure, today: date) -> Online:
    """How far the procedure is online on the city's `today`."""
    if procedure.online_status is OnlineStatus.DONE:
        return OnlineNow(procedure.online_url, procedure.system)
    if procedure.online_status is OnlineStatus.NOT_YET and procedure.planned_year is not None:
        year = procedure.planned_year
        return Planned(year, passed=fiscal_year(today) > year)
    if procedure.online_status in (OnlineStatus.NOT_YET, OnlineStatus.EXEMPT):
        return NotPlanned()
    return Unknown()


def is_expired(entry: KnowledgeEntry, today: date) -> bool:
    """True after the entry's last valid day."""
    return entry.expires is not None and entry.expires < today


# ---------------------------------------------------------------- fit to show or not


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A field still holds what the city must supply itself. `mark` is "" for a sample flag."""

    id: str
    field: str
    mark: str


@dataclass(frozen=True, slots=True)
class TooLong:
    """A field is longer than its format allows (characters)."""

    id: str
    field: str
    length: int
    longest: int


def placeholders(contents: Iterable[Content]) -> tuple[Placeholder, ...]:
    """Every placeholder in a field of the contents, and every sample flag."""
    found: list[Placeholder] = []
    for content in contents:
        if getattr(content, "sample", False):
            found.append(Placeholder(content.id, "sample", ""))
        for name, text in _texts(content):
            found += [Placeholder(content.id, name, mark) for mark in placeholders_in(text)]
    return tuple(found)


def expired(entries: Iterable[KnowledgeEntry], today: date) -> tuple[KnowledgeEntry, ...]:
    """The entries whose last valid day is past."""
    return tuple(entry for entry in entries if is_expired(entry, today))


def too_long(contents: Iterable[Content], longest: Mapping[str, int]) -> tuple[TooLong, ...]:
    """Every field (each item of a list) longer than `longest` says for its name."""
    return tuple(
        TooLong(content.id, name, len(text), longest[name])
        for content in contents
        for name, text in _texts(content)
        if len(text) > longest.get(name, len(text))
    )


def _texts(content: Content) -> Iterable[tuple[str, str]]:
    for place in fields(content):
        value = getattr(content, place.name)
        if type(value) is str:
            yield place.name, value
        elif type(value) is tuple:
            yield from ((place.name, item) for item in value)
