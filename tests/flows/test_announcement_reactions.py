"""What people did in the chat after an announcement is counted for it, and nobody is noted."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.campaigns import links, reactions, results
from bot.campaigns.models import CampaignTally
from bot.campaigns.reactions import Tapped
from bot.campaigns.rules import Button, Card, Words
from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents import preferences
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.speech import campaign_cards
from bot.speech.campaign_cards import Addresses
from bot.speech.texts import Voice
from bot.staff.rules import Role
from handlers.chat.turn import Desk
from scheduler.composing import Composer
from tests.flows.announcing import TOPIC, Office, written
from tests.flows.chatting import CivilTime, Resident, actions
from tests.flows.console_at_work import app_with_console, at_work, services

CARD = Card(
    "スマホ教室",
    "席があります。",
    buttons=(
        Button("教室をさがす", "classes"),
        Button("市のページ", "link", "https://city.jp/a"),
        Button("人に聞く", "person"),
    ),
)


@pytest.fixture
def office(city_database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> Office:
    made = Office(city_database, sealer, civil=civil)
    composer = Composer(city_database, lambda style: Voice(desk.texts, style), None)
    made.compose = composer
    return made


def joins(office: Office, resident: Resident, *, hears: bool = True) -> None:
    """The resident talks to the desk for the first time, and wants to hear of the topic."""
    resident.says("こんにちは")
    if hears:
        key = resident_key(office.sealer, resident.user_id)
        with office.database.writing() as session:
            preferences.start_topic(session, key, TOPIC, office.civil())


def goes_out(office: Office) -> int:
    draft = replace(written(), parts=(Words("お知らせです。"), CARD))
    campaign_id = office.announces(draft)
    office.goes_round()
    office.sends(campaign_id)
    return campaign_id


def buttons(office: Office, campaign_id: int) -> dict[str, str]:
    """What the buttons of the announcement carry, as they came to a telephone."""
    composed = office.compose(office.find(campaign_id))
    body = next(iter(composed.bodies.values()))
    return {one["label"]: one["data"] for one in actions(list(body)) if one["type"] == "postback"}


def known(office: Office, campaign_id: int) -> reactions.Reactions:
    office.rounds().go()
    with office.database.reading() as session:
        return results.of(session, campaign_id).reactions


def test_taps_and_questions_within_48_hours_are_counted_and_later_ones_are_not(
    office: Office, resident: Resident, neighbour: Resident
) -> None:
    joins(office, resident)
    joins(office, neighbour, hears=False)
    campaign_id = goes_out(office)
    carried = buttons(office, campaign_id)
    office.civil.passes(hours=1)
    assert resident.posts_back(carried["教室をさがす"]), "it is answered as ever"
    resident.posts_back(carried["教室をさがす"])
    resident.posts_back(carried["人に聞く"])
    resident.says("スマホ教室はいつですか")
    neighbour.says("スマホ教室はいつですか")
    office.civil.passes(hours=24)
    resident.says("住民票の写しがほしい")
    seen = known(office, campaign_id)
    assert seen.buttons == (Tapped("教室をさがす", 2), Tapped("人に聞く", 1))
    assert seen.asked == 2, "of those who got it alone"
    office.civil.passes(hours=24)
    resident.posts_back(carried["教室をさがす"])
    resident.says("粗大ごみを出したい")
    resident.posts_back(carried["この話題を止める"])
    assert known(office, campaign_id) == replace(seen, stopped=1)


def test_what_was_counted_stays_when_a_person_is_forgotten_and_names_nobody(
    office: Office, resident: Resident
) -> None:
    joins(office, resident)
    campaign_id = goes_out(office)
    office.civil.passes(hours=1)
    resident.says("スマホ教室はいつですか")
    office.civil.passes(hours=24)
    assert known(office, campaign_id).asked == 1
    resident.posts_back("to=forget_yes")
    key = resident_key(office.sealer, resident.user_id)
    with office.database.reading() as session:
        assert residents.recognise(session, key).is_new
    office.civil.passes(hours=13)
    assert known(office, campaign_id).asked == 1
    assert {column.name for column in CampaignTally.__table__.columns} == {
        "campaign_id",
        "what",
        "count",
    }


def test_what_no_announcement_carries_is_counted_nowhere(
    office: Office, resident: Resident
) -> None:
    joins(office, resident)
    campaign_id = goes_out(office)
    waiting = office.drafts(replace(written(), parts=(CARD,)))
    for carried in (
        f"{campaign_id}.0.0",  # a text has no buttons
        f"{campaign_id}.1.1",  # a link is counted at its own address
        f"{campaign_id}.1.3",
        f"{campaign_id}.1.0.0",
        f"{waiting}.0.0",  # it was never sent
        "999999.1.0",
        "９.1.0",
        "x",
    ):
        assert resident.posts_back(f"to=classes&from={carried}"), carried
    with office.database.reading() as session:
        assert list(session.scalars(select(CampaignTally.what))) == []


def test_results_show_reactions_and_hide_numbers_that_could_tell_of_one_person(
    office: Office, resident: Resident
) -> None:
    joins(office, resident)
    campaign_id = goes_out(office)
    carried = buttons(office, campaign_id)
    for _ in range(5):
        resident.posts_back(carried["教室をさがす"])
    resident.posts_back(carried["人に聞く"])
    with office.database.writing() as session:
        links.tally(session, campaign_id, links.STOPPED)
    app = app_with_console(services(office.database, office.sealer, civil=office.civil))
    boss = at_work(office.database, office.sealer, app, "boss", Role.APPROVER)
    boss.get(f"/console/news/{campaign_id}")
    assert "届いた人が、48時間のうちにした質問 –" in boss.words, "not counted yet"
    assert "教室をさがす 5" in boss.words
    assert "人に聞く 少数" in boss.words
    assert "このお知らせから話題を止めた人 少数" in boss.words
    assert "5より少ない数は、だれかが分からないように「少数」とします。" in boss.words
    office.civil.passes(hours=25)
    known(office, campaign_id)
    boss.get(f"/console/news/{campaign_id}")
    assert "届いた人が、48時間のうちにした質問 0" in boss.words


def test_a_preview_and_a_test_carry_nothing_that_counts(office: Office, desk: Desk) -> None:
    draft = replace(written(), parts=(CARD,))
    sent = buttons(office, office.drafts(draft))
    assert sent["教室をさがす"] == "to=classes&from=1.0.0"
    shown = campaign_cards.compose(Voice(desk.texts), draft, Addresses())
    assert actions(shown)[0]["data"] == "to=classes"
