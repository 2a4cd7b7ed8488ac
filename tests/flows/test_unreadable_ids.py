"""A resident whose id no key of ours opens gets nothing, and stands in nobody else's way."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.campaigns import stopping
from bot.campaigns.rules import State
from bot.classes import sessions
from bot.classes.values import Tells
from bot.db import Database
from bot.line.inbound import resident_key
from bot.outbox.models import OutboxParcel
from bot.plan import queries
from bot.questions import answering
from bot.residents.models import ResidentRow
from bot.sealing import Sealer
from handlers.chat.turn import Desk
from tests.flows import reviewing
from tests.flows.announcing import Office, befriend_all, user_id
from tests.flows.chatting import CivilTime, Resident
from tests.flows.class_at_work import NOON, Classes
from tests.flows.handing_over import house
from tests.flows.test_class_news import Day
from tests.flows.test_going_online import City, waits_for

LOST = Sealer([bytes(range(32))], bytes(32))
"""Sealed under a key that was taken away."""


def loses(database: Database, key: str) -> None:
    """The resident's id stands under a lost key from now on."""
    lost = LOST.seal(b"U" + b"f" * 32, "resident.user_id")
    with database.writing() as session:
        mine = update(ResidentRow).where(ResidentRow.key == key)
        session.execute(mine.values(sealed_user_id=lost))


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def test_an_announcement_goes_to_the_others(office: Office) -> None:
    keys = befriend_all(office, 4)
    campaign_id = office.announces()
    office.goes_round()
    loses(office.database, keys[1])
    office.sends(campaign_id)
    assert office.state(campaign_id) is State.DONE
    assert set(office.line.got) == {user_id(number) for number in (1, 3, 4)}
    assert office.numbers(campaign_id) == stopping.Numbers(4, 3, 0, 0, 0, 0, 1)


def test_a_parcel_under_a_lost_key_is_given_up_and_the_announcement_ends(office: Office) -> None:
    befriend_all(office, 3)
    office.line.answers = ["accepted, unheard"]
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id, until=lambda: bool(office.line.calls))
    with office.database.writing() as session:
        session.execute(update(OutboxParcel).values(address=LOST.seal(b"[]", "outbox.address")))
    office.sends(campaign_id)
    assert office.state(campaign_id) is State.DONE
    assert office.numbers(campaign_id) == stopping.Numbers(3, 0, 0, 0, 3, 0, 0)
    with office.database.reading() as session:
        (parcel,) = session.scalars(select(OutboxParcel))
    assert (parcel.state, parcel.error, parcel.address) == ("dead", "its data key is gone", None)


def test_a_class_called_off_is_told_to_the_others_and_they_are_rung_up(
    database: Database, sealer: Sealer
) -> None:
    classes = Classes(database, sealer)
    session = classes.session(capacity=2)
    first, second = classes.resident(), classes.resident()
    classes.books(first, session)
    classes.books(second, session)
    loses(database, first)
    day = Day(classes)
    classes.does(sessions.cancel, session)
    assert len(day.at(NOON + timedelta(minutes=1))) == 1
    assert day.at(NOON + timedelta(minutes=2)) == []
    assert day.calls() == [Tells.CANCELLED]


def test_who_waits_for_a_procedure_behind_them_is_told_that_it_went_online(
    city_database: Database,
    sealer: Sealer,
    desk: Desk,
    civil: CivilTime,
    resident: Resident,
    neighbour: Resident,
) -> None:
    city = City(city_database, sealer, desk, civil)
    wanted = waits_for(city_database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        one.posts_back(f"to=watch&p={wanted}")
    loses(city_database, resident_key(sealer, resident.user_id))
    city.records(wanted)
    civil.passes(minutes=6)
    assert sum(city.round().go() for _ in range(2)) == 1
    with city_database.reading() as session:
        (news,) = queries.news(session).values()
    assert (news.told, news.waiting, news.outcome) == (1, 0, "told")


def test_an_answer_of_staff_reaches_the_others_who_asked_the_same(
    database: Database, sealer: Sealer
) -> None:
    reviewing.knows(database, reviewing.BIN)
    reviewing.lives_here(database, sealer, "mio", "ken")
    for who in ("mio", "ken"):
        reviewing.asks(database, "粗大ごみの予約", who, awaits=True)
    reviewing.gather(database)
    loses(database, "mio")
    with database.writing() as session:
        done = answering.answer_with_existing(
            session,
            reviewing.seen(reviewing.only(database)),
            "bin",
            [],
            actor=reviewing.AOI,
            now=reviewing.NOW,
            terms=reviewing.terms(sealer),
        )
    assert isinstance(done, answering.Answered)
    assert done.told == 1
    assert len(reviewing.pushes(database, sealer)) == 1


def test_a_conversation_behind_theirs_is_handed_back_aloud(
    database: Database, sealer: Sealer, civil: CivilTime, desk: Desk
) -> None:
    at = house(database, sealer, civil, desk)
    at.calls_a_person("こんにちは")
    loses(database, resident_key(sealer, at.resident.user_id))
    at.resident = Resident(database, sealer, at.resident.answering, "U" + "2" * 32)
    at.calls_a_person("こんにちは")
    civil.passes(minutes=61)
    assert at.round() == 1
    assert len(at.pushes()) == 1
