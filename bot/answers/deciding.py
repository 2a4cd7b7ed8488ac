"""Decides from scores whether to answer, to offer a choice, or to say that nothing is known.

The gate's weights were fitted (logistic regression, five folds) on municipal questions, plain and
disturbed, against 120 utterances to voice assistants. They look at nothing but the likeness of a
question to the nearest entries and to small talk. The bars are set so that of 100 judged
questions about 40 are answered directly, nine in ten of them rightly, and so that hardly a
municipal question is turned away.
"""

import math
from dataclasses import dataclass

import numpy as np

from bot.answers.postings import Floats
from bot.answers.values import Outcome

GATE_BAR = 0.27
MARGIN_BAR_BY_MEANING = 0.24
MARGIN_BAR_BY_WORDS = 0.07


@dataclass(frozen=True, slots=True)
class Level:
    """The score (its logarithmic sum over the entries) below which nothing fits, and how softly."""

    level: float
    spread: float


USUAL_BY_MEANING = Level(85.7, 1.5)
USUAL_BY_WORDS = Level(6.4, 1.0)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How near a question comes to the knowledge and to small talk.

    `asked`: by words to the nearest way of asking; `known`: the part of its words that the first
    entry holds; `small_talk`: the part of its words that are small talk. The others are cosines
    with the nearest way of asking, answer and sentence of small talk; None without a model.
    """

    asked: float
    known: float
    small_talk: float
    cosines: tuple[float, float, float] | None


def gate(likeness: Likeness) -> float:
    """How much a question looks like one of the city's, 0..1."""
    if likeness.cosines is None:
        raised = 7.6 * likeness.asked + 3.3 * likeness.known - 8.3 * likeness.small_talk - 2.1
    else:
        asked, answered, small_talk = likeness.cosines
        raised = 35.6 * asked + 36.0 * answered - 72.9 * small_talk - 0.3
        raised += 3.0 * likeness.asked + 2.15 * likeness.known
    return 1 / (1 + math.exp(-max(min(raised, 30.0), -30.0)))


def margin(scores: Floats, *, by_meaning: bool, given_up: float = 0.0) -> float:
    """How far the first entry stands out, 0..1: near 1 where no other is likely, 1/n where n are
    equally likely (e to the minus entropy of the likelihoods); less where even the best fits
    badly, as it does when the right entry is missing. `given_up`: see `weighing`."""
    best = float(scores.max())
    likely = np.exp(scores - best, dtype=np.float64)
    whole = float(likely.sum())
    likely /= whole
    stands_out = float(np.exp((likely * np.log(likely + 1e-12)).sum()))
    usual = USUAL_BY_MEANING if by_meaning else USUAL_BY_WORDS
    lacking = (usual.level - given_up - best - math.log(whole)) / usual.spread
    return stands_out / (1 + math.exp(min(lacking, 50.0)))


def outcome_of(gate: float, margin: float, *, by_meaning: bool) -> Outcome:
    """The outcome for a question that stands this well."""
    if gate < GATE_BAR:
        return Outcome.UNANSWERED
    bar = MARGIN_BAR_BY_MEANING if by_meaning else MARGIN_BAR_BY_WORDS
    return Outcome.DIRECT if margin >= bar else Outcome.CANDIDATES
