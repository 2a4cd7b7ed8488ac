"""The platform's exact log: every API call and webhook delivery with its verdict.

Judgements such as "lost 0, doubled 0" are made from it: an accepted reply names the event it
answers, an accepted push names whom it reached.
"""

import json
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Condition
from typing import IO, Any

_IN_MEMORY = 200_000


class Journal:
    """Numbered entries in the order they were decided; with a path, each also as a line of JSON."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=_IN_MEMORY)
        self._last = 0
        self._changed = Condition()
        self._file: IO[str] | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a", encoding="utf-8")

    def write(self, kind: str, at: str, **facts: Any) -> int:
        """Adds one entry and gives its number; on disk before this returns."""
        with self._changed:
            self._last += 1
            entry = {"seq": self._last, "kind": kind, "at": at, **facts}
            self._entries.append(entry)
            if self._file is not None:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()
            self._changed.notify_all()
            return self._last

    def since(self, number: int, *, limit: int = 100_000) -> list[dict[str, Any]]:
        """The entries after `number`, oldest first."""
        with self._changed:
            if not self._entries or number >= self._last:
                return []
            first = self._entries[0]["seq"]
            start = max(0, number + 1 - first)
            return [self._entries[i] for i in range(start, min(len(self._entries), start + limit))]

    @property
    def last(self) -> int:
        return self._last

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Waits until `until()` holds, looked at whenever an entry is written."""
        with self._changed:
            return self._changed.wait_for(until, seconds)

    def clear(self) -> None:
        """Forgets what is in memory; numbering goes on, the file stays."""
        with self._changed:
            self._entries.clear()

    def close(self) -> None:
        with self._changed:
            if self._file is not None:
                self._file.close()
                self._file = None
