"""How many announcements a person gets in a week: what was sent counts, what was not does not."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from bot.campaigns import cautions, earlier, stopping
from bot.campaigns.cautions import OverCap, Prospect, TopicShare
from bot.campaigns.models import CampaignRecipient
from bot.campaigns.rules import Audience, Cap, Draft, State, Why, Wish
from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.announcing import (
    TERMS,
    TOPIC,
    Office,
    befriend,
    befriend_all,
    user_id,
    wait_for,
    written,
)
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import at_work

ALL = Audience(topics=frozenset({TOPIC}))


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def had_enough(office: Office) -> int:
    with office.database.reading() as session:
        had = earlier.before(session, office.civil())
        return earlier.count_over_cap(session, ALL, had, pushes_a_week=TERMS.pushes_a_week)


def share(office: Office) -> tuple[int, int]:
    with office.database.reading() as session:
        return earlier.topic_share(session, TOPIC, days=30, at=office.civil())


def cancels(office: Office, campaign_id: int) -> None:
    with office.database.writing() as session:
        lease_now = office.database.lease_now(session)
        stopping.cancel(
            session, campaign_id, actor="approver", now=office.civil(), lease_now=lease_now
        )
    office.goes_round()


def test_what_was_cancelled_unsent_counts_for_nobody(office: Office) -> None:
    befriend_all(office, 2_600)
    for _ in range(2):
        campaign_id = office.announces()
        office.goes_round()
        assert office.numbers(campaign_id).unsent == 2_600
        cancels(office, campaign_id)
        assert office.numbers(campaign_id).unsent == 2_600
    assert had_enough(office) == 0
    assert share(office) == (0, 0)
    corrected = office.announces()
    office.goes_round()
    office.sends(corrected)
    assert len(office.line.got) == 2_600
    assert share(office) == (2_600, 2_600)


def test_who_got_it_before_the_rest_was_cancelled_or_may_have_has_had_it(office: Office) -> None:
    befriend_all(office, 1_500)
    campaign_id = office.announces()
    office.goes_round()
    office.line.answers = ["accepted, unheard"]
    office.line.delay = 0.1
    mailing = office.mailing(carriers=1)
    mailing.start()
    wait_for(lambda: bool(office.line.calls))
    cancels(office, campaign_id)
    mailing.stop()
    wait_for(lambda: office.is_over(campaign_id) and office.row(campaign_id).ended_at is not None)
    over = office.numbers(campaign_id)
    assert over.unsent == 1_500 - len(office.line.got) > 0
    with office.database.reading() as session:
        held = set(session.scalars(select(CampaignRecipient.resident_key)))
    assert len(held) == over.sent + over.unknown == len(office.line.got)


def sends_two(office: Office) -> None:
    for _ in range(2):
        sent = office.announces()
        office.goes_round()
        office.sends(sent)


def looks_ahead(office: Office, draft: Draft, campaign_id: int | None = None) -> Prospect:
    with office.database.reading() as session:
        return cautions.prospect(
            session,
            draft,
            now=office.civil(),
            terms=TERMS,
            quota_left=None,
            is_off=lambda _day: False,
            campaign_id=campaign_id,
        )


def schedules(office: Office, at: datetime) -> int:
    campaign_id = office.drafts(written(wish=Wish(at, Cap.SEND_ALL)))
    office.checks(campaign_id)
    office.approves(campaign_id)
    return campaign_id


def test_the_week_is_that_before_the_start_and_not_that_before_now(office: Office) -> None:
    befriend_all(office, 3)
    sends_two(office)
    office.civil.passes(hours=1)
    soon, late = (office.civil() + timedelta(days=days) for days in (6, 8))
    assert looks_ahead(office, written(wish=Wish(soon))).leaves == 0
    assert looks_ahead(office, written(wish=Wish(late))).leaves == 3
    last_month = office.civil() + timedelta(days=31)
    seen = looks_ahead(office, written(wish=Wish(last_month)))
    assert TopicShare(3, 3, 30) in seen.cautions


def test_what_is_approved_to_go_before_counts_and_one_does_not_count_itself(
    office: Office,
) -> None:
    befriend_all(office, 3)
    late = office.civil() + timedelta(days=8)
    first, second = (schedules(office, late - timedelta(days=days)) for days in (2, 1))
    schedules(office, late + timedelta(days=1))
    schedules(office, late - timedelta(days=7, minutes=1))
    wanted = written(wish=Wish(late))
    seen = looks_ahead(office, wanted)
    assert seen.leaves == 0
    assert OverCap(3, 2, held_back=True) in seen.cautions
    assert TopicShare(12, 12, 30) in seen.cautions
    assert looks_ahead(office, wanted, second).leaves == 3
    cancels(office, first)
    assert looks_ahead(office, wanted).leaves == 3


def test_the_quota_is_compared_with_who_is_really_sent_it(office: Office) -> None:
    befriend_all(office, 30)
    sends_two(office)
    befriend(office.database, office.sealer, [99])
    office.line.quota = 5
    campaign_id = office.announces()
    office.goes_round()
    assert office.state(campaign_id) is State.SENDING
    assert office.find(campaign_id).most is None
    office.sends(campaign_id)
    assert office.line.got[user_id(99)] == 1
    assert office.numbers(campaign_id).sent == 1


def test_one_of_which_all_were_held_back_waits_and_says_so(office: Office) -> None:
    befriend_all(office, 3)
    sends_two(office)
    campaign_id = office.announces()
    office.goes_round()
    held = office.find(campaign_id)
    assert (held.state, held.why) == (State.HELD, Why.CAPPED)
    befriend(office.database, office.sealer, [99])
    office.sends_after_all(campaign_id)
    assert office.numbers(campaign_id).sent == 1


def test_staff_read_that_all_are_held_back_and_are_not_asked_to_type(
    office: Office, app: Flask, civil: CivilTime
) -> None:
    office.civil = civil
    befriend_all(office, 1_002)
    sends_two(office)
    campaign_id = office.drafts()
    office.checks(campaign_id)
    boss = at_work(office.database, office.sealer, app, "boss", Role.APPROVER)
    page = boss.get(f"/console/news/{campaign_id}").text
    assert "対象の1,002人全員に、送るまでの7日に、決まりの数のお知らせが届きます。" in page
    assert 'name="typed"' not in page
    assert boss.post(f"/console/news/{campaign_id}/approve", {"version": "1"}).status_code == 409
    assert "だれにも届かないので、承認できません。" in boss.page
    late = office.announces()
    office.goes_round()
    page = boss.get(f"/console/news/{late}").text
    assert "今回は、だれにも送りませんでした。" in page
    assert "いまは決まりの数に届いていない人にだけ送ります。" in page
