"""Reply tokens: one use each, within about a minute of the event (LINE: send reply message)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from threading import Lock

_KEEP = timedelta(hours=2)


class Spent(Enum):
    """What became of an attempt to use a reply token."""

    NOW = "accepted"
    USED = "reply token used"
    EXPIRED = "reply token expired"
    UNKNOWN = "reply token unknown"


@dataclass(slots=True)
class _Token:
    chat_id: str
    event_id: str
    issued: datetime
    used: bool = False


@dataclass(frozen=True, slots=True)
class Use:
    """The outcome of a use, and the chat and event the token belongs to (empty when unknown)."""

    spent: Spent
    chat_id: str = ""
    event_id: str = ""


class ReplyTokens:
    """Issues and spends reply tokens; safe between threads. A token is spent at most once."""

    def __init__(self, lease_seconds: float) -> None:
        self._lease = timedelta(seconds=lease_seconds)
        self._tokens: dict[str, _Token] = {}
        self._lock = Lock()

    def issue(self, chat_id: str, event_id: str, now: datetime) -> str:
        token = secrets.token_hex(16)
        with self._lock:
            self._forget_old(now)
            self._tokens[token] = _Token(chat_id, event_id, now)
        return token

    def spend(self, token: str, now: datetime) -> Use:
        with self._lock:
            known = self._tokens.get(token)
            if known is None:
                return Use(Spent.UNKNOWN)
            if known.used:
                return Use(Spent.USED, known.chat_id, known.event_id)
            if now - known.issued > self._lease:
                return Use(Spent.EXPIRED, known.chat_id, known.event_id)
            known.used = True
            return Use(Spent.NOW, known.chat_id, known.event_id)

    def event_of(self, token: str) -> str:
        """The event a token was issued for, empty when it is unknown; spends nothing."""
        with self._lock:
            known = self._tokens.get(token)
            return known.event_id if known else ""

    def clear(self) -> None:
        with self._lock:
            self._tokens.clear()

    def _forget_old(self, now: datetime) -> None:
        for token, known in list(self._tokens.items())[:2]:
            if now - known.issued > _KEEP:
                del self._tokens[token]


def hash_of(token: str) -> str:
    """A short fingerprint for the log, where a token itself has no business."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:16]
