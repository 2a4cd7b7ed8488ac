"""The city's profile as values: names, sections, districts and the rules that are its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
