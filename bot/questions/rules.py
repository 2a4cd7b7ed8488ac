"""The names of what can come of a question, and the honest rates over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a logged message was. Only questions enter the rates."""

    QUESTION = "question"
    FOLLOW_UP = "follow_up"
    DANGER = "danger"
    COUNTER = "counter"
    """Asked in person; logged by staff (`walk_in`)."""


class Review(StrEnum):
    """Why a question stands before the support team."""

    UNANSWERED = "unanswered"
    NONE_OF_THESE = "none_of_these"
    NOT_RESOLVED = "not_resolved"
    FOUND_WRONG = "found_wrong"


class ClusterState(StrEnum):
    """How far the support team is with a cluster. Open and assigned ones want an answer."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    IGNORED = "ignored"


WANTING = (ClusterState.OPEN, ClusterState.ASSIGNED)
TAKING = (*WANTING, ClusterState.IGNORED)
"""Clusters that new questions join; what is asked after an answer begins a new one."""


class Verdict(StrEnum):
    """What a person says of a sampled answer: 正しい, 惜しい, 違う."""

    RIGHT = "right"
    CLOSE = "close"
    WRONG = "wrong"


NONE_OF_THESE = "none"
"""The choice of a resident for whom no candidate fitted; any other choice is an entry's id."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the desk logs it. `text` is masked already; `vector` is float16 bytes."""

    asked_at: datetime
    resident_key: str | None
    message_id: str | None
    text: str
    normalised: str
    kind: Kind
    outcome: str
    shown: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    gate: float | None = None
    margin: float | None = None
    vector: bytes | None = None
    latency_ms: float | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """The reaction or choice was taken; `first` is False when it had been said before."""

    question_id: int
    first: bool


@dataclass(frozen=True, slots=True)
class NotYours:
    """There is no such question of this resident (any more)."""


@dataclass(frozen=True, slots=True)
class Counted:
    """So many questions ended alike."""

    kind: str
    outcome: str
    choice: str
    reaction: str
    count: int


@dataclass(frozen=True, slots=True)
class Rates:
    """The product's honest rates, as counts: none is shown without its neighbours.

    Over all questions: direct, chosen, none_of_these, no_choice, unanswered. Over direct and
    chosen: resolved, not_resolved, no_reaction.
    """

    direct: int = 0
    chosen: int = 0
    none_of_these: int = 0
    no_choice: int = 0
    unanswered: int = 0
    resolved: int = 0
    not_resolved: int = 0
    no_reaction: int = 0

    @property
    def asked(self) -> int:
        """All questions."""
        return self.direct + self.chosen + self.none_of_these + self.no_choice + self.unanswered

    @property
    def answered(self) -> int:
        """Those with an answer that was read."""
        return self.direct + self.chosen


OF_ASKED = ("direct", "chosen", "none_of_these", "no_choice", "unanswered")
"""The rates over all questions asked, in the order in which they are shown."""
OF_ANSWERED = ("resolved", "not_resolved", "no_reaction")
"""The rates over those answered at once and those chosen."""


@dataclass(frozen=True, slots=True)
class LaterRates:
    """What came of the answers that staff gave afterwards, as counts; apart from `Rates`."""

    sent: int = 0
    resolved: int = 0
    not_resolved: int = 0
    no_reaction: int = 0


LATER = "later"
"""The kind under which the tally counts later answers; no message is logged as such."""


def later_rates(counted: Iterable[Counted]) -> LaterRates:
    """The rates over groups of later answers, each group's `reaction` being the later one."""
    held = dict.fromkeys(LaterRates.__slots__, 0)
    for group in counted:
        held["sent"] += group.count
        held[_REACTIONS.get(group.reaction, "no_reaction")] += group.count
    return LaterRates(**held)


def rates(counted: Iterable[Counted]) -> Rates:
    """The rates over groups of questions; dangers and follow-ups do not count."""
    held = dict.fromkeys(Rates.__slots__, 0)
    for group in counted:
        if group.kind != Kind.QUESTION:
            continue
        name = _ending(group)
        held[name] += group.count
        if name in ("direct", "chosen"):
            held[_REACTIONS.get(group.reaction, "no_reaction")] += group.count
    return Rates(**held)


_REACTIONS = {"yes": "resolved", "no": "not_resolved"}


def _ending(group: Counted) -> str:
    if group.outcome != "candidates":
        return group.outcome
    if group.choice == NONE_OF_THESE:
        return "none_of_these"
    return "chosen" if group.choice else "no_choice"
