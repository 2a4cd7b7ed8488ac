"""What goes into the answer engine and what comes out of it, as plain values."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Entry:
    """One question the city can answer, with other ways in which residents ask it."""

    id: str
    question: str
    answer: str
    wordings: tuple[str, ...] = ()


class Outcome(Enum):
    """How sure the desk is: one answer, a few to choose from, or none."""

    DIRECT = "direct"
    CANDIDATES = "candidates"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Ranked:
    """An entry and how well it fits: higher is better, comparable within one question."""

    entry_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What the engine makes of one question.

    `ranked` is best first, whatever the outcome; of `CANDIDATES` the desk shows the first three.
    `gate` says how much the question looks like one of the city's at all, `margin` how far the
    first entry stands before the others; both lie in 0..1. `vector` is the question's meaning
    (float16, little endian), None without a model. `normalised` is the text as it was compared.
    """

    outcome: Outcome
    ranked: tuple[Ranked, ...]
    gate: float
    margin: float
    vector: bytes | None
    normalised: str
