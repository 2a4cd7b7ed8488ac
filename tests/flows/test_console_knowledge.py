"""Staff keep the knowledge: find it, change it, see it first, and it is live once saved."""

import threading
from datetime import date

import pytest
from flask import Flask

from bot.answers.values import Outcome
from bot.db import Database
from bot.knowledge.shelves import ENTRIES, PROCEDURES
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, Procedure, State
from bot.questions import entry_counts, service
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, at_work
from tests.flows.knowledge_at_work import (
    BIN,
    DOG,
    NOW,
    actions,
    asked,
    engine_of,
    entry,
    knowledge_app,
    knows,
    row,
    typed,
)
from tests.flows.reviewing import asks


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    knows(database, BIN, DOG)
    return knowledge_app(database, sealer, civil=lambda: NOW)


@pytest.fixture
def aoi(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "aoi", Role.SUPPORT)


@pytest.fixture
def hinata(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "hinata", Role.SUPPORT)


NEW = {
    "read_at": "0",
    "id": "cat",
    "question": "猫がいなくなりました",
    "answer": "保健所に聞いてください。",
    "wordings": "ねこをさがしている\n迷い猫",
    "topic": "動物",
    "section": "kankyo",
}


def test_what_is_saved_answers_residents_at_once(database: Database, aoi: Browser) -> None:
    engine = engine_of(database)
    assert engine().ask("迷い猫").outcome is not Outcome.DIRECT
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/new/faq", NEW)
    assert answer.location == "/console/knowledge/faq/cat"
    aoi.get(answer.location)
    assert "公開しました" in aoi.words
    found = engine().ask("迷い猫")
    assert (found.outcome, found.ranked[0].entry_id) == (Outcome.DIRECT, "cat")
    assert entry(database, "cat").wordings == ("ねこをさがしている", "迷い猫")
    assert actions(database) == [("aoi", "knowledge.added", "faq", "cat")]


def test_sending_the_same_form_twice_makes_one_entry(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/new/faq")
    token = aoi.token
    first = aoi.post("/console/knowledge/new/faq", NEW, token=token)
    second = aoi.post("/console/knowledge/new/faq", NEW, token=token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert entry(database, "cat").kept.version == 1
    assert len(actions(database)) == 1


def test_an_id_that_is_taken_is_told_and_never_overwritten(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/faq")
    answer = aoi.post("/console/knowledge/new/faq", {**NEW, "id": "dog"})
    assert answer.status_code == 409
    assert "このIDは、もう使われています" in aoi.words
    assert (typed(aoi)["question"], typed(aoi)["read_at"]) == ("猫がいなくなりました", "0")
    again = aoi.post("/console/knowledge/new/faq", asked(aoi, id="dog"))
    assert again.status_code == 409
    assert entry(database, "dog").question == DOG.question


def test_a_change_is_a_version_that_can_be_gone_back_to(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    assert typed(aoi)["expires"] == "令和81年3月31日"
    fields = asked(aoi, answer="朝7時までに出します。", expires="R9.3.31")
    answer = aoi.post("/console/knowledge/faq/bin/edit", fields)
    assert entry(database, "bin").expires == date(2027, 3, 31)
    aoi.get(answer.location)
    assert "元に戻す" in aoi.words
    aoi.get("/console/knowledge/faq/bin/history")
    assert "消した： 朝8時までに出します。" in aoi.words
    assert "加えた： 朝7時までに出します。" in aoi.words
    refused = aoi.post("/console/knowledge/faq/bin/restore", {"version": "1"})
    assert refused.status_code == 422
    assert entry(database, "bin").kept.version == 2
    aoi.post("/console/knowledge/faq/bin/restore", {"version": "1", "reason": "前の時刻が正しい"})
    assert (entry(database, "bin").answer, entry(database, "bin").kept.version) == (BIN.answer, 3)
    assert actions(database)[0] == ("aoi", "knowledge.restored", "faq", "bin")


def test_right_after_saving_one_press_takes_it_back(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    answer = aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, answer="まちがい。"))
    aoi.get(answer.location)
    aoi.post("/console/knowledge/faq/bin/restore", {"version": "1", "undo": "1"})
    assert entry(database, "bin").answer == BIN.answer


def test_when_a_colleague_was_quicker_both_texts_are_shown_and_mine_stays(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    for browser in (aoi, hinata):
        browser.get("/console/knowledge/faq/bin/edit")
    hinata.post("/console/knowledge/faq/bin/edit", asked(hinata, answer="朝7時までに出します。"))
    mine = asked(aoi, answer="朝6時までに出します。")
    refused = aoi.post("/console/knowledge/faq/bin/edit", mine)
    assert refused.status_code == 409
    assert "消した： 朝7時までに出します。 加えた： 朝6時までに出します。" in aoi.words
    assert entry(database, "bin").answer == "朝7時までに出します。"
    again = asked(aoi)
    assert (again["answer"], again["read_at"]) == ("朝6時までに出します。", "2")
    aoi.post("/console/knowledge/faq/bin/edit", again)
    assert entry(database, "bin").answer == "朝6時までに出します。"


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


def test_a_draft_is_not_met_by_residents_until_it_is_published(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/faq/bin/edit")
    aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, state="draft"))
    assert engine_of(database)().ask("ゴミ出し").outcome is Outcome.UNANSWERED
    aoi.get("/console/knowledge/faq/bin/edit")
    aoi.post("/console/knowledge/faq/bin/edit", asked(aoi, state="published"))
    assert engine_of(database)().ask("ゴミ出し").outcome is Outcome.DIRECT


def test_removing_needs_a_reason_and_can_be_taken_back(database: Database, aoi: Browser) -> None:
    aoi.get("/console/knowledge/faq/dog/remove")
    assert aoi.post("/console/knowledge/faq/dog/remove", {"read_at": "1"}).status_code == 422
    gone = {"read_at": "1", "reason": "もう扱わない"}
    aoi.post("/console/knowledge/faq/dog/remove", gone)
    assert entry(database, "dog").kept.state is State.REMOVED
    aoi.post("/console/knowledge/faq/dog/remove", gone)
    assert [action for _, action, _, _ in actions(database)] == ["knowledge.removed"]
    aoi.get("/console/knowledge?state=removed")
    assert "犬を飼い始めました" in aoi.words
    aoi.post("/console/knowledge/faq/dog/restore", {"version": "1", "reason": "また扱う"})
    assert entry(database, "dog").kept.state is State.PUBLISHED


def test_removing_what_a_colleague_just_changed_asks_again(
    database: Database, aoi: Browser, hinata: Browser
) -> None:
    hinata.get("/console/knowledge/faq/dog/edit")
    hinata.post("/console/knowledge/faq/dog/edit", asked(hinata, answer="窓口へ。"))
    aoi.get("/console/knowledge/faq/dog/remove")
    answer = aoi.post("/console/knowledge/faq/dog/remove", {"read_at": "1", "reason": "不要"})
    assert answer.status_code == 409
    assert entry(database, "dog").kept.state is State.PUBLISHED


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


def titles(browser: Browser, address: str) -> list[str]:
    browser.get(address)
    known = (BIN.question, DOG.question, "期限の切れた質問", "担当のない質問")
    return [title for title in known if f">{title}</a>" in browser.page]


def test_entries_are_found_by_words_topic_section_and_what_needs_care(
    database: Database, aoi: Browser
) -> None:
    old = KnowledgeEntry(
        id="old",
        question="期限の切れた質問",
        answer="a",
        section="gomi",
        expires=date(2026, 11, 23),
    )
    bare = KnowledgeEntry(id="bare", question="担当のない質問", answer="a", section="昔の課")
    knows(database, old, bare)
    at = "/console/knowledge"
    assert titles(aoi, f"{at}?q=ｺﾞﾐ出し") == [BIN.question]
    assert titles(aoi, f"{at}?q=8時 朝") == [BIN.question]
    assert titles(aoi, f"{at}?q=100%25") == []
    assert titles(aoi, f"{at}?topic=動物") == [DOG.question]
    assert titles(aoi, f"{at}?section=gomi") == [BIN.question, "期限の切れた質問"]
    assert titles(aoi, f"{at}?care=expired") == ["期限の切れた質問"]
    assert titles(aoi, f"{at}?care=ownerless") == ["担当のない質問"]
    assert titles(aoi, f"{at}?state=draft") == []
    assert titles(aoi, "/console/search?q=犬") == [DOG.question]
    aoi.get("/console/")
    assert "期限が過ぎた・近い知識" in aoi.words
    assert "11月23日（月）：期限の切れた質問" in aoi.words


def test_entries_nobody_saw_and_those_that_did_not_help_are_found(
    database: Database, aoi: Browser
) -> None:
    for who in ("mio", "ren", "sora"):
        number = asks(database, "ごみ", who, outcome="direct", shown=("bin",))
        with database.writing() as session:
            service.react(session, number, who, False, NOW)
    assert titles(aoi, "/console/knowledge?care=often_no") == [BIN.question]
    assert titles(aoi, "/console/knowledge?care=never") == [DOG.question]
    aoi.get("/console/knowledge?q=ごみ")
    assert "読まれた 3回（はい 0・いいえ 3）" in aoi.words
    asks(database, "犬", outcome="candidates", shown=("bin", "dog"))
    assert titles(aoi, "/console/knowledge?care=never") == []
    with database.reading() as session:
        assert entry_counts.counts(session, NOW)["bin"] == entry_counts.EntryCount(3, 0, 3)


def test_many_entries_come_by_pages(database: Database, aoi: Browser) -> None:
    knows(
        database,
        *(KnowledgeEntry(id=f"e{n:03}", question=f"質問{n:03}", answer="a") for n in range(120)),
    )
    aoi.get("/console/knowledge?q=質問&page=3")
    assert "3／3ページ" in aoi.words
    assert ">質問119</a>" in aoi.page
    assert ">質問099</a>" not in aoi.page
    assert aoi.get("/console/knowledge?page=99999999999999999999").status_code == 200


# ---------------------------------------------------------------- roles, procedures


@pytest.mark.parametrize("role", [Role.VIEWER, Role.COUNTER])
def test_who_may_only_read_sees_everything_and_changes_nothing(
    database: Database, sealer: Sealer, app: Flask, role: Role
) -> None:
    reader = at_work(database, sealer, app, "reader", role)
    for path in ("knowledge", "knowledge/faq/bin", "knowledge/faq/bin/history"):
        assert reader.get(f"/console/{path}").status_code == 200
        assert "/edit" not in reader.page
    assert reader.get("/console/knowledge/faq/bin/edit").status_code == 403
    answer = reader.post("/console/knowledge/faq/bin/edit", {**NEW, "read_at": "1"})
    assert answer.status_code == 403
    assert entry(database, "bin").kept.version == 1


def test_a_procedure_is_made_changed_and_found_by_how_far_it_is_online(
    database: Database, aoi: Browser
) -> None:
    aoi.get("/console/knowledge/new/procedures")
    fields = {
        "read_at": "0",
        "id": "P900",
        "name": "飼い犬の登録",
        "life_events": "ペット",
        "online_status": "2",
        "planned_year": "令和9年度",
        "needed": "本人確認書類\n注射の証明",
        "section": "kankyo",
        "national": "1",
    }
    answer = aoi.post("/console/knowledge/new/procedures", fields)
    assert answer.status_code == 303
    held = row(database, PROCEDURES, "P900")
    assert isinstance(held, Procedure)
    assert (held.online_status, held.planned_year) == (OnlineStatus.NOT_YET, 2027)
    assert (held.needed, held.national) == (("本人確認書類", "注射の証明"), True)
    aoi.get("/console/knowledge/procedures?online=not_yet&year=2027&q=犬")
    assert ">飼い犬の登録</a>" in aoi.page
    aoi.get("/console/knowledge/procedures?online=done")
    assert ">飼い犬の登録</a>" not in aoi.page
    aoi.get("/console/knowledge/procedures/P900/edit")
    assert typed(aoi)["planned_year"] == "令和9年度"
    unticked = {k: v for k, v in asked(aoi, online_status="1").items() if k != "national"}
    aoi.post("/console/knowledge/procedures/P900/edit", unticked)
    held = row(database, PROCEDURES, "P900")
    assert isinstance(held, Procedure)
    assert (held.online_status, held.national) == (OnlineStatus.DONE, False)


def test_of_two_who_save_at_the_same_moment_one_is_told_and_nothing_is_lost(
    database: Database, app: Flask, aoi: Browser, hinata: Browser
) -> None:
    forms = {}
    for browser, answer in ((aoi, "朝7時まで。"), (hinata, "朝6時まで。")):
        browser.get("/console/knowledge/faq/bin/edit")
        forms[browser] = asked(browser, answer=answer)
    together = threading.Barrier(2)
    statuses: list[int] = []

    def save(browser: Browser) -> None:
        together.wait()
        saved = browser.post("/console/knowledge/faq/bin/edit", forms[browser])
        statuses.append(saved.status_code)

    threads = [threading.Thread(target=save, args=(browser,)) for browser in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 409]
    assert entry(database, "bin").kept.version == 2
    told = aoi if "先に保存しました" in aoi.words else hinata
    assert typed(told)["answer"] == forms[told]["answer"]
    assert len(actions(database)) == 1
