"""What a conversation with a person can be, and when it ends by itself. No database here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class State(StrEnum):
    """Who has the chat: nobody yet, a person, or the desk again."""

    WAITING = "waiting"
    PERSON = "person"
    ENDED = "ended"


class By(StrEnum):
    """Who said, asked or ended something. LEFT: the resident blocked the account."""

    RESIDENT = "resident"
    STAFF = "staff"
    TIME = "time"
    LEFT = "left"


class Place(StrEnum):
    """Where something was said. What is personal is said on our own page alone."""

    CHAT = "chat"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Times:
    """The city's rules: how long one waits for a person, and how long a silence may last."""

    wait: timedelta
    idle: timedelta

    @classmethod
    def of(cls, wait_minutes: int, idle_minutes: int) -> "Times":
        """The rules as the city's profile gives them, in minutes."""
        return cls(timedelta(minutes=wait_minutes), timedelta(minutes=idle_minutes))

    def until(self, state: State, last_at: datetime) -> datetime:
        """When the conversation ends by itself if nobody says anything more."""
        return last_at + (self.wait if state is State.WAITING else self.idle)


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation as it stands. `staff` is the login of who has it.

    `awaits_since` is the earliest message that no person has answered yet.
    """

    id: int
    resident_key: str
    state: State
    asked_by: By
    question_id: int | None
    staff: str | None
    since: datetime
    last_at: datetime
    until: datetime
    awaits_since: datetime | None
    ended_at: datetime | None
    ended_by: By | None
    is_told: bool

    def is_live(self, now: datetime) -> bool:
        """True while messages go to a person, there or still to come."""
        return self.state is not State.ENDED and now < self.until


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `said` is None when its writer took it back, or when it was not asked for."""

    id: int
    at: datetime
    by: By
    place: Place
    said: str | None
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class Begun:
    """A conversation waits for a person now; `first` is False when it did already."""

    conversation: Conversation
    first: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """I have the conversation. `first` is False when I had it already: nobody is told twice."""

    conversation: Conversation
    first: bool


@dataclass(frozen=True, slots=True)
class AlreadyTaken:
    """A colleague was quicker; nothing was changed."""

    by: str
    conversation_id: int


@dataclass(frozen=True, slots=True)
class Said:
    """The message is kept; `first` is False when the same form had been sent before."""

    conversation: Conversation
    line_id: int
    first: bool


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The desk answers again."""

    conversation: Conversation


@dataclass(frozen=True, slots=True)
class Over:
    """The conversation has ended, or there is none (any more); nothing was done."""


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """The resident blocked the account or was forgotten: nothing can be sent to them."""
