"""The demo's civil clock: an offset from real time, left in a file that the product reads.

Only due dates, reminders and opening hours follow it; reply tokens, retry keys and rate limits
live on real time.
"""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any


class CivilClock:
    """Moves civil time and writes `{"offset_seconds": float}` atomically to its file, if any."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._offset = 0.0
        self._lock = Lock()
        if path is not None and path.exists():
            self._offset = _read(path)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._set(self._offset + seconds)

    def move_to(self, at: datetime, now: datetime) -> None:
        """Makes civil time `at`, given that real time is `now`; both aware."""
        with self._lock:
            self._set((at - now).total_seconds())

    def back_to_real_time(self) -> None:
        with self._lock:
            self._set(0.0)

    def reading(self, now: datetime) -> dict[str, Any]:
        civil = now + timedelta(seconds=self._offset)
        return {
            "offset_seconds": self._offset,
            "real": now.isoformat(),
            "civil": civil.isoformat(),
        }

    def _set(self, offset: float) -> None:
        datetime.now().astimezone() + timedelta(seconds=offset)  # OverflowError before the write
        self._offset = offset
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_name(self._path.name + ".new")
            draft.write_text(json.dumps({"offset_seconds": offset}), encoding="utf-8")
            os.replace(draft, self._path)


def _read(path: Path) -> float:
    try:
        return float(json.loads(path.read_text(encoding="utf-8"))["offset_seconds"])
    except (ValueError, KeyError, TypeError):
        return 0.0
