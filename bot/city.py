"""The city's profile as values: names, sections, districts and the rules that are its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import jpholiday

JAPAN = ZoneInfo("Asia/Tokyo")
UNRINGABLE = "000-0000-0000"
"""The sample's telephone number, which no one can ring."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the city hall that answers for something."""

    key: str
    name: str
    kana: str
    phone: str
    hours: str
    place: str
    is_sample: bool


@dataclass(frozen=True, slots=True)
class District:
    """A district (地区) of the city: `key` is what records keep, `name` what people read."""

    key: str
    name: str
    kana: str


@dataclass(frozen=True, slots=True)
class Retention:
    """For how many days each kind of record is kept."""

    questions: int
    inbox_done: int
    outbox_done: int
    outbox_failed: int
    residents_unfollowed: int
    handover: int = 30
    class_people: int = 400
    announcements: int = 730
    callbacks_answered: int = 90


@dataclass(frozen=True, slots=True)
class Opening:
    """When someone is at the desk: hours, weekdays (1 = Monday), holidays and closed days."""

    opens: time
    closes: time
    weekdays: frozenset[int]
    closed_holidays: bool
    closed_days: frozenset[str]
    zone: ZoneInfo

    @classmethod
    def from_toml(cls, city: Mapping[str, Any]) -> "Opening":
        """The hours in the table [city]. Raises KeyError naming what is missing."""
        return cls(
            opens=time.fromisoformat(city["open_at"]),
            closes=time.fromisoformat(city["close_at"]),
            weekdays=frozenset(city["open_weekdays"]),
            closed_holidays=bool(city["closed_holidays"]),
            closed_days=frozenset(city["closed_days"]),
            zone=ZoneInfo(city["timezone"]),
        )

    def is_open(self, now: datetime) -> bool:
        """True while somebody is there; the closing minute itself is closed."""
        here = now.astimezone(self.zone)
        return self.is_working_day(here.date()) and self.opens <= here.time() < self.closes

    def is_working_day(self, day: date) -> bool:
        """True for a day on which the desk opens at all."""
        if day.isoweekday() not in self.weekdays or f"{day:%m-%d}" in self.closed_days:
            return False
        return not (self.closed_holidays and jpholiday.is_holiday(day))


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of the night in which nobody is told anything that can wait for the morning."""

    begins: time
    ends: time
    zone: ZoneInfo = JAPAN

    @classmethod
    def from_toml(cls, rules: Mapping[str, Any], zone: ZoneInfo = JAPAN) -> "Quiet":
        """The hours in the table [rules]. Raises KeyError naming what is missing."""
        begins, ends = rules["quiet_from"], rules["quiet_until"]
        return cls(time.fromisoformat(begins), time.fromisoformat(ends), zone)

    def holds(self, at: time) -> bool:
        """True within the hours, which may run over midnight; the last minute is awake."""
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def is_now(self, now: datetime) -> bool:
        """True at a moment that falls into the hours here."""
        return self.holds(now.astimezone(self.zone).time())

    def over(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        if not self.is_now(moment):
            return moment
        here = moment.astimezone(self.zone)
        morning = datetime.combine(here.date(), self.ends, self.zone)
        return morning if morning > here else morning + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ClassRules:
    """The city's rules for classes: reminders, offers of freed seats, limits, and the night.

    `offer_share` n: an offer lasts at most the n-th part of the time left to the class. No push
    leaves and no offer ends in the `quiet` hours.
    """

    reminder_days: tuple[int, ...]
    reminder_at: time
    morning_at: time | None
    offer_lasts: timedelta
    offer_share: int
    offer_least: timedelta
    offer_ends_before: timedelta
    running_most: int
    companions_most: int
    after_class: timedelta
    link_code_lasts: timedelta
    link_tries_an_hour: int
    quiet: Quiet
    opening: Opening

    @classmethod
    def from_toml(cls, rules: Mapping[str, Any], opening: Opening) -> "ClassRules":
        """The rules in the table [rules]. Raises KeyError naming what is missing."""
        held = rules["classes"]
        morning = held["morning_at"]
        return cls(
            reminder_days=tuple(int(days) for days in held["reminders_days_before"]),
            reminder_at=time.fromisoformat(held["reminder_at"]),
            morning_at=time.fromisoformat(morning) if morning else None,
            offer_lasts=timedelta(hours=held["offer_hours"]),
            offer_share=int(held["offer_share"]),
            offer_least=timedelta(minutes=held["offer_least_minutes"]),
            offer_ends_before=timedelta(minutes=held["offer_ends_before_minutes"]),
            running_most=int(held["running_most"]),
            companions_most=int(held["companions"]),
            after_class=timedelta(minutes=held["after_class_minutes"]),
            link_code_lasts=timedelta(days=held["link_code_days"]),
            link_tries_an_hour=int(held["link_tries_an_hour"]),
            quiet=Quiet.from_toml(rules, opening.zone),
            opening=opening,
        )


@dataclass(frozen=True, slots=True)
class City:
    """What `content/city.toml` says of the city."""

    name: str
    notice: str
    phone: str
    hours: str
    place: str
    site: str
    shelters: str
    sections: Mapping[str, Section]
    districts: tuple[District, ...]
    follow_up_minutes: int
    samples_a_week: int
    small_cell: int
    handover_wait_minutes: int
    handover_idle_minutes: int
    page_link_hours: int
    opening: Opening
    classes: ClassRules
    retention: Retention
    is_sample: bool

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "City":
        """The profile in a parsed `city.toml`. Raises KeyError naming what is missing."""
        city, rules = held["city"], held["rules"]
        retention, opening = rules["retention"], Opening.from_toml(city)
        return cls(
            name=city["name"],
            notice=city["notice"],
            phone=city["main_phone"],
            hours=city["hours"],
            place=city["main_place"],
            site=city["site"],
            shelters=city["shelters"],
            sections={key: _section(key, value) for key, value in held["sections"].items()},
            districts=tuple(District(d["key"], d["name"], d["kana"]) for d in held["district"]),
            follow_up_minutes=int(rules["follow_up_minutes"]),
            samples_a_week=int(rules["samples_a_week"]),
            small_cell=int(rules["small_cell"]),
            handover_wait_minutes=int(rules["handover_wait_minutes"]),
            handover_idle_minutes=int(rules["handover_idle_minutes"]),
            page_link_hours=int(rules["page_link_hours"]),
            opening=opening,
            classes=ClassRules.from_toml(rules, opening),
            retention=Retention(
                **{field: int(retention[field]) for field in Retention.__slots__},
            ),
            is_sample=bool(city.get("sample", False)),
        )

    def section(self, key: str | None) -> Section:
        """The section of that key or name, or the general desk when there is none such."""
        named = (held for held in self.sections.values() if held.name == key)
        return self.sections.get(key or "") or next(named, self.sections["sogo"])

    def district(self, key: str | None) -> District | None:
        """The district of that key, or None."""
        return next((one for one in self.districts if one.key == key), None)


def _section(key: str, held: Mapping[str, Any]) -> Section:
    return Section(
        key=key,
        name=held["name"],
        kana=held["kana"],
        phone=held["phone"],
        hours=held["hours"],
        place=held["place"],
        is_sample=bool(held.get("sample", False)),
    )
