"""Makes the announcements of series at their instants, and asks LINE what became of the sent."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.campaigns import firing, plan_pictures
from bot.campaigns.checking import Fault
from bot.campaigns.firing import Generate, Making
from bot.campaigns.results import Sums
from bot.campaigns.rules import Draft, Kind
from bot.clocks import CivilClock
from bot.db import Database
from bot.line.client import NotAnswered
from bot.line.gateway import Gateway
from bot.line.limits import Message
from bot.plan.measures import Plan
from bot.residents.rules import Style
from bot.speech import campaign_cards, news_check, news_gathering
from bot.speech.campaign_cards import Addresses, Shown
from bot.speech.texts import Voice
from scheduler.clock import Family

_ANY_PICTURE = f"https://{'p' * 120}.example/p/small.jpg"


def drafting(voice: Voice, plan: Plan, base_url: str | None) -> Generate:
    """Drafts anew what a series tells: the week's digest, the month's progress of the plan."""
    page = news_gathering.page_of(base_url)

    def generate(
        session: Session, kind: Kind, due: datetime, told_at: datetime | None
    ) -> Draft | None:
        return news_gathering.generate(
            session, kind, due, told_at, voice=voice, plan=plan, page=page
        )

    return generate


def checking(
    voices: Callable[[Style], Voice], topics: Collection[str], *, is_real_line: bool
) -> Callable[[Draft], Sequence[Fault]]:
    """The check of what a series made. No database is asked: any picture has as long an address."""
    addresses = Addresses(lambda _: Shown(_ANY_PICTURE, _ANY_PICTURE))

    def compose(style: Style, draft: Draft) -> Sequence[Message]:
        return campaign_cards.compose(voices(style), draft, addresses)

    def faults(draft: Draft) -> Sequence[Fault]:
        return news_check.faults(draft, compose, is_real_line=is_real_line, topics=topics)

    return faults


def repeating(civil: CivilClock, making: Making) -> Family:
    """What the clock starts for a series."""

    def repeat(session: Session, series_id: int, due: datetime) -> object:
        return firing.fire(session, series_id, due, civil(), making)

    return repeat


def draw_ahead(database: Database, plan: Plan, now: datetime) -> None:
    """Keeps the picture of the plan as it stands, so that a series due later finds it drawn."""
    with database.reading() as session:
        news, drawn = news_gathering.drawn_ahead(session, plan, news_gathering.month_of(now))
    if drawn is None:
        return
    with database.writing() as session:
        if plan_pictures.find(session, news) is None:
            plan_pictures.keep(session, news, drawn, now)


def sums_of(gateway: Gateway) -> Callable[[str, date, date], Sums | None]:
    """LINE's sums of a unit, or None when it does not answer."""

    def ask(unit: str, first: date, last: date) -> Sums | None:
        try:
            return Sums(*gateway.unit_sums(unit, first, last))
        except NotAnswered:
            return None

    return ask
