"""Residents' pages: a link works once, by its button, for one; what is written is sealed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

import content
from bot.city import City
from bot.erasure import erasures
from bot.handover import queries
from bot.handover.models import HandoverLine
from bot.line.inbound import resident_key
from bot.links.models import PageLink, PageVisit
from tests.flows.chatting import labels
from tests.flows.handing_over import House, entered, link_in, post_on_page, write

PERSONAL = "見本 花子です。電話は 000-0000-0000 です。"


def test_opening_a_link_shows_one_button_and_changes_nothing(at: House, link: str) -> None:
    phone = at.phone()
    for _ in range(3):
        assert phone.get(link).status_code == 200
        assert phone.page.count("<button") == 1
        assert phone.client.head(link).status_code == 200
    with at.database.reading() as session:
        (row,) = session.scalars(select(PageLink))
        assert row.used_at is None
        assert session.scalars(select(PageVisit)).all() == []
    post_on_page(phone, link)
    assert "市の担当者に伝える" in phone.words


def test_a_link_works_once_also_when_many_press_together(at: House, link: str) -> None:
    gate, locations = threading.Barrier(6), []

    def press() -> None:
        phone = at.phone()
        gate.wait()
        locations.append(phone.post(link).location)

    pressing = [threading.Thread(target=press) for _ in range(6)]
    for one in pressing:
        one.start()
    for one in pressing:
        one.join()
    assert sorted(locations, key=str) == ["/r/talk", *[None] * 5]


def test_a_used_link_says_so_and_a_tap_in_the_chat_sends_a_new_one(at: House, link: str) -> None:
    entered(at, link)
    other = at.phone()
    assert other.get(link).status_code == 410
    assert "このリンクは使えません" in other.words
    assert "<button" not in other.page
    said = at.resident.posts_back("to=talk_page")
    assert "新しいリンクをもらう" in labels(said)
    assert "伝えたいこと" in entered(at, link_in(said)).words


def test_reloading_a_used_link_in_the_same_browser_leads_on(at: House, link: str) -> None:
    phone = entered(at, link)
    assert phone.get(link).status_code == 410
    assert 'href="/r/talk"' in phone.page


def test_a_link_is_dead_after_a_day(at: House, link: str) -> None:
    at.civil.passes(hours=23, minutes=59)
    assert at.phone().get(link).status_code == 200
    at.civil.passes(minutes=2)
    phone = at.phone()
    assert phone.get(link).status_code == 410
    assert phone.post(link).status_code == 410


@pytest.mark.parametrize("change", ["first", "last", "short", "junk"])
def test_a_forged_link_opens_nothing(at: House, link: str, change: str) -> None:
    token = link.removeprefix("/r/")
    swapped = {"A": "B"}.get
    forged = {
        "first": swapped(token[0], "A") + token[1:],
        "last": token[:-1] + swapped(token[-1], "A"),
        "short": token[:-4],
        "junk": "あ" * 48,
    }[change]
    assert at.phone().get(f"/r/{forged}").status_code in (404, 410)
    assert at.phone().post(f"/r/{forged}").status_code in (404, 410)
    assert at.phone().get(link).status_code == 200


def test_a_link_turned_to_another_resident_in_the_database_is_dead(at: House, link: str) -> None:
    """The signature binds resident and purpose: who can write rows can't redirect a link."""
    for values in ({"resident_key": "somebody-else"}, {"purpose": "booking"}):
        with at.database.writing() as session:
            before = {
                name: session.scalars(select(getattr(PageLink, name))).one() for name in values
            }
            session.execute(update(PageLink).values(**values))
        assert at.phone().get(link).status_code == 410
        with at.database.writing() as session:
            session.execute(update(PageLink).values(**before))
    assert at.phone().get(link).status_code == 200


def test_a_link_shows_its_own_residents_words_only(at: House, link: str) -> None:
    phone = entered(at, link)
    write(phone, PERSONAL)
    assert "見本 花子" in phone.words
    other = House(
        **{
            **vars(at),
            "resident": type(at.resident)(
                at.database, at.sealer, at.resident.answering, user_id="U" + "2" * 32
            ),
        }
    )
    other.resident.posts_back("to=talk")
    theirs = entered(other, link_in(other.resident.seen))
    assert "見本 花子" not in theirs.words
    assert at.phone().get("/r/talk").status_code == 403


def test_a_page_is_open_for_half_an_hour_and_nothing_typed_is_lost(at: House, link: str) -> None:
    phone = entered(at, link)
    assert "この画面は、午前10時29分まで使えます。" in phone.words
    with at.database.reading() as session:
        (visit,) = session.scalars(select(PageVisit))
        left = visit.ends_at - at.database.lease_now(session)
    assert 29 * 60 < left.total_seconds() <= 30 * 60
    with at.database.writing() as session:
        session.execute(update(PageVisit).values(ends_at=at.database.lease_now(session)))
    answer = post_on_page(phone, "/r/talk/check", {"text": PERSONAL})
    assert answer.status_code == 403
    assert "ページの時間が終わりました" in phone.words
    assert PERSONAL in phone.words


def test_a_clock_walked_two_days_ahead_ends_no_page_that_is_open(at: House, link: str) -> None:
    phone = entered(at, link)
    at.civil.now = datetime.now(UTC) + timedelta(days=2)
    retention = City.from_toml(content.toml("city.toml")).retention
    with at.database.writing() as session:
        erasures(retention, at.civil)["links"](session)
    with at.database.reading() as session:
        assert session.scalars(select(PageVisit)).one()
        assert session.scalars(select(PageLink)).all() == []
    assert phone.get("/r/talk").status_code == 200


def test_closing_the_page_ends_it_in_a_copied_cookie_too(at: House, link: str) -> None:
    phone = entered(at, link)
    copied = phone.cookie("madoguchi-page")
    post_on_page(phone, "/r/close")
    assert "ページを閉じました" in phone.words
    thief = at.phone()
    thief.client.set_cookie("madoguchi-page", copied, domain="127.0.0.1")
    assert thief.get("/r/talk").status_code == 403


def test_another_site_cannot_send_forms_or_use_links(at: House, link: str) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    here = {"base_url": "http://127.0.0.1"}
    phone = at.phone()
    assert phone.client.post(link, headers=foreign, **here).status_code == 410
    phone = entered(at, link)
    for mark in ("wrong", "ちがう", ""):
        fields = {"text": "あ", "form": "f", "mark": mark}
        assert phone.client.post("/r/talk", data=fields, **here).status_code == 400
    with at.database.reading() as session:
        assert session.scalars(select(HandoverLine)).all() == []


def test_pages_are_not_stored_nor_told_to_others_and_run_nothing(at: House, link: str) -> None:
    phone = at.phone()
    for path in (link, "/r/talk", "/r/nowhere", "/r/" + "A" * 48):
        headers = phone.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
        assert "script-src" not in headers["Content-Security-Policy"]
    assert "00000000000" in phone.page
    cookie = entered(at, link).client.get_cookie("madoguchi-page", domain="127.0.0.1")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site) == (True, "Strict")
    console = at.phone().get("/console/sign-in").headers["Content-Security-Policy"]
    assert "script-src 'self'" in console


def test_with_https_the_cookie_is_bound_to_the_host(at: House, link: str) -> None:
    answer = at.app.test_client().post(link, base_url="https://madoguchi.example")
    assert answer.headers["Set-Cookie"].startswith("__Host-madoguchi-page=")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_links_and_pages_go_with_the_resident(at: House, link: str) -> None:
    phone = entered(at, link)
    write(phone, PERSONAL)
    at.resident.posts_back("to=talk_page")
    another = link_in(at.resident.seen)
    at.resident.posts_back("to=forget_yes")
    assert phone.get("/r/talk").status_code == 403
    assert at.phone().get(another).status_code == 410
    key = resident_key(at.sealer, at.resident.user_id)
    with at.database.reading() as session:
        assert queries.on_page(session, at.sealer, key) == []
        for table in ("page_link", "page_visit", "handover", "handover_line"):
            count = session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            assert (table, count) == (table, 0)
