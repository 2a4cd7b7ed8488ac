"""Whatever LINE answers and whoever stops it, nobody gets an announcement twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.campaigns import starting, stopping
from bot.campaigns.models import CampaignRecipient
from bot.campaigns.rules import Cap, Short, State, Why, Wish
from bot.db import Database
from bot.erasure import forget_resident
from bot.line.outcomes import TryAgain
from bot.outbox.models import OutboxParcel
from bot.residents import preferences
from bot.residents import service as residents
from bot.sealing import Sealer
from tests.flows.announcing import (
    TOPIC,
    Office,
    befriend,
    befriend_all,
    user_id,
    wait_for,
    written,
)
from tests.flows.test_forgetting import holds


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def test_who_left_stopped_or_was_forgotten_before_the_first_try_gets_nothing(
    office: Office,
) -> None:
    keys = befriend_all(office, 6)
    campaign_id = office.announces()
    office.goes_round()
    with office.database.writing() as session:
        residents.leave(session, keys[0], office.civil())
        preferences.stop_topic(session, keys[1], TOPIC)
        forget_resident(session, keys[2])
    befriend(office.database, office.sealer, [7])  # met before, but not known at the snapshot
    office.sends(campaign_id)
    assert set(office.line.got) == {user_id(n) for n in (4, 5, 6)}
    assert office.numbers(campaign_id) == stopping.Numbers(6, 3, 0, 0, 0, 0, 3)
    assert holds(office.database, keys[2]) == []
    with office.database.reading() as session:
        assert set(session.scalars(select(CampaignRecipient.resident_key))) == set(keys[3:])


def test_a_parcel_of_unknown_end_goes_again_as_it_was(office: Office) -> None:
    keys = befriend_all(office, 5)
    office.line.answers = ["accepted, unheard"]
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id, until=lambda: bool(office.line.calls))
    assert office.numbers(campaign_id) == stopping.Numbers(5, 0, 0, 5, 0, 0, 0)
    with office.database.writing() as session:
        residents.leave(session, keys[0], office.civil())
    office.sends(campaign_id)
    assert len(office.line.calls) == 2
    assert office.line.calls[0] == office.line.calls[1]
    assert set(office.line.got.values()) == {1}
    assert office.numbers(campaign_id).sent == 5


def test_one_bad_id_costs_one_person(office: Office) -> None:
    befriend_all(office, 700)
    office.line.unknown = frozenset({user_id(123), user_id(650)})
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id)
    assert len(office.line.got) == 698
    assert set(office.line.got.values()) == {1}
    assert office.numbers(campaign_id) == stopping.Numbers(700, 698, 0, 0, 0, 2, 0)
    assert len(office.line.calls) <= 2 + 2 * 2 * 9


def test_a_message_that_line_refuses_for_everybody_stops_by_itself(office: Office) -> None:
    befriend_all(office, 400)
    office.line.unknown = frozenset(user_id(number) for number in range(1, 401))
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id, until=lambda: office.state(campaign_id) is State.PAUSED)
    assert office.find(campaign_id).why is Why.REFUSED
    assert office.numbers(campaign_id).refused < 60


def test_pause_and_cancel_stop_within_one_parcel_a_carrier_and_the_numbers_are_exact(
    office: Office,
) -> None:
    befriend_all(office, 10_000)
    office.line.delay = 0.02
    campaign_id = office.announces()
    office.goes_round()
    mailing = office.mailing(carriers=3)
    mailing.start()
    wait_for(lambda: len(office.line.calls) >= 4)
    with office.database.writing() as session:
        stopping.pause(session, campaign_id, actor="writer", now=office.civil())
    began = len(office.line.calls)
    wait_for(lambda: office.numbers(campaign_id).on_the_way == 0)
    paused = office.numbers(campaign_id)
    assert paused.sent == 500 * len(office.line.calls) <= 500 * (began + 3)
    assert paused.sent + paused.unsent == 10_000
    with office.database.writing() as session:
        assert isinstance(
            stopping.resume(session, campaign_id, actor="writer", now=office.civil()),
            stopping.Resumed,
        )
    wait_for(lambda: len(office.line.calls) > began + 4)
    with office.database.writing() as session:
        stopping.cancel(
            session,
            campaign_id,
            actor="writer",
            now=office.civil(),
            lease_now=office.database.lease_now(session),
        )
    began = len(office.line.calls)
    wait_for(lambda: office.is_over(campaign_id) and office.row(campaign_id).ended_at is not None)
    mailing.stop()
    assert len(office.line.calls) <= began + 3
    over = office.numbers(campaign_id)
    assert (over.sent, over.unsent) == (len(office.line.got), 10_000 - len(office.line.got))
    assert set(office.line.got.values()) == {1}


def test_one_that_is_paused_when_its_last_parcel_is_sent_ends_by_itself(office: Office) -> None:
    befriend_all(office, 5)
    office.line.delay = 0.2
    campaign_id = office.announces()
    office.goes_round()
    mailing = office.mailing(carriers=1)
    mailing.start()
    wait_for(lambda: office.numbers(campaign_id).on_the_way == 5)
    with office.database.writing() as session:
        stopping.pause(session, campaign_id, actor="writer", now=office.civil())
    office.goes_round()
    assert office.state(campaign_id) is State.PAUSED, "its parcel is on the wire"
    wait_for(lambda: office.numbers(campaign_id).sent == 5)
    mailing.stop()
    office.goes_round()
    assert office.state(campaign_id) is State.DONE
    assert office.story(campaign_id)[-2:] == ["paused", "ended"]


def test_a_parcel_of_unknown_end_is_unknown_after_a_cancel(office: Office) -> None:
    befriend_all(office, 5)
    office.line.answers = ["accepted, unheard"]
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id, until=lambda: bool(office.line.calls))
    with office.database.writing() as session:
        stopped = stopping.cancel(
            session,
            campaign_id,
            actor="writer",
            now=office.civil(),
            lease_now=office.database.lease_now(session),
        )
    assert stopped == stopping.Stopped(stopping.Numbers(5, 0, 0, 0, 5, 0, 0))


def test_a_revoked_token_stops_it_and_its_renewal_lets_it_go_on(office: Office) -> None:
    befriend_all(office, 1500)
    campaign_id = office.announces()
    office.goes_round()
    office.line.revoked = True
    office.sends(campaign_id, until=lambda: office.state(campaign_id) is State.PAUSED)
    assert office.find(campaign_id).why is Why.REVOKED
    office.goes_round()
    assert office.state(campaign_id) is State.PAUSED
    office.line.revoked = False
    office.goes_round()
    assert office.state(campaign_id) is State.SENDING
    office.sends(campaign_id)
    assert len(office.line.got) == 1500
    assert set(office.line.got.values()) == {1}
    happened = office.story(campaign_id)
    assert happened[-4:] == ["planned", "paused", "resumed", "ended"]


def test_too_little_quota_refuses_or_cuts_as_was_chosen(office: Office) -> None:
    befriend_all(office, 30)
    office.line.quota = 20
    campaign_id = office.announces()
    office.goes_round()
    assert office.find(campaign_id).why is Why.QUOTA
    with office.database.writing() as session:
        assert starting.cut_to_quota(session, campaign_id, actor="approver", now=office.civil())
    office.goes_round()
    office.sends(campaign_id)
    assert len(office.line.got) == 20
    office.line.quota = 5
    cut = office.announces(written(wish=Wish(short=Short.CUT, cap=Cap.SEND_ALL)))
    office.goes_round()
    office.sends(cut)
    assert (office.numbers(cut).sent, len(office.line.got)) == (5, 20)


def test_with_no_quota_at_all_a_cut_one_waits_and_later_goes_to_everybody(office: Office) -> None:
    befriend_all(office, 12)
    office.line.quota = 0
    campaign_id = office.announces(written(wish=Wish(short=Short.CUT)))
    office.goes_round()
    assert (office.state(campaign_id), office.find(campaign_id).why) == (State.HELD, Why.QUOTA)
    office.line.quota = None
    with office.database.writing() as session:
        assert starting.send_after_all(session, campaign_id, actor="boss", now=office.civil())
    office.goes_round()
    office.sends(campaign_id)
    assert office.numbers(campaign_id).sent == 12


def test_one_begun_again_keeps_nothing_of_the_start_that_found_nobody(office: Office) -> None:
    keys = befriend_all(office, 3)

    def all_leave() -> None:
        with office.database.writing() as session:
            for key in keys:
                residents.leave(session, key, office.civil())

    def somebody_pauses() -> None:
        with office.database.writing() as session:
            stopping.pause(session, campaign_id, actor="boss", now=office.civil())

    office.line.quota = 2
    campaign_id = office.announces(written(wish=Wish(short=Short.CUT)))
    office.rounds(make_way=all_leave).go()
    assert (office.state(campaign_id), office.find(campaign_id).why) == (State.HELD, Why.NOBODY)
    with office.database.writing() as session:
        for key in keys:
            residents.meet(session, office.sealer, key, "", office.civil())
        assert starting.send_after_all(session, campaign_id, actor="boss", now=office.civil())
    office.line.quota = None
    office.rounds(make_way=somebody_pauses).go()
    with office.database.writing() as session:
        stopping.resume(session, campaign_id, actor="boss", now=office.civil())
    assert office.state(campaign_id) is State.PLANNING
    office.goes_round()
    office.sends(campaign_id)
    assert office.numbers(campaign_id).sent == 3


def test_the_frequency_cap_holds_back_who_had_two_this_week(office: Office) -> None:
    befriend_all(office, 4)
    for _ in range(2):
        sent = office.announces(written(wish=Wish(cap=Cap.HOLD_BACK)))
        office.goes_round()
        office.sends(sent)
    befriend(office.database, office.sealer, [5])
    third = office.announces()
    office.goes_round()
    office.sends(third)
    assert office.line.got == {user_id(n): 2 for n in (1, 2, 3, 4)} | {user_id(5): 1}
    all_the_same = office.announces(written(wish=Wish(cap=Cap.SEND_ALL)))
    office.goes_round()
    office.sends(all_the_same)
    assert office.line.got[user_id(1)] == 3
    office.civil.passes(days=8)
    later = office.announces()
    office.goes_round()
    office.sends(later)
    assert office.line.got[user_id(1)] == 4


def test_past_23_hours_a_parcel_is_left_to_a_person(office: Office) -> None:
    befriend_all(office, 3)
    office.line.answers = [TryAgain("ReadTimeoutError", None, may_have_arrived=True)] * 2
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id, until=lambda: len(office.line.calls) == 1)
    with office.database.writing() as session:
        session.execute(update(OutboxParcel).values(first_try=OutboxParcel.__table__.c.run_at))
        row = session.scalars(select(OutboxParcel)).one()
        row.first_try = office.database.lease_now(session) - timedelta(hours=23)
    office.sends(campaign_id)
    assert office.numbers(campaign_id) == stopping.Numbers(3, 0, 0, 0, 3, 0, 0)
    assert len(office.line.calls) == 2
