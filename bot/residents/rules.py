"""What holds of a resident, decided without the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Style(StrEnum):
    """How a resident wants to be spoken to; chosen by them, never inferred."""

    PLAIN = "plain"
    EASY = "easy"
    FURIGANA = "furigana"


@dataclass(frozen=True, slots=True)
class Topic:
    """What was answered last: an entry of the knowledge base or a procedure."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> "Topic | None":
        """The topic that `str()` wrote, or None for anything else."""
        kind, colon, id_ = (text or "").partition(":")
        return cls(kind, id_) if colon and kind in ("entry", "procedure") and id_ else None


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident as the desk sees them while it answers."""

    key: str
    style: Style = Style.PLAIN
    is_new: bool = True
    has_left: bool = False
    topic: Topic | None = None
    topic_at: datetime | None = None

    def topic_now(self, now: datetime, within: timedelta) -> Topic | None:
        """The last topic while it is fresh; a follow-up question is read against it."""
        if self.topic is None or self.topic_at is None:
            return None
        return self.topic if now - self.topic_at <= within else None
