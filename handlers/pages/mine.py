"""わたしの情報 on the resident's own page: all that is kept, to read, take away and delete."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.campaigns import queries as campaigns
from bot.classes import queries as classes
from bot.classes.naming import show_phone
from bot.disclosure import Kept, Value, everything_kept
from bot.erasure import forget_resident
from bot.knowledge import service as knowledge
from bot.plan import service as plan
from bot.residents.rules import Topic as SpokenOf
from bot.speech import dates
from bot.speech.choice_cards import PURPOSE
from handlers.pages.routing import Topic
from handlers.pages.visitor import Visitor

ON_THE_PAGE = 30
"""Rows of a table on the page, the newest first; the file holds all."""

COUNTED = frozenset(
    [
        *("inbox", "outbox", "page_link", "page_visit"),
        *("class_history", "class_notice", "class_link_try"),
    ]
)
"""Tables of which the page tells only that they hold something; the file has it."""

topic = Topic(PURPOSE, "start")


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as the page shows it: rows as pairs of words, with what a row can be ended by."""

    title: str
    count: int
    rows: tuple[tuple[tuple[str, str], ...], ...]
    watched: tuple[str, ...] = ()


@topic.get("/mine/start")
def start(one: Visitor) -> ResponseReturnValue:
    """Where a link leads: to the choices, or to everything."""
    about = one.visit.about if one.visit else None
    return one.go("mine_choose" if about == "choices" else "mine_read")


@topic.get("/mine")
def read(one: Visitor) -> ResponseReturnValue:
    """Everything that is kept, in words."""
    return _show(one)


@topic.get("/mine/file")
def take_away(one: Visitor) -> ResponseReturnValue:
    """The same as a JSON file, with every field."""
    with one.reading() as session:
        kept = everything_kept(session, one.services.sealer, one.key)
    held = {
        "city": one.services.city.name,
        "made_at": one.now.isoformat(),
        "kept": {table.table: [_plain(row) for row in table.rows] for table in kept},
    }
    answer = Response(json.dumps(held, ensure_ascii=False, indent=2), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="watashi-no-joho.json"'
    return answer


@topic.post("/mine/unwatch")
def unwatch(one: Visitor) -> ResponseReturnValue:
    """No word when this procedure goes online. Pressing twice changes nothing more."""
    with one.writing() as session:
        plan.unwatch(session, one.key, one.typed("procedure", 32))
    return one.go("mine_read")


@topic.get("/mine/forget")
def ask_before_forgetting(one: Visitor) -> ResponseReturnValue:
    """Asks once more: what is deleted does not come back."""
    return one.show("forget.html")


@topic.post("/mine/forget")
def forget(one: Visitor) -> ResponseReturnValue:
    """Erases the resident everywhere, this visit included."""
    with one.writing() as session:
        forget_resident(session, one.key, now=one.now)
    return Visitor(one.services, one.now, one.voice).show("forgotten.html")


def _show(one: Visitor) -> ResponseReturnValue:
    with one.reading() as session:
        kept = everything_kept(session, one.services.sealer, one.key)
        shown = [_shown(one, session, table) for table in kept if table.table not in COUNTED]
    counted = [
        (one.voice.say(f"mine.table_{table.table}"), len(table.rows))
        for table in kept
        if table.table in COUNTED and table.rows
    ]
    tables = [table for table in shown if table.count]
    return one.show("mine.html", tables=tables, counted=counted, most=ON_THE_PAGE)


def _shown(one: Visitor, session: Session, kept: Kept) -> Shown:
    newest = [*reversed(kept.rows)][:ON_THE_PAGE]
    rows = tuple(tuple(_words(one, session, row)) for row in newest)
    watched = kept.table == "go_live_watch"
    return Shown(
        title=one.voice.say(f"mine.table_{kept.table}"),
        count=len(kept.rows),
        rows=rows,
        watched=tuple(str(row["procedure_id"]) for row in newest) if watched else (),
    )


def _words(one: Visitor, session: Session, row: Mapping[str, Value]) -> list[tuple[str, str]]:
    """The fields that have words and hold something, as pairs to read."""
    known = one.services.texts.names()
    pairs = []
    for field, value in row.items():
        if value is None or value == "" or f"mine.field_{field}" not in known:
            continue
        said = _value(one, session, field, value)
        if said is not None:
            pairs.append((one.voice.say(f"mine.field_{field}"), said))
    return pairs


def _value(one: Visitor, session: Session, field: str, value: Value) -> str | None:
    if isinstance(value, datetime):
        return dates.say_moment(value)
    if isinstance(value, date):
        return dates.say_day(value)
    named = _named(one, session, field, str(value))
    if named is not None:
        return one.voice.read(named)
    name = f"mine.value_{value}" if isinstance(value, bool) else f"mine.value_{field}_{value}"
    if name in one.services.texts.names():
        return one.voice.say(name)
    return str(value)


def _named(one: Visitor, session: Session, field: str, value: str) -> str | None:
    """The name of what a key stands for."""
    match field:
        case "district":
            district = one.services.city.district(value)
            return district.name if district else None
        case "topic":
            chosen = one.services.news_topics.topic(value)
            return chosen.name if chosen else _spoken_of(one, session, value)
        case "procedure_id":
            procedure = knowledge.procedure(session, value)
            return procedure.name if procedure else None
        case "entry_id":
            entry = knowledge.entry(session, value)
            return entry.question if entry else None
        case "session_id":
            held = classes.one_session(session, int(value), one.now)
            return f"{held.course.title} {dates.say_moment(held.starts_at)}" if held else None
        case "campaign_id":
            sent = campaigns.one(session, int(value))
            day = dates.say_day(dates.today(sent.started_at)) if sent and sent.started_at else ""
            return f"{sent.draft.title} {day}".strip() if sent else None
        case "phone":
            return show_phone(value)
        case _:
            return None


def _plain(row: Mapping[str, Value]) -> dict[str, Any]:
    return {
        field: value.isoformat() if isinstance(value, datetime | date) else value
        for field, value in row.items()
    }


def _spoken_of(one: Visitor, session: Session, value: str) -> str | None:
    """What was spoken of last in the chat, by its name."""
    last = SpokenOf.parse(value)
    if last is None:
        return None
    if last.kind == "asked":
        return one.voice.say("choices.district")
    return _named(one, session, f"{last.kind}_id", last.id)
