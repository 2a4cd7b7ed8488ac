"""Says moments and days as people here do: 令和8年11月24日（火） 午前9時."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Tokyo")
_WEEKDAYS = "月火水木金土日"
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
)
"""First days of the eras (Cabinet orders on era names); earlier days are said in western years."""


def today(now: datetime) -> date:
    """The day that `now` falls on here."""
    return now.astimezone(ZONE).date()


def say_year(day: date) -> str:
    """令和8年; the first year of an era is 元年."""
    for first, era in _ERAS:
        if day >= first:
            number = day.year - first.year + 1
            return f"{era}{'元' if number == 1 else number}年"
    return f"{day.year}年"


def reiwa(year: int) -> int:
    """Which year of 令和 begins in a western year: 2025 is its 7th, also as a fiscal year."""
    return year - _ERAS[0][0].year + 1


def say_day(day: date) -> str:
    """令和8年11月24日（火）."""
    return f"{say_year(day)}{say_short_day(day)}"


def say_short_day(day: date) -> str:
    """11月24日（火）, where the year is plain."""
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def say_time(moment: datetime) -> str:
    """午前9時, 午後1時30分; noon is 午後0時, midnight 午前0時."""
    here = moment.astimezone(ZONE)
    half = "午前" if here.hour < 12 else "午後"
    minutes = f"{here.minute}分" if here.minute else ""
    return f"{half}{here.hour % 12}時{minutes}"


def say_moment(moment: datetime) -> str:
    """令和8年11月24日（火） 午前9時."""
    return f"{say_day(today(moment))} {say_time(moment)}"


def say_near(moment: datetime, now: datetime) -> str:
    """The time alone for today, きのう for yesterday, the day without its year within this year."""
    day, here = today(moment), today(now)
    if day == here:
        return say_time(moment)
    if here - day == timedelta(days=1):
        return f"きのう {say_time(moment)}"
    if day.year == here.year:
        return f"{say_short_day(day)} {say_time(moment)}"
    return say_moment(moment)


def start_of(day: date) -> datetime:
    """The moment at which that day begins here."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)
