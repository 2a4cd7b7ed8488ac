"""Weighs the features of an entry into one score; the weights were fitted once, see below.

Fitted by maximum likelihood (softmax over the entries, non-negative weights, ridge) on 224
judged municipal questions, plain, with typos, spoken and in polite padding, and cross-validated
with disjoint entries between the folds. Nothing of an entry but its fit to the question and the
number of its words is a feature, so that no entry is favoured for being asked often.
"""

from dataclasses import dataclass

import numpy as np

from bot.answers.index import Features
from bot.answers.postings import Floats

_STEEPNESS = 20


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature."""

    asked: float
    known: float
    written: float
    heard: float
    brevity: float
    meant_asked: float = 0.0
    meant_answered: float = 0.0


BY_WORDS = Weights(asked=4.74, known=3.69, written=4.33, heard=1.95, brevity=1.91)
BY_MEANING = Weights(
    asked=2.62,
    known=3.56,
    written=3.58,
    heard=0.65,
    brevity=1.74,
    meant_asked=1.79,
    meant_answered=3.01,
)


def contributions(features: Features, closeness: tuple[Floats, Floats] | None) -> dict[str, Floats]:
    """What each feature adds to the score of each entry."""
    weights = BY_WORDS if closeness is None else BY_MEANING
    parts = {
        "asked": weights.asked * features.asked,
        "known": weights.known * features.known,
        "written": weights.written * features.telling * features.written,
        "heard": weights.heard * features.heard,
        "brevity": weights.brevity * features.brevity,
    }
    if closeness is not None:
        asked, answered = closeness
        parts["meant_asked"] = weights.meant_asked * _STEEPNESS * asked
        parts["meant_answered"] = weights.meant_answered * _STEEPNESS * answered
    return parts


def given_up(features: Features, *, by_meaning: bool) -> float:
    """By how much a well fitting entry's score is lower where answers' words count less."""
    lower = (1 - features.telling) * (BY_MEANING if by_meaning else BY_WORDS).written
    # By meaning, half of it: with more, small talk was answered directly (tests, everyday.toml).
    return lower / 2 if by_meaning else lower


def weigh(features: Features, closeness: tuple[Floats, Floats] | None) -> Floats:
    """One score an entry: a difference of 1 makes an entry e times as likely."""
    parts = list(contributions(features, closeness).values())
    return np.asarray(np.sum(parts, axis=0), np.float32)
