"""An announcement reaches everyone who chose its topic, once, and nobody else."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.campaigns import service, starting, stopping
from bot.campaigns.models import CampaignBody, CampaignRecipient, CampaignRow, CampaignStory
from bot.campaigns.rules import Cap, Short, State, Why, Wish, Words
from bot.db import Database
from bot.erasure import erasures, forget_resident
from bot.line.outcomes import TryAgain
from bot.outbox.models import OutboxParcel
from bot.residents import preferences
from bot.residents import service as residents
from bot.sealing import Sealer
from scheduler.jobs import erase_all
from tests.flows.announcing import TOPIC, Office, befriend, user_id, wait_for, written
from tests.flows.test_forgetting import holds
from tests.flows.test_purge import KEPT


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def befriend_all(office: Office, many: int) -> list[str]:
    return befriend(office.database, office.sealer, range(1, many + 1))


def test_from_draft_to_everyone_who_chose_the_topic_once(office: Office) -> None:
    befriend_all(office, 1200)
    befriend(office.database, office.sealer, range(2001, 2004), style="easy")
    befriend(office.database, office.sealer, [3001], topic="garbage")
    befriend(office.database, office.sealer, [3002], topic=None)
    words = Words("教室のお知らせです。", "きょうしつの おしらせです。")
    campaign_id = office.announces(replace(written(), parts=(words,)))
    office.goes_round()
    assert office.numbers(campaign_id) == stopping.Numbers(1203, 0, 1203, 0, 0, 0, 0)
    office.sends(campaign_id)
    assert office.state(campaign_id) is State.DONE
    assert set(office.line.got) == {user_id(n) for n in [*range(1, 1201), *range(2001, 2004)]}
    assert set(office.line.got.values()) == {1}
    assert sorted(len(to) for to, _ in office.line.calls) == [3, 200, 500, 500]
    assert office.line.said[user_id(2001)] == ["きょうしつの おしらせです。"]
    assert office.line.said[user_id(7)] == ["教室のお知らせです。"]
    assert office.numbers(campaign_id) == stopping.Numbers(1203, 1203, 0, 0, 0, 0, 0)
    with office.database.reading() as session:
        assert set(session.scalars(select(OutboxParcel.address))) == {None}


def test_nobody_approves_their_own_words_and_an_edit_voids_what_was_approved(
    office: Office,
) -> None:
    befriend_all(office, 3)
    campaign_id = office.drafts()
    assert isinstance(office.approves(campaign_id), service.NotNow)
    assert office.checks(campaign_id) == service.Checked()
    assert office.approves(campaign_id, "writer") == service.OwnWork()
    approved = office.approves(campaign_id)
    assert approved == service.Approved(
        office.civil() + timedelta(minutes=5), office.civil() + timedelta(minutes=5)
    )
    with office.database.writing() as session:
        kept = service.edit(
            session, campaign_id, 1, written("別の言葉"), actor="third", now=office.civil()
        )
    assert kept == service.Kept(campaign_id, 2)
    office.civil.passes(minutes=30)
    office.goes_round()
    assert office.state(campaign_id) is State.DRAFT
    assert office.checks(campaign_id) == service.Checked()
    assert office.approves(campaign_id, "third") == service.OwnWork()
    assert office.approves(campaign_id, version=1) == service.ChangedMeanwhile(2)
    assert office.line.calls == []


def test_what_was_changed_behind_the_approval_does_not_leave(office: Office) -> None:
    befriend_all(office, 3)
    campaign_id = office.announces()
    other = service._columns(written("誰も承認していない言葉"))["content"]
    with office.database.writing() as session:
        session.execute(update(CampaignRow).values(content=other))
    office.goes_round()
    assert office.state(campaign_id) is State.DRAFT
    assert [h.what for h in _story(office, campaign_id)][-1] == "void"


def test_of_two_who_approve_at_once_one_does(office: Office) -> None:
    befriend_all(office, 3)
    campaign_id = office.drafts()
    office.checks(campaign_id)
    begin, outcomes = threading.Barrier(2), []

    def approve(who: str) -> None:
        begin.wait()
        outcomes.append(office.approves(campaign_id, who))

    both = [threading.Thread(target=approve, args=(who,)) for who in ("one", "two")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["Approved", "NotNow"]
    assert [h.what for h in _story(office, campaign_id)].count("approved") == 1


def test_an_approval_can_be_undone_for_five_minutes(office: Office) -> None:
    befriend_all(office, 3)
    campaign_id = office.drafts()
    office.checks(campaign_id)
    office.approves(campaign_id)
    office.civil.passes(minutes=4, seconds=59)
    office.goes_round()
    with office.database.writing() as session:
        undone = service.undo(session, campaign_id, actor="writer", now=office.civil())
    assert (undone, office.state(campaign_id)) == (service.Undone(), State.CHECKED)
    office.approves(campaign_id)
    office.civil.passes(minutes=5)
    office.goes_round()
    with office.database.writing() as session:
        late = service.undo(session, campaign_id, actor="writer", now=office.civil())
    assert late == service.NotNow(State.SENDING, "approver")


def test_a_large_audience_must_be_typed_and_an_empty_one_is_refused(office: Office) -> None:
    campaign_id = office.drafts()
    office.checks(campaign_id)
    assert office.approves(campaign_id) == service.Nobody()
    befriend_all(office, 1001)
    assert office.approves(campaign_id) == service.TypeTheCount(1001)
    assert office.approves(campaign_id, typed=1000) == service.TypeTheCount(1001)
    assert isinstance(office.approves(campaign_id, typed=1001), service.Approved)


def test_an_announcement_found_hours_late_waits_for_a_person(office: Office) -> None:
    befriend_all(office, 3)
    at = office.civil() + timedelta(hours=2)
    campaign_id = office.announces(written(wish=Wish(at)))
    office.goes_round()
    assert office.state(campaign_id) is State.SCHEDULED
    office.civil.now = at + timedelta(days=21)
    office.goes_round()
    held = office.find(campaign_id)
    assert (held.state, held.why) == (State.HELD, Why.MISSED)
    with office.database.writing() as session:
        assert starting.send_after_all(session, campaign_id, actor="approver", now=office.civil())
    office.goes_round()
    office.sends(campaign_id)
    assert len(office.line.got) == 3


def test_a_sample_never_goes_to_the_real_line(office: Office) -> None:
    befriend_all(office, 3)
    sample = written("電話 000-0000-0000 へ")
    campaign_id = office.drafts(sample)
    office.is_real_line = True
    refused = office.checks(campaign_id)
    assert [fault.what for fault in refused.faults] == ["sample"]
    office.is_real_line = False
    campaign_id = office.announces(sample)
    office.is_real_line = True
    office.goes_round()
    assert office.find(campaign_id).why is Why.SAMPLE


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
    happened = [h.what for h in _story(office, campaign_id)]
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


def _story(office: Office, campaign_id: int) -> list[Any]:
    from bot.campaigns import queries

    with office.database.reading() as session:
        return queries.story(session, campaign_id)


def test_after_a_restore_no_announcement_goes_on_by_itself(office: Office) -> None:
    from bot.backups.settling import settle
    from scheduler.clock import next_due

    befriend_all(office, 3)
    waiting = office.announces()
    office.rounds()._ripen()
    sending = office.announces()
    with office.database.writing() as session:
        session.execute(
            update(CampaignRow).where(CampaignRow.id == sending).values(state=State.SENDING)
        )
        now = office.database.lease_now(session)
        settle(session, now=now, civil=office.civil(), next_due=next_due)
    office.goes_round()
    assert [office.find(one).state for one in (waiting, sending)] == [State.HELD, State.PAUSED]
    assert {office.find(one).why for one in (waiting, sending)} == {Why.RESTORED}
    with office.database.writing() as session:
        starting.send_after_all(session, waiting, actor="approver", now=office.civil())
    office.goes_round()
    office.sends(waiting)
    assert len(office.line.got) == 3


def test_who_got_it_is_erased_when_the_cap_looks_past_it_and_the_rest_later(
    office: Office,
) -> None:
    befriend_all(office, 3)
    campaign_id = office.announces()
    office.goes_round()
    office.sends(campaign_id)
    erase = erasures(KEPT, office.civil)
    office.civil.passes(days=7)
    assert erase_all(office.database, erase["who got announcements"]) == 0
    office.civil.passes(days=2)
    assert erase_all(office.database, erase["who got announcements"]) == 3
    assert office.numbers(campaign_id).sent == 3
    office.civil.passes(days=730)
    assert erase_all(office.database, erase["announcements"]) == 1
    with office.database.reading() as session:
        for table in (CampaignBody, CampaignStory, CampaignRecipient, CampaignRow):
            assert session.scalars(select(table)).all() == []
