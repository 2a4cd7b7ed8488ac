"""The topics of announcements that a city offers, as `content/topics.toml` lists them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NewsTopic:
    """A topic to hear of: its key in the records, and its words, plain and easy."""

    key: str
    name: str
    easy: str
    about: str
    about_easy: str


@dataclass(frozen=True, slots=True)
class TopicGroup:
    """Topics that are shown together."""

    name: str
    easy: str
    topics: tuple[NewsTopic, ...]


@dataclass(frozen=True, slots=True)
class NewsTopics:
    """All topics on offer, in the order in which they are shown."""

    groups: tuple[TopicGroup, ...]

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "NewsTopics":
        """The topics in a parsed `topics.toml`.

        Raises KeyError naming what is missing, ValueError for a key that two topics have.
        """
        groups = tuple(
            TopicGroup(
                group["name"],
                group["easy"],
                tuple(NewsTopic(**topic) for topic in group["topic"]),
            )
            for group in held["group"]
        )
        keys = [topic.key for group in groups for topic in group.topics]
        if len(keys) != len(set(keys)):
            raise ValueError("two topics have the same key")
        return cls(groups)

    @property
    def all(self) -> tuple[NewsTopic, ...]:
        """Every topic once."""
        return tuple(topic for group in self.groups for topic in group.topics)

    def topic(self, key: str) -> NewsTopic | None:
        """The topic of that key, or None for one that is not on offer (any more)."""
        return next((topic for topic in self.all if topic.key == key), None)

    def chosen(self, keys: Iterable[str]) -> tuple[NewsTopic, ...]:
        """Those of the keys that are on offer, in the order in which they are shown."""
        wanted = set(keys)
        return tuple(topic for topic in self.all if topic.key in wanted)
