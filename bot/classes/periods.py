"""Counts bookings of a period, so that nobody opens more names than a search should."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session as Db

from bot.classes.models import BookingRow, SessionRow


def count_bookings(db: Db, since: datetime, until: datetime) -> int:
    """How many bookings, in any state, lead to classes that begin in the period."""
    wanted = (
        select(func.count(BookingRow.id))
        .join(SessionRow, SessionRow.id == BookingRow.session_id)
        .where(SessionRow.starts_at >= since, SessionRow.starts_at < until)
    )
    return int(db.scalar(wanted) or 0)
