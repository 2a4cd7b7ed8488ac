"""How an audience is cut into parcels when another announcement stands behind it."""

import time

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.campaigns.models import CampaignRecipient
from bot.campaigns.rules import State
from bot.db import Database
from bot.sealing import Sealer
from tests.flows.announcing import Office, befriend_all


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def planned_in(office: Office) -> float:
    """Seconds from the due minute to the last parcel."""
    campaign_id = office.announces()
    began = time.perf_counter()
    office.goes_round()
    assert office.state(campaign_id) is State.SENDING
    return time.perf_counter() - began


@pytest.mark.slow
def test_the_second_announcement_of_a_week_is_planned_about_as_fast_as_the_first(
    office: Office,
) -> None:
    befriend_all(office, 12_000)
    first = planned_in(office)
    second = planned_in(office)
    # The count of what each had this week may cost something, but not a walk over all of it.
    assert second < 8 * first + 0.5


def test_nobody_can_stand_in_one_announcement_twice(office: Office) -> None:
    (key,) = befriend_all(office, 1)
    campaign_id = office.announces()
    office.goes_round()
    again = {"campaign_id": campaign_id, "part": 2, "resident_key": key}
    with pytest.raises(IntegrityError), office.database.writing() as session:
        session.execute(insert(CampaignRecipient), [again])
