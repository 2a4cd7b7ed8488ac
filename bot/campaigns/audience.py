"""Finds who is in an audience: at the count, at the snapshot, and again at a parcel's first try."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from bot.campaigns.rules import Audience
from bot.plan import telling
from bot.plan.models import GoLiveWatch
from bot.residents.models import ResidentChoice, ResidentRow, ResidentTopic
from bot.residents.rules import Hours


def count(session: Session, audience: Audience) -> int:
    """How many people are in it now. It reads the whole audience: ask outside any write."""
    return int(session.scalar(counting(audience)) or 0)


def keys_after(audience: Audience, cursor: str, met_before: datetime) -> Select[str, str]:
    """Key and style of those behind the cursor, in the order of their keys; to be limited.

    Every table is walked in that order and from that cursor on: what a stretch costs depends on
    its own people alone, not on the whole audience.
    """
    return (
        select(ResidentRow.key, ResidentRow.style)
        .where(
            ResidentRow.key > cursor, ResidentRow.met_at <= met_before, *fitting(audience, cursor)
        )
        .order_by(ResidentRow.key)
    )


def still_wants(audience: Audience, after: str | None = None) -> ColumnElement[bool]:
    """True for one who follows the account and has not stopped what the announcement is about.

    `after`: only those behind this key are asked about.
    """
    # "= true" keeps SQLite from walking the index of left_at, which nearly everybody is in;
    # PostgreSQL takes it for the plain condition.
    follows = ResidentRow.left_at.is_(None) == true()
    return and_(follows, _chose(audience, after))


def counting(audience: Audience) -> Select[Any]:
    """Asks how many are in it; to be narrowed."""
    return select(func.count()).select_from(ResidentRow).where(*fitting(audience))


def fitting(audience: Audience, after: str | None = None) -> list[ColumnElement[bool]]:
    """What holds of who is in it. `after`: only those behind this key are asked about."""
    holds: list[ColumnElement[bool]] = [still_wants(audience, after)]
    if audience.is_narrow:
        told = _own(ResidentChoice.resident_key, after)
        asked = _asked(audience)
        if audience.or_untold:
            # What was not told is null, which is neither in a list nor outside of it.
            other = or_(*(column.not_in(values) for column, values in asked))
            holds.append(~exists().where(*told, other))
        else:
            holds.append(exists().where(*told, *(column.in_(values) for column, values in asked)))
    return holds


def _asked(audience: Audience) -> list[tuple[Any, list[str]]]:
    hours = {*audience.hours, Hours.EITHER} if audience.hours else set()
    answers: list[tuple[Any, Collection[str]]] = [
        (ResidentChoice.district, audience.districts),
        (ResidentChoice.age_band, audience.age_bands),
        (ResidentChoice.hours, hours),
    ]
    return [(column, sorted(values)) for column, values in answers if values]


def _chose(audience: Audience, after: str | None) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if audience.topics:
        topics = ResidentTopic.topic.in_(sorted(audience.topics))
        chose: ColumnElement[bool] = exists().where(
            topics, *_own(ResidentTopic.resident_key, after)
        )
        if audience.procedures:
            # Who waited for it was told by itself: this would be the second time.
            chose &= ~telling.was_told(audience.procedures, ResidentRow.key)
        ways.append(chose)
    if audience.procedures:
        watched = GoLiveWatch.procedure_id.in_(sorted(audience.procedures))
        ways.append(exists().where(watched, *_own(GoLiveWatch.resident_key, after)))
    # Without either nobody is meant: a broadcast would reach people who never asked.
    return or_(*ways) if ways else false()


def _own(key: Any, after: str | None) -> list[ColumnElement[bool]]:
    own: list[ColumnElement[bool]] = [key == ResidentRow.key]
    return own if after is None else [*own, key > after]
