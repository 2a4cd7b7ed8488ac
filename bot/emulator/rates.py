"""Rate limits: so many calls of an endpoint within so many seconds, then 429."""

from collections import deque
from collections.abc import Mapping
from threading import Lock

from bot.emulator import limits


class Rates:
    """A sliding window per endpoint; a refused call does not count."""

    def __init__(self, table: Mapping[str, tuple[int, int]] = limits.RATES) -> None:
        self._table = table
        self._seen: dict[str, deque[float]] = {}
        self._lock = Lock()

    def allow(self, endpoint: str, now: float) -> bool:
        """Whether one more call of `endpoint` fits at `now` (seconds on any steady clock)."""
        calls, seconds = self._table.get(endpoint, limits.RATE_OTHER)
        with self._lock:
            seen = self._seen.setdefault(endpoint, deque())
            while seen and now - seen[0] >= seconds:
                seen.popleft()
            if len(seen) >= calls:
                return False
            seen.append(now)
            return True

    def clear(self) -> None:
        with self._lock:
            self._seen.clear()
