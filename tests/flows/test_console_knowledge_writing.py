"""While knowledge is written: what is hard, wrong, too large or asked twice is told first."""

import pytest
from flask import Flask

from bot.db import Database
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import State
from bot.sealing import Sealer
from tests.flows.console_at_work import Browser
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NEW,
    NOW,
    asked,
    entry,
    knowledge_app,
    knows,
    row,
    typed,
)


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, BIN, DOG)
    return knowledge_app(database, sealer, civil=lambda: NOW)


def test_what_is_nearly_the_same_is_shown_before_it_is_saved(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/faq")
    fields = {**NEW, "question": "ごみの 出し方を、知りたい！", "wordings": "ｺﾞﾐ出し"}
    refused = aoi.post("/console/knowledge/new/faq", fields)
    assert refused.status_code == 422
    assert "よく似た質問が、もうあります" in aoi.words
    assert row(database, ENTRIES, "cat") is None
    assert typed(aoi)["seen"] == "bin"
    answer = aoi.post("/console/knowledge/new/faq", asked(aoi, id="cat"))
    assert answer.status_code == 303
    assert entry(database, "cat").question == "ごみの 出し方を、知りたい！"


def test_the_test_box_says_what_would_change_and_changes_nothing(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/try/faq", {**NEW, "tried": "迷い猫"})
    assert answer.status_code == 200
    assert "この内容を公開すると すぐに答えます。 猫がいなくなりました （この内容）" in aoi.words
    assert "3個のうち、3個でこの答えが最初に出ます" in aoi.words
    assert typed(aoi)["wordings"] == "ねこをさがしている\n迷い猫"
    assert row(database, ENTRIES, "cat") is None
    part = aoi.post("/console/knowledge/try/faq?part=tried", {**NEW, "tried": "迷い猫"})
    assert "<html" not in part.get_data(as_text=True)


def test_hard_words_placeholders_and_the_phone_are_shown_while_writing(aoi: Browser) -> None:
    aoi.get("/console/knowledge/new/faq")
    hard = "スキームを使わないわけではありません。見本の 000-0000-0000 に電話します。"
    aoi.post("/console/knowledge/try/faq?part=checks", {**NEW, "answer": hard, "easy": "でんわ"})
    words = aoi.words
    assert "「スキーム」は分かりにくい外来語です。「しくみ」" in words
    assert "「ないわけではありません」は二重の否定です" in words
    assert "「000-0000-0000」が残っています" in words
    assert 'class="phone-text is-lg">スキーム' in aoi.page
    assert "やさしい日本語" in words


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("question", "", "入力してください"),
        ("answer", "あ" * 5000, "2000文字まで"),
        ("expires", "あした", "日付として読めません"),
        ("source_url", "city.example", "アドレスとして読めません"),
        ("source_url", "http://city.example/", "http:// のページはLINEで開けません"),
        ("phone", "590000000", "先頭の0がありません"),
        ("procedure", "手続き", "半角の英字"),
        ("id", "ねこ", "半角の英字"),
    ],
)
def test_a_field_that_is_wrong_is_explained_and_everything_typed_stays(
    database: Database, aoi: Browser, field: str, value: str, said: str
) -> None:
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/new/faq", {**NEW, field: value})
    assert answer.status_code == 422
    assert said in aoi.words
    assert typed(aoi) == {**typed(aoi), **NEW, field: value}
    assert row(database, ENTRIES, "cat") is None


def test_markup_emoji_and_unseen_signs_are_kept_as_words_or_told(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/faq")
    odd = "<script>alert(1)</script>{{ 7*7 }} 👨‍👩‍👧‍👦\u202eです\u202c。"
    answer = aoi.post("/console/knowledge/new/faq", {**NEW, "question": odd, "answer": odd})
    kept = "<script>alert(1)</script>{{ 7*7 }} 👨‍👩‍👧‍👦です。"
    assert (entry(database, "cat").question, entry(database, "cat").answer) == (kept, kept)
    aoi.get(answer.location)
    assert "見えない記号が4個" in aoi.words
    assert "<script>alert" not in aoi.page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }} 👨‍👩‍👧‍👦です。" in aoi.page


def test_a_card_that_line_would_refuse_is_not_published(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/new/faq")
    lines = "\n".join(f"{n}番目の{'長' * 190}" for n in range(60))
    answer = aoi.post("/console/knowledge/new/faq", {**NEW, "bring": lines})
    assert answer.status_code == 422
    assert "1枚のカードに入りません" in aoi.words
    assert typed(aoi)["bring"] == lines
    kept = aoi.post("/console/knowledge/new/faq", {**NEW, "bring": lines, "state": "draft"})
    assert kept.status_code == 303
    assert entry(database, "cat").kept.state is State.DRAFT


def test_what_was_being_written_comes_back_until_it_is_saved_or_dropped(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    aoi.post("/console/drafts/knowledge:faq:bin", asked(aoi, answer="書きかけ"))
    aoi.get("/console/knowledge/faq/bin/edit")
    assert typed(aoi)["answer"] == "書きかけ"
    hinata.get("/console/knowledge/faq/bin/edit")
    assert "見本 職員さんが編集中です" in hinata.words
    hinata.post("/console/knowledge/faq/bin/edit", asked(hinata, answer="先に保存。"))
    aoi.get("/console/knowledge/faq/bin/edit")
    assert "先に保存しました" in aoi.words
    aoi.post("/console/knowledge/faq/bin/drop-draft")
    aoi.get("/console/knowledge/faq/bin/edit")
    assert typed(aoi)["answer"] == "先に保存。"


# ---------------------------------------------------------------- finding
