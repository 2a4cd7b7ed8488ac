"""Where the meaning of a text comes from: a model that may be absent, and a store of vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float16]


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

    def keep(self, model: str, vectors: dict[str, Vector]) -> None:
        """Keeps vectors; keeping the same again changes nothing."""
