"""What was sent this month: quota, deliveries by kind and day, units. Kept in memory."""

from collections import Counter
from datetime import datetime, timedelta, timezone
from threading import Lock

TOKYO = timezone(timedelta(hours=9))


class Statistics:
    """Counts accepted sends. A reply costs no quota; every other message counts by recipient."""

    def __init__(self, monthly_limit: int | None = None) -> None:
        self.monthly_limit = monthly_limit
        self._used = 0
        self._by_day: Counter[tuple[str, str]] = Counter()
        self._units: Counter[str] = Counter()
        self._narrowcasts: dict[str, tuple[int, datetime]] = {}
        self._lock = Lock()

    def fits(self, recipients: int) -> bool:
        with self._lock:
            return self.monthly_limit is None or self._used + recipients <= self.monthly_limit

    def count(self, kind: str, recipients: int, now: datetime, units: tuple[str, ...] = ()) -> None:
        with self._lock:
            if kind != "reply":
                self._used += recipients
            self._by_day[kind, now.astimezone(TOKYO).strftime("%Y%m%d")] += recipients
            for unit in units:
                self._units[unit] += recipients

    def finish_narrowcast(self, request_id: str, recipients: int, now: datetime) -> None:
        with self._lock:
            self._narrowcasts[request_id] = (recipients, now)

    def narrowcast(self, request_id: str) -> tuple[int, datetime] | None:
        """Recipients and time of a narrowcast; None for any other request id."""
        with self._lock:
            return self._narrowcasts.get(request_id)

    def used(self) -> int:
        with self._lock:
            return self._used

    def on(self, kind: str, day: str) -> int:
        with self._lock:
            return self._by_day[kind, day]

    def units(self) -> dict[str, int]:
        with self._lock:
            return dict(self._units)

    def clear(self) -> None:
        with self._lock:
            self._used = 0
            self._by_day.clear()
            self._units.clear()
            self._narrowcasts.clear()
