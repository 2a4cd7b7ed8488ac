"""An announcement that stands still is told to staff; one that they stopped themselves is not."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from bot.campaigns import stopping
from bot.campaigns.models import CampaignStory
from bot.db import Database
from bot.notices import service
from bot.notices.rules import Kind
from bot.outbox.models import OutboxParcel
from bot.sealing import Sealer
from scheduler.staff_notices import StaffNotices
from tests.flows.announcing import Office, befriend_all
from tests.flows.test_staff_notices import office as notices


def told(office: Office, watch: StaffNotices) -> bool:
    watch.go()
    with office.database.reading() as session:
        return Kind.LATE_PARCELS in {one.kind for one in service.open_incidents(session)}


def test_staff_hear_of_parcels_that_do_not_leave_but_not_of_a_pause(
    database: Database, sealer: Sealer
) -> None:
    office, watch = Office(database, sealer), notices(database, None)
    befriend_all(office, 3)
    campaign_id = office.announces()
    office.goes_round()
    assert not told(office, watch)
    with database.writing() as session:
        long_ago = database.lease_now(session) - timedelta(minutes=11)
        session.execute(update(OutboxParcel).values(run_at=long_ago))
        stopping.pause(session, campaign_id, actor="writer", now=office.civil())
    assert not told(office, watch)
    with database.writing() as session:
        stopping.resume(session, campaign_id, actor="writer", now=datetime.now(UTC))
    assert not told(office, watch)
    with database.writing() as session:
        session.execute(update(CampaignStory).values(at=long_ago))
    assert told(office, watch)
