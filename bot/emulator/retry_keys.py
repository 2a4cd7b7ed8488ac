"""Retry keys: a key that was accepted answers 409 for 24 hours, then the same key sends again.

LINE: "Retry failed API requests". Only an accepted request uses up its key; one that was refused
or failed leaves it free for the next try.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from bot.emulator import limits

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True)
class Accepted:
    """The request that used the key up."""

    request_id: str
    at: datetime
    sent_messages: tuple[dict[str, Any], ...] = ()


class RetryKeys:
    """Remembers accepted keys, and the body each key was first seen with."""

    def __init__(self) -> None:
        self._accepted: dict[str, Accepted] = {}
        self._first_body: dict[str, str] = {}
        self._lock = Lock()
        self._sending = Lock()

    @contextmanager
    def one_at_a_time(self) -> Iterator[None]:
        """Between looking a key up and accepting it nobody else sends, so a key sends once."""
        with self._sending:
            yield

    def accepted(self, key: str, now: datetime) -> Accepted | None:
        with self._lock:
            known = self._accepted.get(key.lower())
            if known and now - known.at <= timedelta(hours=limits.RETRY_KEY_HOURS):
                return known
            return None

    def accept(self, key: str, accepted: Accepted) -> None:
        with self._lock:
            self._accepted[key.lower()] = accepted

    def body_changed(self, key: str, body_hash: str) -> bool:
        """Whether this key came earlier with another body, which a true retry never does."""
        with self._lock:
            return self._first_body.setdefault(key.lower(), body_hash) != body_hash

    def clear(self) -> None:
        with self._lock:
            self._accepted.clear()
            self._first_body.clear()


def is_uuid(key: str) -> bool:
    """Whether `key` is a UUID in hexadecimal with hyphens, in either case."""
    return _UUID.fullmatch(key) is not None
