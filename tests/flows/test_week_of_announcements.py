"""How many announcements a person gets in a week: what was sent counts, what was not does not."""

import pytest
from sqlalchemy import select

from bot.campaigns import audience, stopping
from bot.campaigns.models import CampaignRecipient
from bot.campaigns.rules import Audience
from bot.db import Database
from bot.sealing import Sealer
from tests.flows.announcing import TERMS, TOPIC, Office, befriend_all, wait_for


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def had_enough(office: Office) -> int:
    with office.database.reading() as session:
        return audience.count_over_cap(
            session,
            Audience(topics=frozenset({TOPIC})),
            pushes_a_week=TERMS.pushes_a_week,
            now=office.civil(),
        )


def share(office: Office) -> tuple[int, int]:
    with office.database.reading() as session:
        return audience.topic_share(session, TOPIC, days=30, now=office.civil())


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
