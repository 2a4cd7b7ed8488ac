"""Gives the channel access token: the operator's long-lived one, or our own, renewed in time."""

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
)

AUDIENCE = "https://api.line.me/"
ASSERTION_LIVES = timedelta(minutes=30)
TOKEN_LIVES = timedelta(days=30)
RENEW_BEFORE = timedelta(days=10)


class TokenSource(Protocol):
    """Where the gateway takes the token for a call."""

    def __call__(self) -> str:
        """A token that is good now."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as LINE issued it, good for `lives` from now."""

    token: str
    lives: timedelta


class OwnTokens:
    """Issues a v2.1 token with the channel's key when it is first asked, and again in good time.

    A renewal that fails is tried again at the next call while the old token is still good. `issue`
    takes a signed assertion and calls LINE.
    """

    def __init__(
        self,
        channel_id: str,
        key_file: Path,
        issue: Callable[[str], Issued],
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._channel_id = channel_id
        self._key_file = key_file
        self._issue = issue
        self._wall = wall
        self._lock = threading.Lock()
        self._token = ""
        self._renew_at = 0.0
        self._ends_at = 0.0

    def __call__(self) -> str:
        if self._wall() < self._renew_at:
            return self._token
        with self._lock:
            now = self._wall()
            if now >= self._renew_at:
                self._renew(now)
            return self._token

    def _renew(self, now: float) -> None:
        try:
            issued = self._issue(assertion(self._channel_id, self._key_file, int(now)))
        except Exception:
            if now < self._ends_at:
                self._renew_at = now + 60
                return
            raise
        lives = issued.lives.total_seconds()
        self._token = issued.token
        self._ends_at = now + lives
        self._renew_at = now + lives - min(RENEW_BEFORE.total_seconds(), lives / 3)


def assertion(channel_id: str, key_file: Path, now: int) -> str:
    """The JWT (RS256) by which the channel asks for a token; `now` in Unix seconds.

    `key_file` holds the assertion signing key as the JWK that LINE's console gives, with its
    `kid`. Raises ValueError when it is no RSA private key.
    """
    held = json.loads(key_file.read_text(encoding="utf-8"))
    jwk = held.get("privateKey", held)
    header = {"alg": "RS256", "typ": "JWT", "kid": held.get("kid") or jwk.get("kid")}
    claims = {
        "iss": channel_id,
        "sub": channel_id,
        "aud": AUDIENCE,
        "exp": now + int(ASSERTION_LIVES.total_seconds()),
        "token_exp": int(TOKEN_LIVES.total_seconds()),
    }
    signed = f"{_encoded(header)}.{_encoded(claims)}"
    signature = _private_key(jwk).sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_base64(signature)}"


def _private_key(jwk: dict[str, Any]) -> RSAPrivateKey:
    if jwk.get("kty") != "RSA" or "d" not in jwk:
        raise ValueError("LINE_CHANNEL_KEY_FILE holds no RSA private key in JWK form")
    number = {name: _number(jwk[name]) for name in ("n", "e", "d", "p", "q", "dp", "dq", "qi")}
    return RSAPrivateNumbers(
        p=number["p"],
        q=number["q"],
        d=number["d"],
        dmp1=number["dp"],
        dmq1=number["dq"],
        iqmp=number["qi"],
        public_numbers=RSAPublicNumbers(number["e"], number["n"]),
    ).private_key()


def _number(value: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)), "big")


def _encoded(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
