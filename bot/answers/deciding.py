"""Decides from scores whether to answer, to offer a choice, or to say that nothing is known."""

from dataclasses import dataclass

import numpy as np

from bot.answers.postings import Floats
from bot.answers.values import Outcome


@dataclass(frozen=True, slots=True)
class Bar:
    """What must be reached: `gate` to be answered at all, `margin` to be answered directly."""

    gate: float
    margin: float


WORDS_BAR = Bar(gate=0.3, margin=0.5)
MEANING_BAR = Bar(gate=0.3, margin=0.5)


def share_of_first(scores: Floats) -> float:
    """How likely the first entry is the right one among all, 0..1."""
    weights = np.exp(scores - scores.max())
    return float(1.0 / weights.sum())


def outcome_of(gate: float, margin: float, bar: Bar) -> Outcome:
    """The outcome for a question that stands this well."""
    if gate < bar.gate:
        return Outcome.UNANSWERED
    return Outcome.DIRECT if margin >= bar.margin else Outcome.CANDIDATES
