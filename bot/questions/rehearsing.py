"""Tries a change of knowledge before it is published: on the questions that asked for it.

Nothing here writes or reads the database; the engine that answers residents stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bot.answers.values import Decision, Entry, Outcome
from bot.questions.cluster_queries import Worded

SHOWN = 3
"""Candidates a resident sees."""


class Asks(Protocol):
    """The answer engine as far as it is asked here."""

    def ask(self, text: str, *, top: int = 10, vector: bytes | None = None) -> Decision:
        """The decision for a question; `vector` is its meaning where it was logged."""


@dataclass(frozen=True, slots=True)
class Change:
    """Entries as they would be, and ids of those that would be gone."""

    put: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """The entries that it is about."""
        return frozenset([*(entry.id for entry in self.put), *self.removed])


@dataclass(frozen=True, slots=True)
class Saw:
    """What a resident would see: one answer, up to three to choose from, or none."""

    outcome: Outcome
    entries: tuple[str, ...]

    @property
    def first(self) -> str | None:
        """The entry that stands first."""
        return self.entries[0] if self.entries else None

    def answers_like(self, other: "Saw") -> bool:
        """True when both end alike: the same outcome with the same entry first."""
        return (self.outcome, self.first) == (other.outcome, other.first)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One wording of the cluster before and after the change. `helped`: it gets the entry."""

    worded: Worded
    before: Saw
    after: Saw
    helped: bool


class Why(StrEnum):
    """Why an entry near a question was not its answer."""

    WOULD_ANSWER = "would_answer"
    NOT_ABOUT_US = "not_about_us"
    NOT_CLEAR = "not_clear"
    BEHIND = "behind"
    IN_VAIN = "in_vain"


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry near the cluster. `behind`: how far under the first one's score.

    `in_vain`: so many questions of the cluster were shown it and it did not help.
    """

    entry_id: str
    score: float
    behind: float
    why: Why
    in_vain: int


@dataclass(frozen=True, slots=True)
class Explained:
    """What the engine makes of a cluster's title now, with the entries nearest to it."""

    saw: Saw
    gate: float
    margin: float
    neighbours: tuple[Neighbour, ...]


def saw(decision: Decision) -> Saw:
    """What the desk would show for a decision."""
    most = {Outcome.DIRECT: 1, Outcome.CANDIDATES: SHOWN, Outcome.UNANSWERED: 0}
    shown = decision.ranked[: most[decision.outcome]]
    return Saw(decision.outcome, tuple(ranked.entry_id for ranked in shown))


def rehearse(
    before: Asks, after: Asks, change: Change, wordings: Sequence[Worded]
) -> tuple[Rehearsed, ...]:
    """Every wording as it is answered now and as it would be with the change.

    `after` is `engine.with_changes(...)` of the change; call its `embed_missing` first to see
    what meaning will add when the vectors are there.
    """
    return tuple(_rehearse(before, after, change, worded) for worded in wordings)


def explain(engine: Asks, text: str, in_vain: Mapping[str, int], most: int = 5) -> Explained:
    """The entries nearest to a question and why none of them answered it.

    `in_vain` tells for an entry how often it was shown and did not help; such entries are listed
    even when the engine would rank them lower by now.
    """
    decision = engine.ask(text, top=max(most, 10))
    best = decision.ranked[0].score if decision.ranked else 0.0
    listed = [
        Neighbour(
            ranked.entry_id,
            ranked.score,
            best - ranked.score,
            _why(decision, place, in_vain.get(ranked.entry_id, 0)),
            in_vain.get(ranked.entry_id, 0),
        )
        for place, ranked in enumerate(decision.ranked)
    ]
    near = tuple(n for place, n in enumerate(listed) if place < most or n.in_vain)
    return Explained(saw(decision), decision.gate, decision.margin, near)


def _rehearse(before: Asks, after: Asks, change: Change, worded: Worded) -> Rehearsed:
    now = saw(before.ask(worded.text, vector=worded.vector))
    then = saw(after.ask(worded.text, vector=worded.vector))
    return Rehearsed(worded, now, then, bool(change.ids & set(then.entries)))


def _why(decision: Decision, place: int, in_vain: int) -> Why:
    if in_vain:
        return Why.IN_VAIN
    if decision.outcome is Outcome.UNANSWERED:
        return Why.NOT_ABOUT_US
    if decision.outcome is Outcome.DIRECT:
        return Why.WOULD_ANSWER if place == 0 else Why.BEHIND
    return Why.NOT_CLEAR if place < SHOWN else Why.BEHIND
