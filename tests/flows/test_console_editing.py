"""「〇〇さんが編集中」: who opens a form sees who else has it open, and nothing is locked."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from bot.db import Database
from bot.sealing import Sealer
from bot.staff import editing, upkeep
from bot.staff.models import Editing, StaffSession
from bot.staff.rules import Role
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, at_work
from tests.flows.test_console_news import MORNING, aims, newest, version, writes

FORM = "/console/news/1/write"
BEAT = "/console/editing/news-1"
NAME = "見本 職員"


@pytest.fixture
def aoi(database: Database, sealer: Sealer, app: Flask) -> Browser:
    browser = at_work(database, sealer, app, "aoi", Role.ANNOUNCER)
    browser.get("/console/news/new")
    browser.post("/console/news/new", {"kind": "free"})
    return browser


@pytest.fixture
def hinata(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "hinata", Role.ANNOUNCER, Role.APPROVER)


def passes(database: Database, **span: float) -> None:
    """So long ago was every open form heard of last."""
    with database.writing() as session:
        ago = database.lease_now(session) - timedelta(**span)
        session.execute(update(Editing).values(seen_at=ago))


def is_told(browser: Browser, page: str = FORM) -> bool:
    browser.get(page)
    return f"{NAME}さんが編集中です" in browser.words


def test_the_second_sees_who_has_the_announcement_open_and_since_when(
    database: Database, civil: CivilTime, aoi: Browser, hinata: Browser
) -> None:
    assert not is_told(aoi)
    civil.passes(minutes=5)
    hinata.get(FORM)
    assert f"{NAME}さんが編集中です（午前10時から）。" in hinata.words
    assert "直す前に、声をかけてください。" in hinata.words
    civil.passes(minutes=1)
    aoi.get(FORM)
    assert f"{NAME}さんが編集中です（午前10時5分から）。" in aoi.words
    assert is_told(hinata, "/console/news/1"), "an approver sees it before approving"
    assert is_told(hinata, "/console/news/1/audience")
    assert "（午前10時から）" in hinata.words, "the first has had it open all along"


def test_a_form_that_is_not_heard_of_for_two_minutes_is_not_open_any_more(
    database: Database, civil: CivilTime, aoi: Browser, hinata: Browser
) -> None:
    aoi.get(FORM)
    passes(database, seconds=90)
    assert is_told(hinata)
    passes(database, seconds=121)
    assert not is_told(hinata, "/console/news/1")
    assert aoi.post(BEAT).status_code == 200
    assert is_told(hinata)
    passes(database, seconds=121)
    civil.passes(minutes=30)
    aoi.get(FORM)
    assert is_told(hinata)
    assert "（午前10時30分から）" in hinata.words, "it was opened anew"


def test_a_beat_says_who_came_since_and_prolongs_no_session(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    aoi.get(FORM)
    token = aoi.token
    assert aoi.post(BEAT, token=token).text.strip() == ""
    hinata.get(FORM)
    assert f"{NAME}さんが編集中です" in aoi.post(BEAT, token=token).text
    assert aoi.post(BEAT, token="").status_code == 400
    with database.writing() as session:
        seen_at = database.lease_now(session) - timedelta(minutes=5)
        session.execute(update(StaffSession).values(seen_at=seen_at))
    aoi.post(BEAT, token=token)
    with database.reading() as session:
        assert {one.seen_at for one in session.query(StaffSession)} == {seen_at}


def test_who_never_opened_the_form_neither_has_it_open_nor_learns_who_has(
    database: Database, sealer: Sealer, app: Flask, aoi: Browser, hinata: Browser
) -> None:
    aoi.get(FORM)
    viewer = at_work(database, sealer, app, "viewer", Role.VIEWER)
    assert viewer.get(FORM).status_code == 403
    viewer.get("/console/")
    assert viewer.post(BEAT).text.strip() == ""
    aoi.get(FORM)
    assert "編集中" not in aoi.words


def test_saving_ends_it_and_the_version_protects_what_a_colleague_saved(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    hinata.get(FORM)
    seen = version(hinata)
    assert writes(aoi, 1) == 303
    assert is_told(hinata), "on to the audience: still at it"
    assert aims(aoi, 1) == 303
    assert not is_told(hinata, "/console/news/1")
    typed = {"title": "別", "topic": "disaster", "p0": "words", "p0_text": "別の文章"}
    assert hinata.post(FORM, {"version": seen, "do": "save", **typed}).status_code == 409
    assert newest(database).draft.title == "防災訓練"


def test_lapsed_ones_are_cleared_away_at_night(database: Database, aoi: Browser) -> None:
    aoi.get(FORM)
    with database.writing() as session:
        lease_now = database.lease_now(session)
        assert upkeep.clear_away(session, lease_now, MORNING)["editing"] == 0
        later = lease_now + editing.LAPSES
        assert upkeep.clear_away(session, later, MORNING)["editing"] == 1
