"""Behind the door: my account, the list of staff, the audit trail, today."""

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue

from bot.clocks import real_time
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import accounts, audit
from bot.staff.audit import Action, Search
from bot.staff.rules import Role
from handlers.console.contents import SECTIONS
from handlers.console.desk import Desk
from handlers.console.routing import STAFF, Card, Section
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.staff_at_work import PASSWORD, Colleague, colleague


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer))


@pytest.fixture
def boss(database: Database, sealer: Sealer, app: Flask) -> Browser:
    return at_work(database, sealer, app, "boss", Role.ADMIN)


@pytest.fixture
def tanaka(database: Database, sealer: Sealer) -> Colleague:
    return colleague(database, sealer, "tanaka", [Role.SUPPORT], real_time())


def actions(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = [row.done for row in audit.find(session, Search())]
    return [(row.actor, row.action, row.item_id) for row in rows]


def roles_of(database: Database, sealer: Sealer, who: Colleague) -> list[str]:
    with database.reading() as session:
        person = accounts.find(session, sealer, who.id)
    assert person is not None
    return sorted(person.roles)


def test_an_admin_adds_a_person_and_hands_over_a_link(
    database: Database, sealer: Sealer, app: Flask, boss: Browser
) -> None:
    fields = {"login": "Suzuki", "name": "見本 新人", "roles": ["counter", "viewer"]}
    boss.post("/console/people/new", fields)
    found = re.search(r"http://127\.0\.0\.1(/console/set-up/[\w-]{43})", boss.page)
    assert found is not None
    assert Browser(app).get(found.group(1)).status_code == 200
    assert actions(database)[0] == ("boss", "staff.added", "suzuki")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"login": "tanaka", "name": "n", "roles": "viewer"}, "もう使われています"),
        ({"login": "田中", "name": "n", "roles": "viewer"}, "半角の英小文字"),
        ({"login": "a" * 41, "name": "n", "roles": "viewer"}, "40文字までにしてください"),
        ({"login": "new", "name": "", "roles": "viewer"}, "入力してください"),
        ({"login": "new", "name": "n"}, "入力してください"),
        ({"login": "new", "name": "n", "roles": "emperor"}, "半角の英小文字"),
    ],
)
def test_a_person_who_cannot_be_added_is_explained(
    boss: Browser, tanaka: Colleague, fields: dict[str, str], said: str
) -> None:
    assert boss.post("/console/people/new", fields).status_code == 422
    assert said in boss.words


def test_changed_roles_end_the_persons_sessions_and_are_written_down(
    database: Database, sealer: Sealer, app: Flask, boss: Browser, tanaka: Colleague
) -> None:
    hers = Browser(app)
    hers.sign_in(tanaka)
    boss.post(f"/console/people/{tanaka.id}/roles", {"roles": ["viewer", "counter"]})
    assert roles_of(database, sealer, tanaka) == ["counter", "viewer"]
    assert hers.get("/console/me").status_code == 303
    with database.reading() as session:
        done = audit.find(session, Search())[0].done
    assert (done.before, done.after) == (
        {"roles": ["support"], "disabled": False},
        {"roles": ["counter", "viewer"], "disabled": False},
    )


def test_a_disabled_person_is_out_at_once(app: Flask, boss: Browser, tanaka: Colleague) -> None:
    hers = Browser(app)
    hers.sign_in(tanaka)
    boss.post(f"/console/people/{tanaka.id}/disable")
    assert hers.get("/console/me").status_code == 303
    boss.get(f"/console/people/{tanaka.id}")
    assert "停止中" in boss.words
    boss.post(f"/console/people/{tanaka.id}/enable")
    boss.get(f"/console/people/{tanaka.id}")
    assert "停止中" not in boss.words


def test_nobody_shuts_themselves_out_nor_takes_the_last_admin_away(
    database: Database, boss: Browser
) -> None:
    with database.reading() as session:
        row = accounts.by_login(session, "boss")
    assert row is not None
    boss.post(f"/console/people/{row.id}/disable")
    boss.get("/console/people")
    assert "自分のアカウントは停止できません" in boss.words
    boss.post(f"/console/people/{row.id}/roles", {"roles": "viewer"})
    boss.get("/console/people")
    assert "管理の担当者が一人もいなくなる" in boss.words


def test_posting_more_than_the_form_has_changes_nothing_more(
    database: Database, sealer: Sealer, app: Flask, boss: Browser, tanaka: Colleague
) -> None:
    hers = Browser(app)
    hers.sign_in(tanaka)
    extra = {
        "current": PASSWORD,
        "password": "あたらしい合言葉はこれです",
        "again": "あたらしい合言葉はこれです",
        "role": "admin",
        "roles": "admin",
        "staff_id": "1",
        "approved_by": "tanaka",
        "disabled_at": "",
    }
    assert hers.post("/console/me/password", extra).status_code == 303
    assert roles_of(database, sealer, tanaka) == ["support"]
    boss.post(f"/console/people/{tanaka.id}/name", {"name": "見本 改", "roles": "admin"})
    assert roles_of(database, sealer, tanaka) == ["support"]


def test_another_password_ends_all_other_sessions(app: Flask, tanaka: Colleague) -> None:
    here, there = Browser(app), Browser(app)
    here.sign_in(tanaka)
    there.sign_in(tanaka, real_time() + timedelta(seconds=30))
    assert there.get("/console/me").status_code == 200
    new = "あたらしい合言葉はこれです"
    wrong = {"current": "wrong", "password": new, "again": new}
    assert here.post("/console/me/password", wrong).status_code == 422
    right = {"current": PASSWORD, "password": new, "again": new}
    here.post("/console/me/password", right)
    assert here.get("/console/me").status_code == 200
    assert "パスワードを変えました" in here.words
    assert there.get("/console/me").status_code == 303


def test_the_telephone_is_changed_only_after_another_proof(
    database: Database, app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    asked = browser.get("/console/me/phone")
    assert asked.headers["Location"] == "/console/me/prove?after=account_phone"
    for path in ("/console/me/phone/begin", "/console/me/phone", "/console/me/recovery"):
        assert "/console/me/prove" in browser.post(path, {"code": "1"}).headers["Location"]
    browser.get("/console/me/prove?after=account_phone")
    wrong = {"current": "wrong", "code": tanaka.recovery_codes[1], "after": "account_phone"}
    assert browser.post("/console/me/prove", wrong).status_code == 422
    proof = {"current": PASSWORD, "code": tanaka.recovery_codes[0], "after": "account_phone"}
    assert browser.post("/console/me/prove", proof).headers["Location"] == "/console/me/phone"
    browser.post("/console/me/phone/begin")
    browser.get("/console/me/phone")
    found = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', browser.page)
    assert found is not None
    new = Colleague(tanaka.id, "tanaka", found.group(1).replace(" ", ""), [], "")
    browser.post("/console/me/phone", {"code": new.code(real_time())})
    assert len(re.findall(r'<li class="code">', browser.page)) == 10
    assert ("tanaka", "staff.telephone_changed", "tanaka") in actions(database)
    later = Browser(app)
    later.sign_in(new, real_time() + timedelta(seconds=30))
    assert later.get("/console/me").status_code == 200


def test_all_my_other_browsers_are_signed_out_by_one_button(app: Flask, tanaka: Colleague) -> None:
    here, there = Browser(app), Browser(app)
    here.sign_in(tanaka)
    there.sign_in(tanaka, real_time() + timedelta(seconds=30))
    here.post("/console/me/sessions/end")
    assert [one.get("/console/me").status_code for one in (here, there)] == [200, 303]


def test_an_account_unused_for_ninety_days_is_shown_on_today_and_in_the_list(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    app = app_with_console(
        services(database, sealer, civil=lambda: real_time() + timedelta(days=91))
    )
    boss = at_work(database, sealer, app, "boss", Role.ADMIN)
    assert "90日以上使われていないアカウント 1件 見本 職員" in boss.words
    boss.get("/console/people")
    assert boss.words.count("90日以上使っていません") == 1


def test_the_audit_trail_is_searched_and_its_chain_checked(
    boss: Browser, tanaka: Colleague
) -> None:
    boss.post(f"/console/people/{tanaka.id}/disable")
    boss.get("/console/audit?kind=staff&item=tanaka&since=2020-01-01")
    assert "アカウントを停止しました" in boss.words
    assert "1件" in boss.words
    boss.get("/console/audit?actor=nobody&since=yesterday&before=99999999999999999999999")
    assert "この条件に合う記録はありません。" in boss.words
    boss.post("/console/audit/check")
    boss.get("/console/audit")
    assert "書きかえられたところはありません" in boss.words


def test_the_exported_trail_is_safe_to_open_and_taking_it_is_recorded(
    database: Database, sealer: Sealer, boss: Browser
) -> None:
    with database.writing() as session:
        done = Action(
            "tanaka", "entry.changed", "entry", "=cmd|' /C calc'!A0", None, {"a": 1}, "＝1+1"
        )
        audit.record(session, sealer, done, real_time())
    answer = boss.post("/console/audit/export", {"kind": "entry"})
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row[5] for row in rows] == ["対象", "'=cmd|' /C calc'!A0"]
    assert rows[1][8] == "'＝1+1"
    with database.reading() as session:
        newest = audit.find(session, Search())[0].done
    assert (newest.action, newest.after) == (
        "audit.exported",
        {"rows": 1, "search": {"kind": "entry"}},
    )


def test_the_search_finds_people_for_admins_alone(
    database: Database, sealer: Sealer, app: Flask, boss: Browser, tanaka: Colleague
) -> None:
    boss.get("/console/search?q=tanaka")
    assert "見本 職員（tanaka）" in boss.words
    hers = Browser(app)
    hers.sign_in(tanaka)
    hers.get("/console/search?q=tanaka")
    assert "見本 職員（tanaka）" not in hers.page.split("<main")[1]


def test_a_topic_adds_a_page_a_menu_entry_and_a_card_of_its_own(
    database: Database, sealer: Sealer
) -> None:
    topic = Section("letters")

    @topic.get("/letters", STAFF, menu="console.menu_today")
    def all_letters(desk: Desk) -> ResponseReturnValue:
        return desk.show("today.html", cards=[])

    @topic.card(STAFF)
    def waiting(desk: Desk) -> Card:
        return Card("手紙", 3, desk.to("letters_all_letters"))

    app = app_with_console(services(database, sealer), sections=(*SECTIONS, topic))
    browser = at_work(database, sealer, app, "tanaka", Role.VIEWER)
    assert "手紙 3件" in browser.words
    assert 'href="/console/letters"' in browser.page
    assert browser.get("/console/letters").status_code == 200


def test_a_page_that_fails_says_so_in_our_own_words(
    database: Database, sealer: Sealer, caplog: pytest.LogCaptureFixture
) -> None:
    topic = Section("broken")

    @topic.get("/broken", STAFF)
    def page(_desk: Desk) -> ResponseReturnValue:
        raise RuntimeError("with a secret inside")

    app = app_with_console(services(database, sealer), sections=(*SECTIONS, topic))
    browser = at_work(database, sealer, app, "tanaka", Role.VIEWER)
    assert browser.get("/console/broken").status_code == 500
    assert "こちらの不具合で開けませんでした" in browser.words
    assert "secret" not in browser.page


def test_names_with_markup_are_shown_as_typed(boss: Browser) -> None:
    name = '<script>alert(1)</script>"\u202e😀'
    boss.post("/console/people/new", {"login": "markup", "name": name, "roles": "viewer"})
    boss.get("/console/people")
    assert name in boss.words or "alert(1)" in boss.words
    assert "<script>alert" not in boss.page
