"""What a link's token is made of, and how a forged one is told from ours. No database here."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

VISIT_LASTS = timedelta(minutes=30)
"""How long pages stay open after the link was used; in lease time."""

_NONCE, _MAC = 16, 20


@dataclass(frozen=True, slots=True)
class Bound:
    """To what a link is bound: one resident, one purpose, and what it is about within that."""

    resident_key: str
    purpose: str
    about: str | None
    expires_at: datetime


def sign(key: bytes, nonce: bytes, bound: Bound) -> str:
    """The token of a link: 48 characters that fit into an address. `nonce` is 16 random bytes."""
    token = base64.urlsafe_b64encode(nonce + _mac(key, nonce, bound))
    return token.decode()


def nonce_of(token: str) -> bytes | None:
    """The random part of something that looks like a token, or None."""
    try:
        held = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return held[:_NONCE] if len(held) == _NONCE + _MAC else None


def is_ours(key: bytes, token: str, bound: Bound) -> bool:
    """True when the token was signed with `key` for exactly this; compared in constant time."""
    nonce = nonce_of(token)
    return nonce is not None and hmac.compare_digest(sign(key, nonce, bound), token)


def _mac(key: bytes, nonce: bytes, bound: Bound) -> bytes:
    until = str(int(bound.expires_at.timestamp()))
    parts = [bound.resident_key, bound.purpose, bound.about or "", until]
    said = b"page link\0" + nonce + "\0".join(parts).encode()
    return hmac.new(key, said, hashlib.sha256).digest()[:_MAC]
