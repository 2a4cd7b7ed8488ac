"""Where the meaning of a text comes from: a model that may be absent, and a store of vectors."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bot.answers.postings import Floats
from bot.answers.values import Entry

Vector = NDArray[np.float16]
ANSWER_LENGTH = 160
_FEW = 0.05
_USUAL_TALK = 0.83


class Embedder(Protocol):
    """A model that turns text into unit vectors; safe to call from several threads."""

    @property
    def name(self) -> str:
        """Tells models apart in the store of vectors."""

    @property
    def size(self) -> int:
        """Numbers in a vector."""

    def question(self, text: str) -> Vector:
        """The vector of what a resident asks."""

    def passage(self, text: str) -> Vector:
        """The vector of what the city says."""


class VectorStore(Protocol):
    """Keeps vectors by model and text, so that no text is embedded twice."""

    def find(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors known for these texts; what is missing is left out."""

    def keep(self, model: str, vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors; keeping the same again changes nothing."""


class Meanings:
    """The vectors of one state of the knowledge: a row for each way of asking and each answer.

    Immutable. A row that has no vector yet takes no part.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        small_talk: Sequence[str],
        known: Mapping[str, Vector],
        size: int,
    ) -> None:
        asked = [text for entry in entries for text in asked_keys(entry)]
        sizes = [1 + len(entry.wordings) for entry in entries]
        self._starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.zeros(0, np.int64)
        self._keys = asked
        self._asked, self._asked_missing = _rows(asked, known, size)
        answered = [answer_key(entry) for entry in entries]
        self._answer_keys = answered
        self._answered, self._answered_missing = _rows(answered, known, size)
        self._talk_keys = [question_key(text) for text in small_talk]
        self._talk, self._talk_missing = _rows(self._talk_keys, known, size)
        self.complete = not (
            self._asked_missing.any() or self._answered_missing.any() or self._talk_missing.any()
        )

    @property
    def ready(self) -> bool:
        """Whether so few vectors are missing that meaning may take part in decisions.

        On a first start nothing is embedded for a minute or two; until then words alone decide.
        """
        missing = int(self._asked_missing.sum()) + int(self._answered_missing.sum())
        whole = len(self._asked_missing) + len(self._answered_missing)
        return missing <= _FEW * whole and not self._talk_missing.any()

    def known(self) -> dict[str, Vector]:
        """The vectors by key, for the next state of the knowledge."""
        asked = zip(self._keys, self._asked, self._asked_missing, strict=True)
        answered = zip(self._answer_keys, self._answered, self._answered_missing, strict=True)
        talk = zip(self._talk_keys, self._talk, self._talk_missing, strict=True)
        return {
            key: row.astype(np.float16)
            for rows in (asked, answered, talk)
            for key, row, missing in rows
            if not missing
        }

    def likeness_to_small_talk(self, vector: Vector) -> float:
        """The cosine of a question with the nearest sentence of small talk; usual without any."""
        if self._talk_missing.all():
            return _USUAL_TALK
        return float((self._talk @ vector.astype(np.float32)).max())

    def closeness(self, vector: Vector) -> tuple[Floats, Floats]:
        """The cosine of a question with each entry's nearest way of asking, and with its answer.

        An entry without a vector gets what the best entry has, so that its words decide.
        """
        wanted = vector.astype(np.float32)
        asked = self._asked @ wanted
        asked[self._asked_missing] = -1.0
        nearest: Floats = np.maximum.reduceat(asked, self._starts)
        answered: Floats = self._answered @ wanted
        answered[self._answered_missing] = -1.0
        return _with_guess(nearest), _with_guess(answered)


def question_key(text: str) -> str:
    """The key of a text embedded as a question; the prefix tells it from a passage."""
    return f"question: {text}"


def asked_keys(entry: Entry) -> list[str]:
    """The keys of an entry's ways of asking."""
    return [question_key(text) for text in (entry.question, *entry.wordings)]


def answer_key(entry: Entry) -> str:
    """The text embedded as a passage for an entry: the beginning of its answer."""
    return f"passage: {entry.answer[:ANSWER_LENGTH]}"


def embed(embedder: Embedder, key: str) -> Vector:
    """The vector of a key, in the manner that its prefix names."""
    kind, _, text = key.partition(": ")
    return embedder.question(text) if kind == "question" else embedder.passage(text)


def _rows(
    keys: Sequence[str], known: Mapping[str, Vector], size: int
) -> tuple[Floats, NDArray[np.bool_]]:
    rows = np.zeros((len(keys), size), np.float32)
    missing = np.ones(len(keys), np.bool_)
    for at, key in enumerate(keys):
        vector = known.get(key)
        if vector is not None:
            rows[at] = vector
            missing[at] = False
    return rows, missing


def _with_guess(closeness: Floats) -> Floats:
    unknown = closeness <= -1.0
    if unknown.any() and not unknown.all():
        closeness[unknown] = closeness.max()
    return closeness
