"""Channel access tokens: the long-lived, v2.1 and stateless ones, minimally."""

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

V21_DAYS = 30
STATELESS_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Issued:
    """A token given out, with its key id and end; `key_id` is empty for stateless tokens."""

    token: str
    key_id: str
    ends: datetime


class AccessTokens:
    """Knows which bearer tokens open the API; safe between threads."""

    def __init__(self, long_lived: str, channel_id: str) -> None:
        self._long_lived = long_lived
        self.channel_id = channel_id
        self._issued: dict[str, Issued] = {}
        self._lock = Lock()

    def valid(self, token: str, now: datetime) -> bool:
        if secrets.compare_digest(token.encode(), self._long_lived.encode()):
            return True
        with self._lock:
            issued = self._issued.get(token)
            return issued is not None and now < issued.ends

    def seconds_left(self, token: str, now: datetime) -> int | None:
        """For the verify endpoint: None for a token that does not hold."""
        if not self.valid(token, now):
            return None
        issued = self._issued.get(token)
        return int((issued.ends - now).total_seconds()) if issued else 10 * 365 * 86400

    def issue(self, now: datetime, *, stateless: bool) -> Issued:
        lasting = timedelta(seconds=STATELESS_SECONDS) if stateless else timedelta(days=V21_DAYS)
        key_id = "" if stateless else secrets.token_urlsafe(16)
        issued = Issued(secrets.token_urlsafe(48), key_id, now + lasting)
        with self._lock:
            self._issued[issued.token] = issued
        return issued

    def revoke(self, token: str) -> None:
        """Revoking an unknown token changes nothing and is no error."""
        with self._lock:
            self._issued.pop(token, None)

    def key_ids(self, now: datetime) -> list[str]:
        with self._lock:
            return [i.key_id for i in self._issued.values() if i.key_id and now < i.ends]


def claims_of(assertion: str) -> dict[str, object] | None:
    """The claims of a JWT, unverified: the emulator has no public keys to check it with."""
    pieces = assertion.split(".")
    if len(pieces) != 3:
        return None
    try:
        padded = pieces[1] + "=" * (-len(pieces[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except (ValueError, UnicodeDecodeError):
        return None
    return claims if isinstance(claims, dict) else None
