"""One question against one state of the knowledge."""

from dataclasses import dataclass

import numpy as np

from bot.answers.deciding import Likeness, gate, margin, outcome_of
from bot.answers.index import Features, Index
from bot.answers.known import KnownWordings
from bot.answers.meaning import Embedder, Meanings, Vector
from bot.answers.postings import Floats
from bot.answers.preparing import Preparer
from bot.answers.remembering import Remembered
from bot.answers.understanding import Reading
from bot.answers.values import Decision, Outcome, Ranked
from bot.answers.weighing import given_up, weigh


@dataclass(frozen=True, slots=True)
class State:
    """Everything that answers are read from; replaced as a whole, never changed."""

    preparer: Preparer
    index: Index
    known: KnownWordings
    meanings: Meanings | None


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of all entries for a question, and what they were made of."""

    reading: Reading
    features: Features
    closeness: tuple[Floats, Floats] | None
    scores: Floats
    vector: Vector | None
    likeness: Likeness


def ask(
    state: State, text: str, embedder: Embedder | None, memory: Remembered, top: int
) -> Decision:
    """The decision for a question; never fails for a text, however odd."""
    reading = state.index.reader.read(text, lambda part: says(state, part))
    if not state.index.entries or not reading.core:
        return Decision(Outcome.UNANSWERED, (), 0.0, 0.0, None, reading.spelled)
    same = state.known.exact(reading.folded, reading.spelled, reading.core)
    same = same or state.known.near(reading.core)
    scored = score(state, reading, None if same else embedder, memory)
    return _decide(state, scored, same, top)


def says(state: State, part: str) -> float:
    """How much of what the knowledge's questions are about a part of a text holds."""
    return state.index.says(state.preparer.question(part))


def score(state: State, reading: Reading, embedder: Embedder | None, memory: Remembered) -> Scored:
    """The scores of all entries; with a model when there is one and vectors to compare with."""
    question = state.preparer.question(reading.core)
    features = state.index.features(question)
    vector = closeness = cosines = None
    if embedder is not None and state.meanings is not None and state.meanings.ready:
        vector = memory.vector(reading.core, embedder.question)
        closeness = state.meanings.closeness(vector)
        talk = state.meanings.likeness_to_small_talk(vector)
        cosines = (float(closeness[0].max()), float(closeness[1].max()), talk)
    scores = weigh(features, closeness)
    known = float(features.known[int(scores.argmax())])
    likeness = Likeness(float(features.asked.max()), known, question.small_talk, cosines)
    return Scored(reading, features, closeness, scores, vector, likeness)


def _decide(state: State, scored: Scored, same: set[int], top: int) -> Decision:
    scores = scored.scores
    by_meaning = scored.closeness is not None
    looks_ours = gate(scored.likeness)
    lower = given_up(scored.features, by_meaning=by_meaning)
    stands_out = margin(scores, by_meaning=by_meaning, given_up=lower)
    if same:
        scores = scores.copy()
        scores[list(same)] += scores.max() - scores.min() + 5.0
        looks_ours, stands_out = 1.0, 1.0 / len(same) if len(same) > 1 else 1.0
    best = np.argsort(-scores, kind="stable")[:top]
    outcome = outcome_of(looks_ours, stands_out, by_meaning=by_meaning)
    if outcome is Outcome.DIRECT and len(same) > 1:
        outcome = Outcome.CANDIDATES
    return Decision(
        outcome=outcome,
        ranked=tuple(Ranked(state.index.entries[i].entry.id, float(scores[i])) for i in best),
        gate=looks_ours,
        margin=stands_out,
        vector=None if scored.vector is None else scored.vector.astype("<f2").tobytes(),
        normalised=scored.reading.spelled,
    )
