"""The city's profile as values: names, sections, districts and the rules that are its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import jpholiday

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
class Retention:
    """For how many days each kind of record is kept."""

    questions: int
    inbox_done: int
    outbox_done: int
    outbox_failed: int
    residents_unfollowed: int
    handover: int = 30


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
    districts: tuple[str, ...]
    follow_up_minutes: int
    samples_a_week: int
    handover_wait_minutes: int
    handover_idle_minutes: int
    page_link_hours: int
    opening: Opening
    retention: Retention
    is_sample: bool

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "City":
        """The profile in a parsed `city.toml`. Raises KeyError naming what is missing."""
        city, rules = held["city"], held["rules"]
        retention = rules["retention"]
        return cls(
            name=city["name"],
            notice=city["notice"],
            phone=city["main_phone"],
            hours=city["hours"],
            place=city["main_place"],
            site=city["site"],
            shelters=city["shelters"],
            sections={key: _section(key, value) for key, value in held["sections"].items()},
            districts=tuple(district["name"] for district in held["district"]),
            follow_up_minutes=int(rules["follow_up_minutes"]),
            samples_a_week=int(rules["samples_a_week"]),
            handover_wait_minutes=int(rules["handover_wait_minutes"]),
            handover_idle_minutes=int(rules["handover_idle_minutes"]),
            page_link_hours=int(rules["page_link_hours"]),
            opening=Opening.from_toml(city),
            retention=Retention(
                **{field: int(retention[field]) for field in Retention.__slots__},
            ),
            is_sample=bool(city.get("sample", False)),
        )

    def section(self, key: str | None) -> Section:
        """The section of that key or name, or the general desk when there is none such."""
        named = (held for held in self.sections.values() if held.name == key)
        return self.sections.get(key or "") or next(named, self.sections["sogo"])


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
