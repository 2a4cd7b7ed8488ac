"""How many friends the account has, day by day: counts alone, nobody's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.city import JAPAN
from bot.db import insert_unless_there
from bot.plan.models import FriendsDay
from bot.residents.models import ResidentRow

_AHEAD = timedelta(hours=9)
"""Japan has had no summer time since 1951."""


@dataclass(frozen=True, slots=True)
class Friends:
    """A day. `known` are those the desk has met who had not left by its end.

    `followers` and `blocks` are LINE's counts, None where LINE gave none. `is_kept` is False where
    `known` was counted back from those who are still known, so that it may be too low.
    """

    day: date
    known: int
    followers: int | None = None
    blocks: int | None = None
    is_kept: bool = False


def known_now(session: Session) -> int:
    """How many friends the desk knows at this moment."""
    return int(session.scalar(select(func.count()).where(ResidentRow.left_at.is_(None))) or 0)


def most_now(session: Session) -> int:
    """How many a message to all may reach: as LINE counted last, and no fewer than we know."""
    at_line = session.execute(
        select(FriendsDay.followers, FriendsDay.blocks)
        .where(FriendsDay.followers.is_not(None))
        .order_by(FriendsDay.day.desc())
        .limit(1)
    ).one_or_none()
    counted = (at_line.followers or 0) - (at_line.blocks or 0) if at_line else 0
    return max(counted, known_now(session))


def keep(session: Session, day: date, *, known: int) -> None:
    """Keeps how many friends the desk knew at a day's end, in the place of what was kept of it."""
    row = insert_unless_there(session, FriendsDay).values(day=day, known=known)
    session.execute(row.on_conflict_do_update(index_elements=["day"], set_={"known": known}))


def keep_line(
    session: Session, day: date, *, followers: int, reached: int | None, blocks: int | None
) -> None:
    """Keeps LINE's own counts of a day; nothing of a day that `keep` was not asked for."""
    counts = {"followers": followers, "reached": reached, "blocks": blocks}
    session.execute(update(FriendsDay).where(FriendsDay.day == day).values(**counts))


def without_line(session: Session, first: date) -> list[date]:
    """Kept days since `first` for which LINE has given no counts yet."""
    found = select(FriendsDay.day).where(FriendsDay.day >= first, FriendsDay.followers.is_(None))
    return list(session.scalars(found.order_by(FriendsDay.day)))


def curve(session: Session, first: date, last: date, now: datetime) -> tuple[Friends, ...]:
    """Every day from `first` to `last`; the day of `now` as it stands at this moment."""
    kept = {
        row.day: Friends(row.day, row.known, row.followers, row.blocks, is_kept=True)
        for row in session.scalars(
            select(FriendsDay).where(FriendsDay.day >= first, FriendsDay.day <= last)
        )
    }
    today = now.astimezone(JAPAN).date()
    met = _by_day(session, ResidentRow.met_at)
    left = _by_day(session, ResidentRow.left_at)
    counted = []
    known = sum(n for day, n in met.items() if day < first)
    known -= sum(n for day, n in left.items() if day < first)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        known += met.get(day, 0) - left.get(day, 0)
        counted.append(kept.get(day) or Friends(day, known, is_kept=day == today))
    return tuple(counted)


def _by_day(session: Session, moment: Any) -> Mapping[date, int]:
    if session.get_bind().dialect.name == "sqlite":
        day: Any = func.strftime("%Y-%m-%d", moment, "+9 hours")
    else:
        day = func.to_char(func.timezone("UTC", moment) + _AHEAD, "YYYY-MM-DD")
    found = session.execute(select(day, func.count()).where(moment.is_not(None)).group_by(day))
    return {date.fromisoformat(row[0]): row[1] for row in found}
