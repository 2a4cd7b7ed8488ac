"""Who asked and about what: the rates by district and age band, what was read by topic.

District and age band are what residents told of themselves and stand as they are told now; who
told nothing is a group of its own. Rows whose questions were erased count for nobody here.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from bot.knowledge.models import EntryRow
from bot.questions.days import moments
from bot.questions.models import QuestionRow
from bot.questions.rules import OF_ANSWERED, OF_ASKED, Counted, Kind, Rates, rates
from bot.questions.small_cells import suppressed
from bot.residents.models import ResidentChoice


@dataclass(frozen=True, slots=True)
class Group:
    """The rates of one group of people; `key` is None for those who told nothing.

    `is_hidden`: too few asked to show anything. `hidden` are the names of counts too small to
    show; they are zero in `rates`. `read`: answers that were read, over which OF_ANSWERED is
    counted; it is used for shares alone.
    """

    key: str | None
    rates: Rates
    asked: int
    read: int
    is_hidden: bool
    hidden: frozenset[str]


@dataclass(frozen=True, slots=True)
class Topic:
    """How often answers of a topic were read, helped and did not help."""

    topic: str
    read: int
    resolved: int
    not_resolved: int


def by_people(
    session: Session, first: date, last: date, least: int
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """By district and by age band; counts from 1 to below `least` are not told."""
    begin, end = moments(first, last)
    q, told = QuestionRow, ResidentChoice
    columns = (
        told.district,
        told.age_band,
        q.kind,
        q.outcome,
        func.coalesce(q.choice, ""),
        func.coalesce(q.reaction, ""),
    )
    found = session.execute(
        select(*columns, func.count())
        .select_from(q)
        .outerjoin(told, told.resident_key == q.resident_key)
        .where(q.kind == Kind.QUESTION, q.asked_at >= begin, q.asked_at < end)
        .group_by(*columns)
    )
    districts: dict[str | None, list[Counted]] = defaultdict(list)
    bands: dict[str | None, list[Counted]] = defaultdict(list)
    for district, band, kind, outcome, choice, reaction, count in found:
        group = Counted(kind, outcome, choice, reaction, count)
        districts[district].append(group)
        bands[band].append(group)
    return _groups(districts, least), _groups(bands, least)


def by_topic(session: Session, first: date, last: date) -> tuple[Topic, ...]:
    """The topics of the answers that were read, the most read first.

    What was not answered has no topic yet, and is not among them.
    """
    begin, end = moments(first, last)
    q = QuestionRow
    read = (
        select(
            q.entry_id,
            func.count().label("read"),
            func.sum(cast(func.coalesce(q.reaction, "") == "yes", Integer)).label("yes"),
            func.sum(cast(func.coalesce(q.reaction, "") == "no", Integer)).label("no"),
        )
        .where(
            q.kind == Kind.QUESTION,
            q.asked_at >= begin,
            q.asked_at < end,
            q.entry_id.is_not(None),
        )
        .group_by(q.entry_id)
        .subquery()
    )
    found = session.execute(
        select(EntryRow.topic, func.sum(read.c.read), func.sum(read.c.yes), func.sum(read.c.no))
        .join(read, read.c.entry_id == EntryRow.id)
        .group_by(EntryRow.topic)
        .order_by(func.sum(read.c.read).desc(), EntryRow.topic)
    )
    return tuple(Topic(topic, int(n), int(yes), int(no)) for topic, n, yes, no in found)


def _groups(counted: Mapping[str | None, list[Counted]], least: int) -> tuple[Group, ...]:
    held = {key: rates(groups) for key, groups in counted.items()}
    asked = {key or "": one.asked for key, one in held.items()}
    whole_is_hidden, few = suppressed(sum(asked.values()), asked, least)
    return tuple(
        _group(key, one, least, is_hidden=whole_is_hidden or (key or "") in few)
        for key, one in sorted(held.items(), key=lambda pair: (pair[0] is None, pair[0] or ""))
        if one.asked
    )


def _group(key: str | None, held: Rates, least: int, *, is_hidden: bool) -> Group:
    if is_hidden:
        return Group(key, Rates(), 0, 0, True, frozenset((*OF_ASKED, *OF_ANSWERED)))
    hidden: frozenset[str] = frozenset()
    for names, whole in ((OF_ASKED, held.asked), (OF_ANSWERED, held.answered)):
        parts = {name: getattr(held, name) for name in names}
        is_small, few = suppressed(whole, parts, least)
        hidden |= frozenset(names) if is_small else few
    shown = {n: 0 if n in hidden else getattr(held, n) for n in (*OF_ASKED, *OF_ANSWERED)}
    return Group(key, Rates(**shown), held.asked, held.answered, False, hidden)
