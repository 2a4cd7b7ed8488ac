"""What holds of a resident, decided without the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Style(StrEnum):
    """How a resident wants to be spoken to; chosen by them, never inferred."""

    PLAIN = "plain"
    EASY = "easy"
    FURIGANA = "furigana"


class AgeBand(StrEnum):
    """How old a resident says they are, in steps coarse enough to point to nobody."""

    TO_19 = "to19"
    TO_39 = "to39"
    TO_64 = "to64"
    TO_74 = "to74"
    FROM_75 = "from75"


class Hours(StrEnum):
    """When a resident has time for a class or a call. EITHER is an answer, and fits every hour."""

    DAY = "day"
    NIGHT = "night"
    EITHER = "either"


def age_band_of(text: str | None) -> AgeBand | None:
    """The band as a button, a form or the database carried it; None for anything else."""
    return AgeBand(text) if text in set(AgeBand) else None


def hours_of(text: str | None) -> Hours | None:
    """The hours as a button, a form or the database carried them; None for anything else."""
    return Hours(text) if text in set(Hours) else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What a resident chose: topics to hear of, and what they told of themselves.

    Nothing chosen is the beginning; then no announcement reaches them but an emergency.
    """

    topics: frozenset[str] = frozenset()
    district: str | None = None
    age_band: AgeBand | None = None
    hours: Hours | None = None

    @property
    def is_empty(self) -> bool:
        """True for a resident who chose nothing."""
        return self == Choices()


@dataclass(frozen=True, slots=True)
class Topic:
    """What was spoken of last: an entry of the knowledge base, a procedure, or what we asked.

    `kind` is "entry", "procedure" or "asked"; the `id` of a question is the button it waits for.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> "Topic | None":
        """The topic that `str()` wrote, or None for anything else."""
        kind, colon, id_ = (text or "").partition(":")
        return cls(kind, id_) if colon and kind in ("entry", "procedure", "asked") and id_ else None


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as the desk sees them while it answers."""

    key: str
    style: Style = Style.PLAIN
    is_new: bool = True
    topic: Topic | None = None
    topic_at: datetime | None = None

    def topic_now(self, now: datetime, within: timedelta) -> Topic | None:
        """The last topic while it is fresh; a follow-up question is read against it."""
        if self.topic is None or self.topic_at is None:
            return None
        return self.topic if now - self.topic_at <= within else None
