"""An announcement that a colleague saved while I was writing: nothing of theirs goes unseen."""

import re

from bot.campaigns.rules import Words
from bot.db import Database
from tests.flows.console_at_work import Browser
from tests.flows.test_console_news import aims, newest, version, writes


def begun(database: Database, writer: Browser) -> int:
    """A draft whose form I have open with version 1; a colleague saves theirs meanwhile."""
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    assert writes(writer, number, "save", p0_text="同僚の文章") == 303
    return number


def mine(writer: Browser, number: int, do: str, **fields: str) -> int:
    typed = {"version": "1", "do": do, "title": "私の題", "p0": "words", "p0_text": "私の文章"}
    return writer.post(f"/console/news/{number}/write", typed | fields).status_code


def test_what_a_colleague_saved_is_shown_beside_what_i_typed(
    database: Database, writer: Browser
) -> None:
    number = begun(database, writer)
    assert mine(writer, number, "save") == 409
    assert "ほかの人が先に直しました" in writer.page
    assert "同僚の文章" in writer.page
    assert "私の文章</textarea>" in writer.page
    assert 'value="replace"' in writer.page
    assert newest(database).draft.parts == (Words("同僚の文章"),)


def test_saving_again_replaces_nothing_until_i_say_so(database: Database, writer: Browser) -> None:
    number = begun(database, writer)
    for do in ("save", "next", "words"):
        assert mine(writer, number, do) == 409
        assert version(writer) == "1", "the form is still the one I opened"
    assert newest(database).draft.parts == (Words("同僚の文章"),)
    seen = re.search(r'name="over" value="(\d+)"', writer.page)
    assert seen is not None
    assert mine(writer, number, "replace", over=seen.group(1)) == 303
    assert newest(database).draft.parts == (Words("私の文章"),)


def test_only_what_i_have_seen_is_replaced(database: Database, writer: Browser) -> None:
    number = begun(database, writer)
    mine(writer, number, "save")
    assert writes(writer, number, "save", p0_text="もう一人の文章") == 303
    assert mine(writer, number, "replace", over="2") == 409
    assert "もう一人の文章" in writer.page
    assert newest(database).draft.parts == (Words("もう一人の文章"),)


def test_looking_at_the_phone_does_not_make_an_old_form_new(
    database: Database, writer: Browser
) -> None:
    number = begun(database, writer)
    typed = {"version": "1", "p0": "words", "p0_text": "私の文章"}
    writer.post(f"/console/news/{number}/write/look", typed)
    assert version(writer) == "1"


def test_what_was_being_written_comes_back_beside_what_a_colleague_saved(
    database: Database, writer: Browser
) -> None:
    number = begun(database, writer)
    held = {"version": "1", "title": "", "p0": "words", "p0_text": "書きかけの文章"}
    writer.post(f"/console/drafts/news-{number}", held)
    page = writer.get(f"/console/news/{number}/write").text
    assert "書きかけの文章</textarea>" in page
    assert "同僚の文章" in page
    assert version(writer) == "1"


def test_whom_a_colleague_chose_is_shown_and_replaced_only_when_i_say_so(
    database: Database, writer: Browser
) -> None:
    number = begun(database, writer)
    page = f"/console/news/{number}/audience"
    assert aims(writer, number, topics=["disaster", "health"]) == 303
    stale = {"version": "2", "topics": ["care"], "leaves": "now"}
    for button in ("", "/count", ""):
        answer = writer.post(page + button, stale)
        assert answer.status_code == (200 if button else 409)
        assert version(writer) == "2", "the form is still the one I opened"
        assert "<dd>防災、健康</dd>" in writer.page or "<dd>健康、防災</dd>" in writer.page
    assert newest(database).draft.audience.topics == {"disaster", "health"}
    assert writer.post(page, {**stale, "do": "replace", "over": "3"}).status_code == 303
    assert newest(database).draft.audience.topics == {"care"}
    assert newest(database).draft.parts == (Words("同僚の文章"),)
