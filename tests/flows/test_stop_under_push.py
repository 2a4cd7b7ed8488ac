"""One tap under an announcement, and nothing of it comes to this resident any more."""

import pytest
from sqlalchemy import select

from bot.campaigns import audience, links
from bot.campaigns.checking import Fault
from bot.campaigns.rules import Audience
from bot.campaigns.service import Checked, Faulty
from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents.models import ResidentTopic
from bot.sealing import Sealer
from tests.flows.announcing import Office, written
from tests.flows.chatting import Resident, labels, words

BOTH = Audience(topics=frozenset({"classes", "online"}))


@pytest.fixture
def office(city_database: Database, sealer: Sealer) -> Office:
    return Office(city_database, sealer)


def chosen(office: Office, resident: Resident) -> set[str]:
    key = resident_key(office.sealer, resident.user_id)
    with office.database.reading() as session:
        mine = select(ResidentTopic.topic).where(ResidentTopic.resident_key == key)
        return set(session.scalars(mine))


def test_the_topic_under_a_push_must_be_why_people_get_it(office: Office) -> None:
    apart = office.drafts(written(topic="online"))
    assert office.checks(apart) == Faulty((Fault("topic_apart"),))
    among = office.drafts(written(topic="online", audience=BOTH))
    assert office.checks(among) == Checked()


def test_one_tap_stops_every_topic_for_which_it_came_and_names_them(
    office: Office, resident: Resident, neighbour: Resident
) -> None:
    for topic in ("classes", "online", "care"):
        resident.posts_back(f"to=topic_on&t={topic}")
    neighbour.posts_back("to=topic_on&t=online")
    campaign_id = office.drafts(written(audience=BOTH))
    stop = f"to=stop_topic&t=classes&c={campaign_id}"
    said = words(resident.posts_back(stop))
    assert said.startswith("「スマホ教室」「オンライン手続き」のお知らせを止めました。")
    assert chosen(office, resident) == {"care"}
    said = words(neighbour.posts_back(stop))
    assert said.startswith("「オンライン手続き」のお知らせを止めました。")
    with office.database.reading() as session:
        assert audience.count(session, BOTH) == 0
        assert links.tallies(session, campaign_id) == {links.STOPPED: 2}
    assert "もう止めてあります" in words(neighbour.posts_back(stop))
    resident.posts_back("to=topic_on&t=classes,online&again=1")
    assert chosen(office, resident) == {"care", "classes", "online"}


def test_what_one_tap_stopped_another_brings_back(office: Office, resident: Resident) -> None:
    for topic in ("classes", "online"):
        resident.posts_back(f"to=topic_on&t={topic}")
    campaign_id = office.drafts(written(audience=BOTH))
    resident.posts_back(f"to=stop_topic&t=online&c={campaign_id}")
    assert "元に戻す" in labels(resident.seen)
    said = words(resident.taps("元に戻す"))
    assert said.startswith("元に戻しました。「スマホ教室」「オンライン手続き」の")
    assert chosen(office, resident) == {"classes", "online"}
