"""Who waits for a procedure hears of it once: by itself, or by an announcement of staff."""

from datetime import UTC, datetime

import pytest

from bot.campaigns.rules import Audience, Draft
from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents import preferences
from bot.sealing import Sealer
from bot.speech import news_drafts
from bot.speech.texts import Voice
from handlers.chat.turn import Desk
from tests.flows.announcing import TOPIC, Office, written
from tests.flows.chatting import CivilTime, Resident
from tests.flows.test_going_online import City, waits_for

MORNING = datetime(2026, 11, 25, 1, tzinfo=UTC)


@pytest.fixture
def city(city_database: Database, sealer: Sealer, desk: Desk, civil: CivilTime) -> City:
    return City(city_database, sealer, desk, civil)


@pytest.fixture
def office(city_database: Database, sealer: Sealer, civil: CivilTime) -> Office:
    office = Office(city_database, sealer)
    office.civil = civil
    return office


def test_an_announcement_goes_before_and_takes_the_wish(
    city: City, office: Office, resident: Resident, neighbour: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        one.posts_back(f"to=watch&p={wanted}")
    civil.now = MORNING
    draft = written(topic="online", audience=Audience(procedures=frozenset({wanted})))
    campaign_id = office.announces(draft)
    city.records(wanted)
    civil.passes(minutes=10)
    office.goes_round()
    assert city.round().go() == 0  # the announcement is on its way
    office.line.unknown = frozenset({neighbour.user_id})
    office.sends(campaign_id)
    assert office.line.got == {resident.user_id: 1}
    # Whom LINE did not know then is told by itself now; who was told is not told again.
    assert city.round().go() == 1
    assert city.round().go() == 0


def test_who_was_told_by_itself_is_left_out_of_a_later_announcement(
    city: City, office: Office, resident: Resident, neighbour: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        with city.database.writing() as session:
            preferences.start_topic(session, resident_key(city.sealer, one.user_id), TOPIC, civil())
    resident.posts_back(f"to=watch&p={wanted}")
    civil.now = MORNING
    city.records(wanted)
    civil.passes(minutes=10)
    assert city.round().go() == 1
    audience = Audience(topics=frozenset({TOPIC}), procedures=frozenset({wanted}))
    campaign_id = office.announces(written(audience=audience))
    office.goes_round()
    office.sends(campaign_id)
    assert office.line.got == {neighbour.user_id: 1}


def drafted(city: City, procedure_id: str) -> Draft:
    """As the console drafts it, with words that the double can put into messages."""
    made = news_drafts.went_online(Voice(city.desk.texts), city.procedure(procedure_id))
    return written(topic=made.topic, audience=made.audience)


def test_a_draft_of_the_console_leaves_out_who_was_told_by_itself_and_tells_who_waits_still(
    city: City, office: Office, resident: Resident, neighbour: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        one.posts_back("to=topic_on&t=online")
    resident.posts_back(f"to=watch&p={wanted}")
    civil.now = MORNING
    city.records(wanted)
    civil.passes(minutes=10)
    assert city.round().go() == 1
    neighbour.posts_back(f"to=watch&p={wanted}")  # just before the news reaches all
    campaign_id = office.announces(drafted(city, wanted))
    office.goes_round()
    office.sends(campaign_id)
    assert office.line.got == {neighbour.user_id: 1}
    assert city.round().go() == 0


def test_an_alert_that_is_still_due_is_not_sent_to_who_got_the_announcement(
    city: City, office: Office, resident: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    resident.says("こんにちは")
    resident.posts_back("to=topic_on&t=online")
    resident.posts_back(f"to=watch&p={wanted}")
    civil.now = MORNING
    city.records(wanted)
    campaign_id = office.announces(drafted(city, wanted))
    office.goes_round()
    office.sends(campaign_id)
    civil.passes(minutes=10)
    assert city.round().go() == 0
    assert office.line.got == {resident.user_id: 1}
    assert city.sent() == []
