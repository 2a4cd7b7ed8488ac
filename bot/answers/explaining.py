"""Shows staff what a ranking is made of."""

from dataclasses import dataclass

import numpy as np

from bot.answers.asking import State, says, score
from bot.answers.meaning import Embedder
from bot.answers.remembering import Remembered
from bot.answers.weighing import contributions


@dataclass(frozen=True, slots=True)
class Explained:
    """An entry's score and its parts, which add up to it; the names are those of `Weights`."""

    entry_id: str
    score: float
    parts: tuple[tuple[str, float], ...]


def explain(
    state: State, text: str, embedder: Embedder | None, memory: Remembered, most: int
) -> tuple[Explained, ...]:
    """The nearest entries of a question, best first; none for a text without a word."""
    reading = state.index.reader.read(text, lambda part: says(state, part))
    if not state.index.entries or not reading.core:
        return ()
    scored = score(state, reading, embedder, memory)
    parts = contributions(scored.features, scored.closeness)
    best = np.argsort(-scored.scores, kind="stable")[:most]
    return tuple(
        Explained(
            state.index.entries[i].entry.id,
            float(scored.scores[i]),
            tuple((name, float(values[i])) for name, values in parts.items()),
        )
        for i in best
    )
