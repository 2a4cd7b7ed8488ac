"""A button under an announcement leads somewhere, and the news of a class comes before it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from flask import Flask

from bot.campaigns import cautions
from bot.campaigns.leads import Gone
from bot.campaigns.rules import Button, Card, Draft, State, Why, Wish, Words
from bot.campaigns.service import Checked
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.announcing import TERMS, Office, befriend_all, written
from tests.flows.chatting import CivilTime
from tests.flows.class_at_work import Classes
from tests.flows.console_at_work import at_work


@pytest.fixture
def office(city_database: Database, sealer: Sealer, civil: CivilTime) -> Office:
    return Office(city_database, sealer, civil)


@pytest.fixture
def classes(office: Office) -> Classes:
    return Classes(office.database, office.sealer)


def leading(*buttons: tuple[str, str], at: datetime | None = None) -> Draft:
    made = tuple(Button("押す", to, argument) for to, argument in buttons)
    card = Card("題", "本文", buttons=made)
    return written(parts=(Words("教室です。"), card), wish=Wish(at))


def wrong(office: Office, draft: Draft) -> Iterable[str]:
    outcome = office.checks(office.drafts(draft))
    return [] if outcome == Checked() else [one.what for one in outcome.faults]


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "https:///page",
        "https://?q=1",
        "https://city",
        "https://.jp/",
        "https://www.city.example/a b",
        "https://www.city.example:port/",
        "https://[::1",
        "http://www.city.example/",
    ],
)
def test_an_address_must_be_whole(office: Office, address: str) -> None:
    assert wrong(office, leading(("link", address))) == ["address"]


def test_a_whole_address_passes(office: Office) -> None:
    whole = "https://www.city.example:8443/kosodate/teate.html?from=line#top"
    assert wrong(office, leading(("link", whole))) == []


def test_a_class_must_be_open_and_a_procedure_published(office: Office, classes: Classes) -> None:
    open_class = classes.session()
    begun = classes.session(starts=office.civil() - timedelta(hours=1))
    for argument in ("s=99999", "s=", "s=x", "s=" + "9" * 30, f"s={begun}"):
        assert wrong(office, leading(("class_pick", argument))) == ["no_class_pick"]
    for argument in ("p=P999", "p="):
        assert wrong(office, leading(("procedure", argument))) == ["no_procedure"]
    with office.database.reading() as session:
        published = knowledge.procedures(session)[0].id
    there = leading(("class_pick", f"s={open_class}"), ("procedure", f"p={published}"))
    assert wrong(office, there) == []


def looks_ahead(office: Office, draft: Draft) -> list[Gone]:
    with office.database.reading() as session:
        seen = cautions.prospect(
            session,
            draft,
            now=office.civil(),
            terms=TERMS,
            quota_left=None,
            is_off=lambda _day: False,
        )
    return [one for one in seen.cautions if isinstance(one, Gone)]


def test_staff_are_warned_of_a_class_that_has_begun_or_is_full_at_the_start(
    office: Office, classes: Classes
) -> None:
    number = classes.session(capacity=1)
    starts = classes.plan().dates[0][0]
    button = ("class_pick", f"s={number}")
    before, after = starts - timedelta(days=1), starts + timedelta(minutes=1)
    assert looks_ahead(office, leading(button, at=before)) == []
    late = leading(button, at=after)
    assert looks_ahead(office, late) == [Gone("はじめてのスマホ", starts, is_full=False)]
    classes.books(classes.resident(), number)
    full = looks_ahead(office, leading(button, at=before))
    assert full == [Gone("はじめてのスマホ", starts, is_full=True)]


def test_the_news_of_a_class_that_is_over_waits_for_a_person_who_may_let_it_go(
    office: Office, classes: Classes
) -> None:
    befriend_all(office, 3)
    number = classes.session(capacity=1)
    campaign_id = office.announces(leading(("class_pick", f"s={number}")))
    classes.books(classes.resident(), number)
    office.goes_round()
    held = office.find(campaign_id)
    assert (held.state, held.why) == (State.HELD, Why.CLASS_OVER)
    office.sends_after_all(campaign_id)
    assert office.numbers(campaign_id).sent == 3


def test_the_warning_is_read_on_the_page_before_the_check(
    database: Database, sealer: Sealer, civil: CivilTime, app: Flask
) -> None:
    office, classes = Office(database, sealer, civil), Classes(database, sealer)
    befriend_all(office, 3)
    number = classes.session()
    at = classes.plan().dates[0][1]
    campaign_id = office.drafts(leading(("class_pick", f"s={number}"), at=at))
    writer = at_work(database, sealer, app, "writer", Role.ANNOUNCER)
    page = writer.get(f"/console/news/{campaign_id}").text
    assert "「はじめてのスマホ」（12月4日（金））は、送る時には始まっているか" in page
    broken = office.drafts(leading(("class_pick", "s=99999"), ("procedure", "p=P999")))
    page = writer.get(f"/console/news/{broken}").text
    assert "2番目：ボタンの教室が見つからないか、もう申し込めません。" in page
    assert "2番目：ボタンの手続きが見つからないか、公開されていません。" in page
