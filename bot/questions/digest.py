"""What the support team reads of a week: what could not be answered, and the honest rates."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from bot.questions import cluster_queries, queries
from bot.questions.cluster_queries import Filter, Line
from bot.questions.days import monday_of
from bot.questions.rules import Rates

MOST = 20


@dataclass(frozen=True, slots=True)
class Digest:
    """A week's figures, and the unanswered as they stand when it is read.

    `lines` hold masked wordings, those that most people ask first; `total` counts all clusters.
    """

    first: date
    last: date
    rates: Rates
    before: Rates
    lines: tuple[Line, ...]
    total: int


def last_week_before(day: date) -> date:
    """The Monday of the week before the one that `day` lies in: the last whole week."""
    return monday_of(day) - timedelta(days=7)


def digest(session: Session, monday: date) -> Digest:
    """The week that begins with `monday`, with the rates of the week before beside it."""
    last = monday + timedelta(days=6)
    page = cluster_queries.page(session, Filter(), most=MOST)
    return Digest(
        first=monday,
        last=last,
        rates=queries.rates_between(session, monday, last),
        before=queries.rates_between(
            session, monday - timedelta(days=7), monday - timedelta(days=1)
        ),
        lines=page.lines,
        total=page.total,
    )
