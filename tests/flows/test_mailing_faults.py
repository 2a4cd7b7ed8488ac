"""The clerk of announcements outlives a fault of its own: nothing stalls, nothing counts twice."""

import time

import pytest
from sqlalchemy import update

from bot.campaigns.rules import State, Why
from bot.db import Database
from bot.outbox.models import OutboxParcel
from bot.sealing import Sealer
from tests.flows.announcing import Office, befriend_all, wait_for


class Once:
    """Fails the first time it is called for."""

    def __init__(self) -> None:
        self.failed = False

    def __call__(self) -> None:
        if not self.failed:
            self.failed = True
            raise RuntimeError("a fault to order")


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def test_parcels_claimed_in_vain_are_found_again_and_block_no_carrier(office: Office) -> None:
    befriend_all(office, 1200)
    fails = Once()

    def failpoint(name: str) -> None:
        if name == "parcels claimed":
            fails()

    campaign_id = office.announces()
    office.goes_round()
    mailing = office.mailing(carriers=1, failpoint=failpoint)
    mailing.start()
    wait_for(lambda: fails.failed)
    with office.database.writing() as session:  # their lease runs out
        now = office.database.lease_now(session)
        waiting = update(OutboxParcel).where(OutboxParcel.state == "waiting")
        session.execute(waiting.values(run_at=now))
    wait_for(lambda: office.is_over(campaign_id))
    mailing.stop()
    assert len(office.line.got) == 1200
    assert set(office.line.got.values()) == {1}


def test_a_pause_that_fails_is_made_at_the_next_answer_and_the_clerk_still_ends(
    office: Office,
) -> None:
    befriend_all(office, 1200)
    campaign_id = office.announces()
    office.goes_round()
    office.line.revoked = True
    fails, civil = Once(), office.civil

    def faulty() -> object:
        fails()
        return civil()

    office.civil = faulty  # type: ignore[assignment]
    mailing = office.mailing(carriers=1)
    office.civil = civil
    mailing.start()
    wait_for(lambda: office.state(campaign_id) is State.PAUSED)
    began = time.monotonic()
    mailing.stop()
    assert fails.failed
    assert time.monotonic() - began < 5
    assert office.find(campaign_id).why is Why.REVOKED
