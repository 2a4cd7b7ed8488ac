"""A console whose engine follows its database, and what tests ask of the knowledge in it."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import select

from bot.answers.engine import Engine
from bot.answers.live import Changes, LiveEngine
from bot.answers.values import Entry
from bot.db import Database
from bot.knowledge import queries, service
from bot.knowledge.keeping import Author
from bot.knowledge.models import ImportBatch
from bot.knowledge.shelves import ENTRIES, Shelf
from bot.knowledge.values import KnowledgeEntry, State
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from tests.flows.console_at_work import Browser, app_with_console, services

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
NEW = {
    "read_at": "0",
    "id": "cat",
    "question": "猫がいなくなりました",
    "answer": "保健所に聞いてください。",
    "wordings": "ねこをさがしている\n迷い猫",
    "topic": "動物",
    "section": "kankyo",
}
BIN = KnowledgeEntry(
    id="bin",
    question="ごみの出し方を知りたい",
    answer="朝8時までに出します。",
    wordings=("ゴミ出し", "ごみはいつ出すの"),
    topic="ごみ",
    section="gomi",
    expires=date(2099, 3, 31),
)
DOG = KnowledgeEntry(
    id="dog",
    question="犬を飼い始めました",
    answer="犬の登録をします。",
    topic="動物",
    section="kankyo",
)


def engine_of(database: Database) -> Callable[[], Engine]:
    """The engine as the console gets it: after the last change."""

    def changes_since(version: int) -> Changes:
        with database.reading() as session:
            new = service.changes_since(session, version)
        put = tuple(Entry(e.id, e.question, e.answer, e.wordings) for e in new.put)
        return Changes(new.version, put, new.removed, new.synonyms, new.ignorable)

    live = LiveEngine(changes_since)

    def fresh() -> Engine:
        live.refresh()
        return live.engine

    return fresh


def knowledge_app(database: Database, sealer: Sealer, **more: Any) -> Flask:
    given = replace(services(database, sealer, **more), engine=engine_of(database))
    return app_with_console(given)


def knows(database: Database, *entries: KnowledgeEntry, state: State = State.PUBLISHED) -> None:
    with database.writing() as session:
        for entry in entries:
            service.put(session, ENTRIES, entry, Author("seed", NOW), state=state)


def entry(database: Database, entry_id: str) -> KnowledgeEntry:
    found = row(database, ENTRIES, entry_id)
    assert isinstance(found, KnowledgeEntry)
    return found


def row(database: Database, shelf: Shelf[Any], row_id: str) -> Any:
    with database.reading() as session:
        held = queries.held(session, shelf, [row_id]).get(row_id)
    return held.content if held else None


def typed(browser: Browser) -> dict[str, str]:
    """What the edit form of the last page holds, as a browser would post it."""
    form = re.search(r'<form method="post" id="edit".*?</form>', browser.page, re.DOTALL)
    assert form is not None, browser.words[:500]
    page, fields = form.group(0), {}
    for name, value in re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', page):
        box = re.search(rf'<input type="checkbox"[^>]* name="{name}"[^>]*>', page)
        if box is None or " checked" in box.group(0):
            fields[name] = unescape(value)
    areas = re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    fields |= {name: unescape(value) for name, value in areas}
    for name, options in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = unescape(chosen.group(1)) if chosen else ""
    fields.pop("csrf_token", None)
    return fields


def actions(database: Database) -> list[tuple[str, str, str, str]]:
    """What the trail holds of knowledge, newest first: who, what, kind, which."""
    with database.reading() as session:
        rows = [found.done for found in audit.find(session, Search())]
    return [
        (one.actor, one.action, one.item_kind, one.item_id)
        for one in rows
        if one.action.startswith("knowledge.")
    ]


def asked(browser: Browser, **fields: str) -> dict[str, str]:
    """The last page's form with some fields typed anew."""
    return {**typed(browser), **fields}


def stands_still(database: Database, batch_id: int) -> str:
    """The state in which an import ends; waits for its thread."""
    for _ in range(600):
        with database.reading() as session:
            state = session.scalar(select(ImportBatch.state).where(ImportBatch.id == batch_id))
        if state not in ("staging", "proposed", "writing", "undoing"):
            return state or "gone"
        time.sleep(0.05)
    raise AssertionError(f"import {batch_id} does not end: {state}")
