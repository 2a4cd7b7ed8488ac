"""Keeps the vectors of questions asked lately, so that the same question costs no model."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from bot.answers.meaning import Vector


class Remembered:
    """The vectors of the last `size` different questions; safe to use from several threads."""

    def __init__(self, size: int = 2048) -> None:
        self._size = size
        self._vectors: OrderedDict[str, Vector] = OrderedDict()
        self._lock = threading.Lock()

    def vector(self, text: str, make: Callable[[str], Vector]) -> Vector:
        """The vector of a text, made when it is not remembered (outside the lock)."""
        with self._lock:
            found = self._vectors.get(text)
            if found is not None:
                self._vectors.move_to_end(text)
                return found
        made = make(text)
        with self._lock:
            self._vectors[text] = made
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
        return made


class Told(Remembered):
    """Stands in for the memory when a question's vector is known from elsewhere."""

    def __init__(self, vector: Vector) -> None:
        super().__init__(size=0)
        self._told = vector

    def vector(self, text: str, make: Callable[[str], Vector]) -> Vector:
        """The vector that was told, whatever the text; nothing is made and nothing kept."""
        return self._told
