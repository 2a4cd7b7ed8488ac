"""An announcement reaches everyone who chose its topic, once, and nobody else."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.campaigns import checking, service, starting, stopping
from bot.campaigns.models import CampaignBody, CampaignRecipient, CampaignRow, CampaignStory
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import State, Why, Wish, Words
from bot.db import Database
from bot.erasure import erasures
from bot.outbox.models import OutboxParcel
from bot.sealing import Sealer
from scheduler.jobs import erase_all
from tests.flows.announcing import (
    Office,
    befriend,
    befriend_all,
    compose,
    user_id,
    written,
)
from tests.flows.test_purge import KEPT


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


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
    assert office.story(campaign_id)[-1] == "void"


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
    assert office.story(campaign_id).count("approved") == 1


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


def test_the_count_that_was_shown_is_typed_and_what_grew_much_since_is_shown_anew(
    office: Office,
) -> None:
    befriend_all(office, 3)
    campaign_id = office.drafts()
    office.checks(campaign_id)

    def approves(reach: int, shown: int, typed: int | None) -> object:
        return office.approves(campaign_id, reach=reach, shown=shown, typed=typed)

    assert approves(1120, 1101, 1101) == service.TypeTheCount(1120, is_grown=True)
    assert approves(1102, 1101, 1102) == service.TypeTheCount(1102), "not what stood there"
    assert approves(1200, 900, None) == service.TypeTheCount(1200, is_grown=True)
    assert isinstance(approves(1102, 1101, 1101), service.Approved)


def test_nobody_types_a_count_of_people_of_whom_all_are_held_back(office: Office) -> None:
    befriend_all(office, 3)
    campaign_id = office.drafts()
    office.checks(campaign_id)
    outcome = office.approves(campaign_id, reach=1101, held_back=1101, typed=1101)
    assert outcome == service.AllHeldBack(1101)
    typed = office.approves(campaign_id, reach=1101, held_back=1100, shown=1)
    assert isinstance(typed, service.Approved)


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


@pytest.mark.parametrize(
    ("said", "is_sample"),
    [
        ("〇月〇日に開きます", True),
        ("電話 ０００－００００－００００ へ", True),
        ("（見本）", True),
        ("国際見本市を開きます", False),
        ("電話 059-354-8100 へ", False),
    ],
)
def test_only_what_is_still_to_be_supplied_counts_as_a_sample(said: str, is_sample: bool) -> None:
    assert checking.holds_sample(written(said)) is is_sample


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


def test_an_announcement_that_cannot_be_put_into_messages_holds_up_no_other(office: Office) -> None:
    befriend_all(office, 3)
    broken, sound = office.announces(), office.announces()

    def compose_all_but_one(campaign: Campaign) -> starting.Composed:
        if campaign.id == broken:
            raise ValueError
        return compose(campaign)

    office.compose = compose_all_but_one
    office.goes_round()
    office.sends(sound)
    assert office.state(sound) is State.DONE
    assert office.state(broken) is State.SCHEDULED
    office.compose = compose
    office.goes_round()
    office.sends(broken)
    assert office.state(broken) is State.DONE
