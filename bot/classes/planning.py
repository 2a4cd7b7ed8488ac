"""A class as staff plan it: what can be, and the same some weeks later. No database here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A class as staff plan it. `dates` are (start, end) each; several make a series booked as one.

    `kept` seats are for telephone and counter until `kept_until` (None: until the class begins).
    """

    course_id: int
    venue_id: int
    dates: tuple[tuple[datetime, datetime], ...]
    capacity: int
    opens_at: datetime
    closes_at: datetime
    kept: int = 0
    kept_until: datetime | None = None
    note: str = ""
    code: str = ""
    is_draft: bool = False
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class Faulty:
    """The plan cannot be: the names of what is wrong (dates, capacity, kept, booking)."""

    faults: tuple[str, ...]


def faults(plan: SessionPlan) -> tuple[str, ...]:
    """What is wrong with a plan; nothing when it can be."""
    ends_before = [end for _, end in plan.dates[:-1]]
    in_order = all(start < end for start, end in plan.dates)
    in_order = in_order and all(
        end <= start for end, (start, _) in zip(ends_before, plan.dates[1:], strict=True)
    )
    found = []
    if not plan.dates or not in_order:
        found.append("dates")
    if not 0 < plan.capacity <= 500:
        found.append("capacity")
    if not 0 <= plan.kept <= plan.capacity:
        found.append("kept")
    if plan.opens_at >= plan.closes_at or (plan.dates and plan.closes_at > plan.dates[0][0]):
        found.append("booking")
    return tuple(found)


def shifted(plan: SessionPlan, days: int, zone: ZoneInfo) -> SessionPlan:
    """The plan some days later at the same hours of the clock; without a code."""

    def later(moment: datetime) -> datetime:
        return moment.astimezone(zone) + timedelta(days=days)

    return replace(
        plan,
        dates=tuple((later(start), later(end)) for start, end in plan.dates),
        opens_at=plan.opens_at,
        closes_at=later(plan.closes_at),
        kept_until=None if plan.kept_until is None else later(plan.kept_until),
        code="",
    )
