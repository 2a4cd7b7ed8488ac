"""The monthly news of the plan leaves nothing out, on whatever day of the month it comes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.campaigns import series
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import Card, Kind
from bot.campaigns.series import Plan
from bot.db import Database
from bot.plan import recording
from bot.sealing import Sealer
from bot.speech.texts import Voice
from scheduler import repeating
from scheduler.clock import next_due
from tests.flows.announcing import TERMS, Office
from tests.flows.console_at_work import TEXTS
from tests.flows.planning import PLAN, terms
from tests.flows.test_announcement_series import made, ticks

FIRST = datetime(2026, 12, 16, 1, tzinfo=UTC)
"""10 in the morning of the 16th of December in Japan."""


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    office = Office(database, sealer)
    office.civil.now = FIRST - timedelta(days=1)
    return office


def begins(office: Office, cron: str = "0 10 16 * *") -> int:
    plan = Plan(Kind.PROGRESS, "毎月", None, cron)
    with office.database.writing() as session:
        number = series.make(session, plan, author="writer", now=office.civil())
        series.approve(
            *(session, number),
            actor="boss",
            now=office.civil(),
            next_due=next_due,
            terms=TERMS,
            reach=0,
        )
    return number


def goes_online(office: Office, name: str, day: date) -> None:
    """Recorded at the office's own time, for that day."""
    with office.database.writing() as session:
        recording.went_online_by_name(
            session, [name], day, by="clerk", now=office.civil(), terms=terms()
        )


def comes(office: Office, at: datetime) -> list[Campaign]:
    """The clock looks at that moment; all that was made until then."""
    office.civil.now = at
    ticks(office, repeating.drafting(Voice(TEXTS), PLAN, None))
    return made(office)


def names(campaign: Campaign) -> str:
    return "\n".join(part.text for part in campaign.draft.parts if isinstance(part, Card))


def test_what_is_recorded_after_the_day_of_the_news_is_told_by_the_next(office: Office) -> None:
    begins(office)
    goes_online(office, "前の手続き", date(2026, 12, 10))
    (first,) = comes(office, FIRST)
    assert "前の手続き" in names(first)
    assert first.draft.title == "計画の進み具合（令和8年12月）"
    office.civil.now = datetime(2026, 12, 20, 3, tzinfo=UTC)
    goes_online(office, "後の手続き", date(2026, 12, 20))
    second = comes(office, datetime(2027, 1, 16, 1, tzinfo=UTC))[-1]
    assert second.id != first.id
    assert "後の手続き" in names(second)
    assert "前の手続き" not in names(second), "it was told already"
    assert second.draft.title == "計画の進み具合（令和8年12月から令和9年1月まで）"
    assert comes(office, datetime(2027, 2, 16, 1, tzinfo=UTC))[-1].id == second.id, "no news"


def test_what_was_to_be_told_while_the_desk_was_down_is_told_by_the_next(office: Office) -> None:
    begins(office)
    goes_online(office, "一つ目", date(2026, 12, 10))
    assert len(comes(office, FIRST)) == 1
    office.civil.now = datetime(2026, 12, 20, 1, tzinfo=UTC)
    goes_online(office, "二つ目", date(2026, 12, 20))
    office.civil.now = datetime(2027, 1, 20, 1, tzinfo=UTC)
    goes_online(office, "三つ目", date(2027, 1, 20))
    last = comes(office, datetime(2027, 2, 16, 1, tzinfo=UTC))[-1]
    assert "二つ目" in names(last)
    assert "三つ目" in names(last)


def test_news_on_the_first_tells_the_month_before_and_what_was_recorded_of_it_since(
    office: Office,
) -> None:
    begins(office, "0 10 1 * *")
    goes_online(office, "十二月の手続き", date(2026, 12, 15))
    office.civil.now = datetime(2026, 12, 31, 23, tzinfo=UTC)
    goes_online(office, "一月の手続き", date(2027, 1, 1))
    first = comes(office, datetime(2027, 1, 1, 1, tzinfo=UTC))[-1]
    assert first.draft.title == "計画の進み具合（令和8年12月）"
    assert "十二月の手続き" in names(first)
    assert "一月の手続き" not in names(first)
    goes_online(office, "おそい記録", date(2026, 12, 28))
    second = comes(office, datetime(2027, 2, 1, 1, tzinfo=UTC))[-1]
    assert "一月の手続き" in names(second)
    assert "おそい記録" in names(second)
    assert "十二月の手続き" not in names(second)
