"""How often entries were shown to residents, read, and said not to have helped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, cast, func, select, text
from sqlalchemy.orm import Session

from bot.questions.models import QuestionRow

WINDOW = timedelta(days=90)
"""How far back is counted."""
OFTEN_NO = 3
"""So many「いいえ」, and more of them than「はい」, and an entry needs another look."""


@dataclass(frozen=True, slots=True)
class EntryCount:
    """What residents did with an entry: read it, said はい, said いいえ."""

    read: int = 0
    yes: int = 0
    no: int = 0


def counts(
    session: Session, now: datetime, entry_ids: Sequence[str] | None = None
) -> dict[str, EntryCount]:
    """The counts of the last 90 days, of these entries or of all that were read.

    The answer a resident got at once and the one staff gave later both count.
    """
    since = now - WINDOW
    found: dict[str, EntryCount] = {}
    q = QuestionRow
    ways = ((q.entry_id, q.reaction, q.asked_at), (q.later_entry, q.later_reaction, q.later_at))
    for entry, reaction, moment in ways:
        yes = func.coalesce(func.sum(cast(reaction == "yes", Integer)), 0)
        no = func.coalesce(func.sum(cast(reaction == "no", Integer)), 0)
        asked = select(entry, func.count(), yes, no).where(moment >= since, entry.is_not(None))
        if entry_ids is not None:
            asked = asked.where(entry.in_(list(entry_ids)))
        for entry_id, read, helped, not_helped in session.execute(asked.group_by(entry)):
            before = found.get(entry_id or "", EntryCount())
            found[entry_id or ""] = EntryCount(
                before.read + read, before.yes + helped, before.no + not_helped
            )
    return found


def often_no(session: Session, now: datetime) -> tuple[str, ...]:
    """The entries that often did not help, worst first."""
    counted = counts(session, now)
    poor = [(i, c) for i, c in counted.items() if c.no >= OFTEN_NO and c.no > c.yes]
    return tuple(entry_id for entry_id, _ in sorted(poor, key=lambda pair: (-pair[1].no, pair[0])))


def ever_shown(session: Session, now: datetime) -> frozenset[str]:
    """The entries shown to anyone in the last 90 days, be it as one of several to choose from."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    each = _EACH_ON_SQLITE if is_sqlite else _EACH_ON_POSTGRES
    since = now - WINDOW
    moment = since.replace(tzinfo=None) if is_sqlite else since
    offered = session.scalars(text(each), {"since": str(moment) if is_sqlite else moment}).all()
    q = QuestionRow
    read = session.scalars(select(q.entry_id).where(q.asked_at >= since).distinct()).all()
    later = session.scalars(select(q.later_entry).where(q.later_at >= since).distinct()).all()
    return frozenset(filter(None, [*offered, *read, *later]))


_EACH_ON_SQLITE = """
    SELECT DISTINCT each.value
    FROM (
        SELECT DISTINCT shown FROM question
        WHERE outcome = 'candidates' AND asked_at >= :since
    ) AS offers, json_each(offers.shown) AS each
"""
_EACH_ON_POSTGRES = """
    SELECT DISTINCT json_array_elements_text(CAST(offers.shown AS JSON))
    FROM (
        SELECT DISTINCT CAST(shown AS TEXT) AS shown FROM question
        WHERE outcome = 'candidates' AND asked_at >= :since
    ) AS offers
"""
