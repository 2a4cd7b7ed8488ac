"""What an announcement is, which step follows which, and what voids an approval. No database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.city import Quiet
from bot.residents.rules import AgeBand, Hours

PARTS_MOST = 4
"""LINE takes five messages a call; one is left for the button that stops the topic."""
MISSED_AFTER = timedelta(hours=3)
"""An announcement found later than this after its time is not sent by itself any more."""
GROWN_TIMES = 2
"""An audience more than so many times as large as the one approved wants a person to look."""
GROWTH_PASSED_OVER = 1.01
"""So much may an audience grow between the page on which it is counted and the approval."""
CAP_LOOKS_BACK = timedelta(days=7)


class Kind(StrEnum):
    """What an announcement is about, and so what it is drafted from."""

    CLASS = "class"
    PROGRESS = "progress"
    GO_LIVE = "go_live"
    FREE = "free"
    DIGEST = "digest"


class State(StrEnum):
    """Where an announcement stands.

    APPROVED may still be undone; SCHEDULED waits for its time; PLANNING cuts the audience into
    parcels; SENDING lets them go. PAUSED and HELD want a person (`Why` says which).
    """

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    HELD = "held"
    CANCELLED = "cancelled"
    DONE = "done"


class Why(StrEnum):
    """Why an announcement is paused or held."""

    STAFF = "staff"
    REVOKED = "revoked"
    QUOTA = "quota"
    REFUSED = "refused"
    MISSED = "missed"
    RESTORED = "restored"
    NOBODY = "nobody"
    CAPPED = "capped"
    CLASS_OVER = "class_over"
    SAMPLE = "sample"
    GROWN = "grown"
    FAULTY = "faulty"


class Cap(StrEnum):
    """What happens to those who would get more than the week's number: left out, or sent to."""

    HOLD_BACK = "hold_back"
    SEND_ALL = "send_all"


class Short(StrEnum):
    """What happens when LINE's quota does not suffice: nothing is sent, or as much as it holds."""

    REFUSE = "refuse"
    CUT = "cut"


EDITABLE = frozenset({State.DRAFT, State.CHECKED, State.APPROVED, State.SCHEDULED, State.HELD})
"""Before a single parcel stands an announcement may still be changed."""
STOPPABLE = EDITABLE | {State.PLANNING, State.SENDING, State.PAUSED}
RUNNING = frozenset({State.PLANNING, State.SENDING})


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card. `to` is "link" (an address), "call" (a number) or a postback's target.

    `argument` is the address, the number, or what follows `to=…` in the postback, such as "s=12".
    """

    label: str
    to: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text, and the same in やさしい日本語 where written."""

    text: str
    easy: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture kept in `campaign_picture`, and what it shows in words."""

    picture_id: int
    alt: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card: a title, a text, buttons, perhaps a picture on top."""

    title: str
    text: str
    easy: str = ""
    buttons: tuple[Button, ...] = ()
    picture_id: int | None = None


Part = Words | Picture | Card


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom an announcement is for, by what residents told. An empty field asks for nothing.

    Those who chose one of the topics, or watch one of the procedures; district, age band and
    hours narrow both down. With `or_untold` who has not answered one of these is not shut out
    by it.
    """

    topics: frozenset[str] = frozenset()
    districts: frozenset[str] = frozenset()
    age_bands: frozenset[AgeBand] = frozenset()
    hours: frozenset[Hours] = frozenset()
    procedures: frozenset[str] = frozenset()
    or_untold: bool = False

    @property
    def is_narrow(self) -> bool:
        """True when what one told of oneself is asked for."""
        return bool(self.districts or self.age_bands or self.hours)


@dataclass(frozen=True, slots=True)
class Wish:
    """When it is to leave, and what holds where a rule is in the way. `at` None: at once."""

    at: datetime | None = None
    cap: Cap = Cap.HOLD_BACK
    short: Short = Short.REFUSE


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything of an announcement that is written and approved."""

    kind: Kind
    title: str
    topic: str | None
    parts: tuple[Part, ...]
    audience: Audience = field(default_factory=Audience)
    wish: Wish = field(default_factory=Wish)


@dataclass(frozen=True, slots=True)
class Terms:
    """The city's rules for announcements."""

    undo: timedelta
    typed_count_above: int
    pushes_a_week: int
    topic_share_days: int
    quiet: Quiet

    @classmethod
    def from_toml(cls, rules: Mapping[str, Any]) -> "Terms":
        """The rules in the table [rules] of `city.toml`. Raises KeyError naming what is missing."""
        return cls(
            undo=timedelta(minutes=rules["undo_minutes"]),
            typed_count_above=int(rules["typed_count_above"]),
            pushes_a_week=int(rules["pushes_a_week"]),
            topic_share_days=int(rules["topic_share_days"]),
            quiet=Quiet.from_toml(rules),
        )


def start_of(wish: Wish, approved_at: datetime, undo: timedelta) -> datetime:
    """When it leaves: never before the time for second thoughts is over."""
    earliest = approved_at + undo
    return earliest if wish.at is None else max(earliest, wish.at)


def is_missed(start_at: datetime, now: datetime) -> bool:
    """True when it was found so late that a person has to say whether it still goes."""
    return now - start_at > MISSED_AFTER
