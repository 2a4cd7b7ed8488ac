"""The menu of procedures: six areas, their life events, as content/life-events.toml has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Something that happens in a life and brings procedures with it."""

    key: str
    title: str
    about: str


@dataclass(frozen=True, slots=True)
class Area:
    """A group of life events."""

    key: str
    title: str
    about: str
    events: tuple[LifeEvent, ...]


@dataclass(frozen=True, slots=True)
class LifeMenu:
    """All areas, in the order in which they are shown."""

    areas: tuple[Area, ...]

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "LifeMenu":
        """The menu in a parsed `life-events.toml`."""
        return cls(
            tuple(
                Area(
                    area["key"],
                    area["title"],
                    area["about"],
                    tuple(
                        LifeEvent(event["key"], event["title"], event["about"])
                        for event in held["event"]
                        if event["area"] == area["key"]
                    ),
                )
                for area in held["area"]
            )
        )

    def area(self, key: str) -> Area | None:
        """The area `key`, if there is one."""
        return next((area for area in self.areas if area.key == key), None)

    def event(self, key: str) -> LifeEvent | None:
        """The life event `key`, if there is one."""
        events = (event for area in self.areas for event in area.events)
        return next((event for event in events if event.key == key), None)
