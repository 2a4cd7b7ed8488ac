"""The days and weeks by which questions are counted: those of Japan's calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")


def day_of(moment: datetime) -> date:
    """The day that a moment falls on in Japan."""
    return moment.astimezone(JAPAN).date()


def monday_of(day: date) -> date:
    """The day on which a day's week begins."""
    return day - timedelta(days=day.weekday())


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From when to when the days `first` to `last` last in Japan; the end is not in it."""
    begin = datetime(first.year, first.month, first.day, tzinfo=JAPAN)
    end = datetime.fromordinal(last.toordinal() + 1).replace(tzinfo=JAPAN)
    return begin, end
