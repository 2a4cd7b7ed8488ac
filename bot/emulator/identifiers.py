"""Ids in the shapes LINE gives them: events, messages, requests, users, groups."""

import hashlib
import secrets
import uuid
from datetime import datetime
from itertools import count
from threading import Lock

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def event_id(now: datetime) -> str:
    """A ULID: 48 bits of milliseconds, 80 bits of chance, in 26 characters."""
    number = (int(now.timestamp() * 1000) << 80) | secrets.randbits(80)
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(125, -1, -5))


def request_id() -> str:
    return str(uuid.uuid4())


def user_id(key: str) -> str:
    """The same person keeps the same id from one run to the next."""
    return "U" + hashlib.sha256(f"resident:{key}".encode()).hexdigest()[:32]


def group_id(key: str) -> str:
    return "C" + hashlib.sha256(f"group:{key}".encode()).hexdigest()[:32]


class MessageIds:
    """Rising 18-digit message ids that do not repeat after a restart."""

    def __init__(self, now: datetime) -> None:
        self._next = count(int(now.timestamp() * 1000) * 100_000)
        self._lock = Lock()

    def new(self) -> str:
        with self._lock:
            return str(next(self._next))


def quote_token() -> str:
    return secrets.token_urlsafe(48)
