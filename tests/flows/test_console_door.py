"""At the console's door: signing in and out, cookies, tokens, headers, and what is refused."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from bot.clocks import real_time
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import accounts, drafts, sessions, setup
from bot.staff.passwords import Passwords
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.staff_at_work import PASSWORD, Colleague, colleague

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@pytest.fixture
def app(database: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(database, sealer))


@pytest.fixture
def tanaka(database: Database, sealer: Sealer) -> Colleague:
    return colleague(database, sealer, "tanaka", [Role.SUPPORT], real_time())


def test_a_person_signs_in_with_password_and_code_and_sees_who_they_are(
    app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    assert browser.get("/console/").headers["Location"] == "/console/sign-in"
    assert browser.sign_in(tanaka).headers["Location"] == "/console/"
    assert "見本 職員 相談支援" in browser.words
    assert "前回のサインイン：" in browser.words


def test_one_is_led_where_one_was_going_and_nowhere_else(app: Flask, tanaka: Colleague) -> None:
    ends = []
    for wanted in (
        "/console/me",
        "//evil.example/",
        "/console//evil.example",
        "https://evil.example",
    ):
        browser = Browser(app)
        browser.get("/console/sign-in")
        browser.post("/console/sign-in", {"login": "tanaka", "password": PASSWORD, "next": wanted})
        browser.get("/console/sign-in/code")
        code = tanaka.recovery_codes.pop()
        done = browser.post("/console/sign-in/code", {"code": code, "next": wanted})
        ends.append(done.headers["Location"])
    assert ends == ["/console/me", "/console/", "/console/", "/console/"]


def test_the_cookie_changes_at_each_step_and_the_old_ones_are_dead(
    app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.get("/console/sign-in")
    held = [browser.cookie()]
    browser.post("/console/sign-in", {"login": "tanaka", "password": PASSWORD})
    held.append(browser.cookie())
    browser.get("/console/sign-in/code")
    browser.post("/console/sign-in/code", {"code": tanaka.code(real_time())})
    held.append(browser.cookie())
    assert len(set(held)) == 3
    for old in held[:2]:
        thief = Browser(app)
        thief.client.set_cookie("madoguchi", old, domain="127.0.0.1")
        assert thief.get("/console/me").status_code == 303


def test_a_copied_cookie_is_dead_after_sign_out_and_the_browser_forgets(
    app: Flask, tanaka: Colleague
) -> None:
    browser, thief = Browser(app), Browser(app)
    browser.sign_in(tanaka)
    thief.client.set_cookie("madoguchi", browser.cookie(), domain="127.0.0.1")
    assert thief.get("/console/me").status_code == 200
    done = browser.post("/console/sign-out")
    assert done.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert browser.cookie() == ""
    assert thief.get("/console/me").status_code == 303


def test_with_https_the_cookie_is_bound_to_the_host(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    app = app_with_console(services(database, sealer, base_url="https://madoguchi.example"))
    browser = Browser(app, https=True)
    given = browser.get("/console/sign-in").headers["Set-Cookie"]
    assert re.sub(r"=[\w-]{43}", "=…", given) == (
        "__Host-madoguchi=…; Secure; HttpOnly; Path=/; SameSite=Lax"
    )


def test_only_on_loopback_the_cookie_goes_without_https(app: Flask) -> None:
    loopback = Browser(app).get("/console/sign-in").headers["Set-Cookie"]
    assert re.sub(r"=[\w-]{43}", "=…", loopback) == "madoguchi=…; HttpOnly; Path=/; SameSite=Lax"
    elsewhere = app.test_client().get("/console/sign-in", base_url="http://madoguchi.example")
    assert "__Host-madoguchi" in elsewhere.headers["Set-Cookie"]
    assert "; Secure;" in elsewhere.headers["Set-Cookie"]


def test_unknown_name_and_wrong_password_get_the_same_page(app: Flask, tanaka: Colleague) -> None:
    pages = []
    for login in ("tanaka", "nobody"):
        browser = Browser(app, address=f"192.0.2.{len(pages) + 1}")
        browser.get("/console/sign-in")
        done = browser.post("/console/sign-in", {"login": login, "password": "wrong"})
        pages.append((done.status_code, browser.words.replace(login, "")))
    assert pages[0] == pages[1]
    assert "ログイン名かパスワードが違います。" in pages[0][1]


@pytest.mark.slow
@pytest.mark.alone
def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    real = Passwords()
    app = app_with_console(replace(services(database, sealer), passwords=real))
    with database.writing() as session:
        row = accounts.by_login(session, "tanaka")
        assert row is not None
        row.password_hash = real.hash(PASSWORD)
    spent: dict[str, float] = {}
    for login in ("tanaka", "nobody"):
        tries = []
        for turn in range(4):
            browser = Browser(app, address=f"192.0.2.{turn}")
            browser.get("/console/sign-in")
            before = time.perf_counter()
            browser.post("/console/sign-in", {"login": login, "password": "wrong"})
            tries.append(time.perf_counter() - before)
        spent[login] = min(tries)
    assert abs(spent["tanaka"] - spent["nobody"]) < 0.5 * max(spent.values())


def test_after_five_failures_one_waits_and_is_told_so(app: Flask, tanaka: Colleague) -> None:
    browser = Browser(app)
    statuses = []
    for _ in range(6):
        browser.get("/console/sign-in")
        fields = {"login": "tanaka", "password": "wrong"}
        statuses.append(browser.post("/console/sign-in", fields).status_code)
    assert statuses == [422] * 5 + [429]
    assert "1分ほど待ってから" in browser.words


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_without_its_token_nothing_is_done(app: Flask, tanaka: Colleague, token: str) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    assert browser.post("/console/sign-out", token=token).status_code == 400
    assert browser.get("/console/me").status_code == 200


def test_a_token_of_another_session_is_refused(
    database: Database, sealer: Sealer, app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    other = at_work(database, sealer, app, "sato", Role.SUPPORT)
    assert browser.post("/console/sign-out", token=other.token).status_code == 400
    assert browser.post("/console/sign-out").status_code == 303


def test_a_request_from_another_site_is_refused_even_with_its_token(
    app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    done = browser.client.post(
        "/console/sign-out",
        data={"csrf_token": browser.token},
        headers={"Sec-Fetch-Site": "cross-site"},
        base_url="http://127.0.0.1",
    )
    assert done.status_code == 400
    assert browser.get("/console/me").status_code == 200


def test_lines_door_asks_for_no_token_and_gets_no_cookie(app: Flask) -> None:
    done = app.test_client().post("/callback", data=b"{}")
    assert (done.status_code, "Set-Cookie" in done.headers) == (200, False)


@pytest.mark.parametrize(
    "path", ["/console/sign-in", "/console/", "/console/nowhere", "/console/people"]
)
def test_every_answer_carries_the_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path, base_url="http://127.0.0.1").headers
    wanted = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    assert {name: headers.get(name) for name in wanted} == wanted


def test_what_was_typed_in_an_ended_session_is_kept_and_can_be_sent_again(
    database: Database, sealer: Sealer, app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    with database.writing() as session:
        sessions.end_all(session, tanaka.id)
    typed = {"text": "長い<b>答え</b>", "password": "secret words"}
    done = browser.post("/console/drafts/entry-1", typed)
    assert done.status_code == 401
    assert "長い<b>答え</b>" in browser.words
    assert "secret words" not in browser.page
    browser.sign_in(tanaka, real_time() + timedelta(seconds=30))
    old = browser.token
    done = browser.post("/console/drafts/entry-1", typed, token="of the session before")
    assert (done.status_code, "長い<b>答え</b>" in browser.words) == (400, True)
    assert browser.post("/console/drafts/entry-1", typed, token=old).status_code == 200


def test_a_draft_is_kept_for_its_writer_alone_and_without_secrets(
    database: Database, sealer: Sealer, app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    done = browser.post("/console/drafts/entry-1", {"text": "書きかけ", "code": "123456"})
    assert done.get_json()["words"].endswith("に自動で保存しました")
    with database.reading() as session:
        kept = drafts.find(session, sealer, tanaka.id, "entry-1")
        assert kept is not None
        assert kept.fields == {"text": "書きかけ"}
        assert drafts.find(session, sealer, tanaka.id + 1, "entry-1") is None


def test_asking_how_long_is_left_does_not_prolong_the_session(
    database: Database, sealer: Sealer, app: Flask, tanaka: Colleague
) -> None:
    browser = Browser(app)
    browser.sign_in(tanaka)
    with database.writing() as session:
        visit = sessions.find(session, sealer, browser.cookie(), real_time())
        assert visit is not None
        sessions.touch(session, visit.id, real_time() - timedelta(minutes=20))
    assert 590 <= browser.get("/console/stay").get_json()["seconds_left"] <= 600
    assert browser.post("/console/stay").get_json()["seconds_left"] >= 1790


def test_a_link_sets_a_person_up_from_password_to_recovery_codes(
    database: Database, sealer: Sealer, app: Flask, tanaka: Colleague
) -> None:
    with database.writing() as session:
        link = setup.issue(session, sealer, tanaka.id, real_time())
    browser = Browser(app)
    for _ in range(2):
        assert browser.get(f"/console/set-up/{link}").status_code == 200
    short = {"password": "short", "again": "short"}
    assert browser.post(f"/console/set-up/{link}", short).status_code == 422
    unlike = {"password": PASSWORD, "again": PASSWORD + "ね"}
    assert browser.post(f"/console/set-up/{link}", unlike).status_code == 422
    chosen = {"password": PASSWORD, "again": PASSWORD}
    assert browser.post(f"/console/set-up/{link}", chosen).headers["Location"] == "/console/set-up"
    browser.get("/console/set-up")
    assert "data:image/svg+xml;base64," in browser.page
    found = re.search(r'<p class="code">([A-Z2-7 ]+)</p>', browser.page)
    assert found is not None
    phone = Colleague(0, "", found.group(1).replace(" ", ""), [], "")
    assert browser.post("/console/set-up", {"code": "000000"}).status_code == 422
    browser.post("/console/set-up", {"code": phone.code(real_time())})
    assert len(re.findall(r'<li class="code">', browser.page)) == 10
    assert browser.get("/console/me").status_code == 200
    assert Browser(app).get(f"/console/set-up/{link}").status_code == 410


def test_an_unknown_link_says_so(app: Flask) -> None:
    browser = Browser(app)
    assert browser.get("/console/set-up/nonsense").status_code == 410
    assert "もう使えません" in browser.words
    assert browser.post("/console/set-up", {"code": "123456"}).status_code == 410
