"""An admin has a set-up link mailed, where the city has a mail server; the address is not kept."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from bot.db import Database
from bot.mail import MailServer
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.test_staff_notices import PostBox, post_box

__all__ = ["post_box"]

NEW = {"login": "sato", "name": "見本 佐藤", "roles": "support", "mail": "sato@city.example"}


def desk_app(database: Database, sealer: Sealer, port: int | None) -> Flask:
    given = services(database, sealer, base_url="http://127.0.0.1")
    url = f"smtp://127.0.0.1:{port}/?from=desk@city.example"
    return app_with_console(
        replace(given, mail=MailServer.from_url(url) if port is not None else None)
    )


@pytest.fixture
def boss(database: Database, sealer: Sealer, post_box: PostBox) -> Browser:
    return at_work(database, sealer, desk_app(database, sealer, post_box.port), "boss", Role.ADMIN)


def test_the_link_is_shown_and_mailed_and_the_address_is_kept_nowhere(
    database: Database, boss: Browser, post_box: PostBox
) -> None:
    boss.get("/console/people/new")
    assert "アドレスは保存しません" in boss.words
    boss.post("/console/people/new", NEW)
    assert "メールでも送りました" in boss.words
    to, subject, words = post_box.words(0)
    shown = re.search(r"http://127\.0\.0\.1/console/set-up/[\w-]+", boss.page)
    assert shown is not None
    assert (to, subject) == ("sato@city.example", "まちの窓口 職員用の設定リンク")
    assert shown.group(0) in words
    boss.get("/console/audit")
    assert "設定リンクをメールで送りました" in boss.words
    assert "sato@city.example" not in boss.page


def test_a_mail_that_is_not_taken_leaves_the_link_on_the_screen(
    boss: Browser, post_box: PostBox
) -> None:
    post_box.refusals.append(b"550 no\r\n")
    boss.get("/console/people/new")
    boss.post("/console/people/new", NEW)
    assert "メールは送れませんでした" in boss.words
    assert "/console/set-up/" in boss.page
    boss.get("/console/people")
    number = re.search(r"/console/people/(\d+)\"[^>]*>見本 佐藤", boss.page)
    assert number is not None
    boss.get(f"/console/people/{number.group(1)}")
    boss.post(f"/console/people/{number.group(1)}/link", {"mail": "sato@city.example"})
    assert "メールでも送りました" in boss.words


@pytest.mark.parametrize("typed", ["sato", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>"])
def test_what_is_no_single_address_is_refused(boss: Browser, post_box: PostBox, typed: str) -> None:
    boss.get("/console/people/new")
    assert boss.post("/console/people/new", {**NEW, "mail": typed}).status_code == 422
    assert "メールアドレスとして読めません" in boss.words
    assert post_box.letters == []


def test_without_a_mail_server_nothing_is_offered_and_nothing_is_sent(
    database: Database, sealer: Sealer, post_box: PostBox
) -> None:
    boss = at_work(database, sealer, desk_app(database, sealer, None), "boss", Role.ADMIN)
    boss.get("/console/people/new")
    assert "メール" not in boss.words
    assert boss.post("/console/people/new", NEW).status_code == 422
    assert post_box.letters == []
