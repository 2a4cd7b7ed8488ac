"""元に戻す: right after an action stands a button that undoes it, and nobody can make one up."""

import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from bot.db import Database
from bot.knowledge.shelves import IGNORABLE, SYNONYMS
from bot.knowledge.values import State
from bot.questions.rules import ClusterState
from bot.sealing import Sealer
from bot.staff.rules import Role
from handlers.console import undoing
from handlers.console.undoing import Undo
from tests.flows import knowledge_at_work
from tests.flows.console_at_work import SECRET, Browser, at_work
from tests.flows.knowledge_at_work import BIN, entry, knowledge_app, row
from tests.flows.reviewing import asks, gather, lines


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knowledge_at_work.knows(database, BIN)
    return knowledge_app(database, sealer)


@pytest.fixture
def tanaka(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "tanaka", Role.SUPPORT)


def follow(browser: Browser, answer: TestResponse) -> None:
    assert answer.status_code == 303
    browser.get(answer.headers["Location"])


def undo(browser: Browser) -> None:
    """Presses the button as the page has it."""
    form = re.search(r"<form [^>]*data-undo.*?</form>", browser.page, re.DOTALL)
    assert form is not None, browser.words[:800]
    address = re.search(r'action="([^"]+)"', form.group(0))
    assert address is not None
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form.group(0)):
        fields.setdefault(name, []).append(unescape(value))
    follow(browser, browser.post(unescape(address.group(1)), fields))


def two_groups(database: Database) -> list[int]:
    asks(database, "噴水は何時に動きますか")
    asks(database, "市長への手紙の宛先", "r2")
    gather(database)
    return [line.cluster.id for line in lines(database)]


def version(database: Database, number: int) -> str:
    every = lines(database, *ClusterState)
    return next(str(one.cluster.version) for one in every if one.cluster.id == number)


def test_setting_aside_and_assigning_are_undone(database: Database, tanaka: Browser) -> None:
    first, _ = two_groups(database)
    for do, reason in (("ignore", "市の仕事ではない"), ("mine", "")):
        tanaka.get(f"/console/unanswered/{first}")
        fields = {"do": do, "reason": reason, "version": version(database, first)}
        follow(tanaka, tanaka.post(f"/console/unanswered/{first}/do", fields))
        undo(tanaka)
        stands = next(one.cluster for one in lines(database) if one.cluster.id == first)
        assert (stands.state, stands.assignee) == (ClusterState.OPEN, None)


def test_merging_and_splitting_are_undone(database: Database, tanaka: Browser) -> None:
    groups = two_groups(database)
    before = sorted(line.title or "" for line in lines(database))
    tanaka.get("/console/unanswered")
    picks = [f"{one}:{version(database, one)}" for one in groups]
    follow(tanaka, tanaka.post("/console/unanswered", {"do": "merge", "pick": picks}))
    assert len(lines(database)) == 1
    undo(tanaka)
    assert sorted(line.title or "" for line in lines(database)) == before
    picks = [f"{one.cluster.id}:{one.cluster.version}" for one in lines(database)]
    tanaka.get("/console/unanswered")
    tanaka.post("/console/unanswered", {"do": "merge", "pick": picks})
    one = lines(database)[0].cluster
    tanaka.get(f"/console/unanswered/{one.id}")
    wording = re.search(r'name="wording" value="(\d+)"', tanaka.page)
    assert wording is not None
    fields = {"version": str(one.version), "wording": wording.group(1)}
    follow(tanaka, tanaka.post(f"/console/unanswered/{one.id}/split", fields))
    assert len(lines(database)) == 2
    undo(tanaka)
    assert len(lines(database)) == 1


def test_many_set_aside_at_once_come_back_at_once(database: Database, tanaka: Browser) -> None:
    picks = [f"{one}:{version(database, one)}" for one in two_groups(database)]
    tanaka.get("/console/unanswered")
    fields = {"do": "ignore", "reason": "あいさつ", "pick": picks}
    follow(tanaka, tanaka.post("/console/unanswered", fields))
    assert lines(database) == ()
    undo(tanaka)
    assert len(lines(database)) == 2


def test_withdrawn_knowledge_and_words_come_back(database: Database, tanaka: Browser) -> None:
    tanaka.get("/console/knowledge/faq/bin/remove")
    gone = {"reason": "古い", "read_at": "1"}
    follow(tanaka, tanaka.post("/console/knowledge/faq/bin/remove", gone))
    assert entry(database, "bin").kept.state is State.REMOVED
    undo(tanaka)
    assert entry(database, "bin").kept.state is State.PUBLISHED
    tanaka.get("/console/knowledge/synonyms")
    tanaka.post("/console/knowledge/synonyms", {"words": "車\n自動車", "topic": "税"})
    tanaka.get("/console/knowledge/synonyms")
    follow(tanaka, tanaka.post("/console/knowledge/synonyms/remove", {"id": "税/車"}))
    undo(tanaka)
    group = row(database, SYNONYMS, "税/車")
    assert (group.words, group.kept.state) == (("車", "自動車"), State.PUBLISHED)
    follow(tanaka, tanaka.post("/console/knowledge/ignorable", {"word": "えっと"}))
    undo(tanaka)
    assert row(database, IGNORABLE, "えっと").kept.state is State.REMOVED


def test_a_button_that_somebody_made_up_is_not_shown(tanaka: Browser) -> None:
    evil = Undo("https://elsewhere.example/", (("a", "b"),))
    forged = undoing.signed(b"another key that is long enough", evil)
    for token in (forged, "nonsense", undoing.signed(SECRET, evil)[:-2]):
        tanaka.get(f"/console/unanswered?back={token}")
        assert "data-undo" not in tanaka.page
