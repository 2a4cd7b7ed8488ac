"""Makes the announcements of series at their instants, and asks LINE what became of the sent."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from bot.campaigns import drafting, series
from bot.campaigns.results import Sums
from bot.campaigns.rules import Draft, Kind
from bot.clocks import CivilClock
from bot.line.client import NotAnswered
from bot.line.gateway import Gateway
from bot.speech.texts import Voice
from scheduler.clock import Family

DIGEST = "digest"
"""The topic of those who want the week's news in one message."""


def repeating(civil: CivilClock, voice: Voice, others: series.Generate = lambda *_: None) -> Family:
    """What the clock starts for a series. The digest is drafted here, other kinds by `others`."""

    def generate(session: Session, kind: Kind, due: datetime) -> Draft | None:
        if kind is not Kind.DIGEST:
            return others(session, kind, due)
        title, opening = voice.say("campaign.digest_title"), voice.say("campaign.digest_opening")
        return drafting.digest(session, due, topic=DIGEST, title=title, opening=opening)

    def repeat(session: Session, series_id: int, due: datetime) -> object:
        return series.fire(session, series_id, due, civil(), generate)

    return repeat


def sums_of(gateway: Gateway) -> Callable[[str, date, date], Sums | None]:
    """LINE's sums of a unit, or None when it does not answer."""

    def ask(unit: str, first: date, last: date) -> Sums | None:
        try:
            return Sums(*gateway.unit_sums(unit, first, last))
        except NotAnswered:
            return None

    return ask
