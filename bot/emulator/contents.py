"""Photos and files that residents sent in, as the content endpoints hand them to the account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one message; until `ready` LINE answers 202."""

    data: bytes
    media_type: str
    ready: datetime


class Contents:
    """The contents by message id, the newest `most`; safe between threads."""

    def __init__(self, most: int = 200) -> None:
        self._contents: dict[str, Content] = {}
        self._gone: set[str] = set()
        self._most = most
        self._lock = Lock()

    def keep(
        self, message_id: str, data: bytes, media_type: str, now: datetime, prepare_seconds: float
    ) -> None:
        ready = now + timedelta(seconds=prepare_seconds)
        with self._lock:
            self._contents[message_id] = Content(data, media_type, ready)
            while len(self._contents) > self._most:
                self._remove(next(iter(self._contents)))

    def find(self, message_id: str) -> Content | None:
        with self._lock:
            return self._contents.get(message_id)

    def is_gone(self, message_id: str) -> bool:
        """Whether there was such content and it has been removed."""
        with self._lock:
            return message_id in self._gone

    def remove(self, message_id: str) -> None:
        with self._lock:
            self._remove(message_id)

    def clear(self) -> None:
        with self._lock:
            self._contents.clear()
            self._gone.clear()

    def _remove(self, message_id: str) -> None:
        if self._contents.pop(message_id, None) is not None:
            self._gone.add(message_id)
