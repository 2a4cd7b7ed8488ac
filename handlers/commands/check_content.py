"""The doctor's look at words and knowledge: what is still a sample, too long, or out of date."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import content
from bot.classes import catalogue
from bot.db import Database
from bot.knowledge import queries, rules
from bot.knowledge.shelves import ENTRIES, PROCEDURES
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.placeholders import holds_placeholder
from bot.speech.texts import Voice
from handlers.commands.findings import Finding, State
from handlers.commands.tables import format_of

FILES = ("city.toml", "plan.toml", "life-events.toml", "richmenu/menu.toml")
"""What the city itself must fill in beside the knowledge."""


def check_content(database: Database | None, voice: Voice, now: datetime) -> list[Finding]:
    """Knowledge as residents meet it, from the database, and the city's files.

    Without a database to read (`None`) only the files are looked at, and the rest is not checked.
    """
    if database is None:
        said = voice.say("command.check_knowledge_unread")
        unread = [Finding(name, State.NOT_CHECKED, said) for name in ("lengths", "expired")]
        knowledge = Finding("knowledge", State.NOT_CHECKED, said)
        return [knowledge, _placeholders((), (), (), voice), *unread]
    with database.reading() as session:
        entries = queries.contents(session, ENTRIES, queries.published(ENTRIES))
        procedures = queries.contents(session, PROCEDURES, queries.published(PROCEDURES))
        classes = catalogue.samples(session)
    return [
        _knowledge(len(entries), len(procedures), voice),
        _placeholders(entries, procedures, classes, voice),
        _lengths(entries, procedures, voice),
        _expired(entries, voice, now),
    ]


def _knowledge(entries: int, procedures: int, voice: Voice) -> Finding:
    if not entries:
        return Finding("knowledge", State.WARNING, voice.say("command.check_knowledge_empty"))
    said = voice.say("command.check_knowledge", entries=entries, procedures=procedures)
    return Finding("knowledge", State.OK, said)


def _placeholders(
    entries: Sequence[KnowledgeEntry],
    procedures: Sequence[Procedure],
    classes: Sequence[str],
    voice: Voice,
) -> Finding:
    found: dict[str, list[str]] = {}
    for kind, contents in ((ENTRIES.kind, entries), (PROCEDURES.kind, procedures)):
        for one in rules.placeholders(contents):
            found.setdefault(f"{kind} {one.id}", []).append(one.field)
    for name in FILES:
        for place, field in _marked(content.toml(name)):
            found.setdefault(f"{name} {place}".strip(), []).append(field)
    found |= {name: ["sample"] for name in classes}
    if not found:
        return Finding("placeholders", State.OK, voice.say("command.check_placeholders_none"))
    items = [f"{place}: {', '.join(dict.fromkeys(fields))}" for place, fields in found.items()]
    said = voice.say("command.check_placeholders", count=len(items))
    return Finding("placeholders", State.WARNING, said, tuple(items))


def _marked(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every table in a parsed file that is flagged a sample or holds a placeholder."""
    for name, held in value.items():
        if name == "sample" and held is True:
            yield place, name
        elif isinstance(held, dict):
            yield from _marked(held, f"{place}.{name}".strip("."))
        elif isinstance(held, list) and held and isinstance(held[0], dict):
            for number, row in enumerate(held):
                key = row.get("key", number)
                yield from _marked(row, f"{place}.{name}.{key}".strip("."))
        elif any(map(holds_placeholder, _texts(held))):
            yield place, name


def _texts(held: Any) -> Iterable[str]:
    listed = held if isinstance(held, list) else [held]
    return (text for text in listed if isinstance(text, str))


def _lengths(
    entries: Sequence[KnowledgeEntry], procedures: Sequence[Procedure], voice: Voice
) -> Finding:
    items = [
        f"{kind} {one.id}: {one.field} {one.length} > {one.longest}"
        for kind, contents in ((ENTRIES.kind, entries), (PROCEDURES.kind, procedures))
        for one in rules.too_long(contents, format_of(kind).lengths())
    ]
    if not items:
        return Finding("lengths", State.OK, voice.say("command.check_lengths_none"))
    said = voice.say("command.check_lengths", count=len(items))
    return Finding("lengths", State.WARNING, said, tuple(items))


def _expired(entries: Sequence[KnowledgeEntry], voice: Voice, now: datetime) -> Finding:
    today = now.astimezone(ZoneInfo(content.toml("city.toml")["city"]["timezone"])).date()
    items = [f"{ENTRIES.kind} {one.id}: {one.expires}" for one in rules.expired(entries, today)]
    if not items:
        return Finding("expired", State.OK, voice.say("command.check_expired_none"))
    said = voice.say("command.check_expired", count=len(items))
    return Finding("expired", State.WARNING, said, tuple(items))
