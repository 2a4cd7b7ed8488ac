"""Seals personal data with AES-GCM under rotating keys, and finds it again by keyed hash."""

import base64
import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_VERSION = b"\x01"
ID_AT, ID_SIZE = 1, 4
"""Where the id of its key stands in a sealed value, and how long it is, in bytes."""
_NONCE_SIZE = 12
_TEXT_AT = ID_AT + ID_SIZE + _NONCE_SIZE


class SealBroken(Exception):
    """The sealed value was changed, belongs elsewhere, or its key is gone from the settings."""


class Sealer:
    """Holds the data keys (newest first) and the lookup key; safe to share between threads.

    A sealed value is version, key id, nonce and ciphertext, so a key can be retired once every
    value has been sealed again under a newer one (`rotate-keys`).
    """

    def __init__(self, data_keys: Sequence[bytes], lookup_key: bytes) -> None:
        if not data_keys:
            raise ValueError("at least one data key is needed")
        self._ciphers = {_key_id(key): AESGCM(key) for key in data_keys}
        self._newest = _key_id(data_keys[0])
        self._lookup_key = lookup_key

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """The ids of the data keys, newest first; an id tells nothing of its key."""
        return tuple(self._ciphers)

    def seal(self, value: bytes, purpose: str) -> bytes:
        """`value` sealed under the newest key and bound to `purpose` (such as "inbox.event")."""
        nonce = os.urandom(_NONCE_SIZE)
        sealed = self._ciphers[self._newest].encrypt(nonce, value, purpose.encode())
        return _VERSION + self._newest + nonce + sealed

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What `seal` was given. Raises SealBroken when it can't be had."""
        key_id = sealed[ID_AT : ID_AT + ID_SIZE]
        nonce = sealed[ID_AT + ID_SIZE : _TEXT_AT]
        cipher = self._ciphers.get(key_id)
        if sealed[:1] != _VERSION or cipher is None or len(nonce) < _NONCE_SIZE:
            raise SealBroken(purpose)
        try:
            return cipher.decrypt(nonce, sealed[_TEXT_AT:], purpose.encode())
        except InvalidTag as broken:
            raise SealBroken(purpose) from broken

    def read(self, sealed: bytes | None, purpose: str) -> str | None:
        """The words that were sealed; None when there are none, or no key of ours opens them."""
        if sealed is None:
            return None
        try:
            return self.open(bytes(sealed), purpose).decode()
        except SealBroken:
            return None

    def open_all(self, sealed: Sequence[bytes], purpose: str) -> list[bytes]:
        """What `seal` was given, of many values. Raises SealBroken when one can't be had."""
        bound, ciphers = purpose.encode(), self._ciphers
        try:
            return [
                ciphers[one[ID_AT : ID_AT + ID_SIZE]].decrypt(
                    one[ID_AT + ID_SIZE : _TEXT_AT], one[_TEXT_AT:], bound
                )
                for one in sealed
            ]
        except (InvalidTag, KeyError, ValueError) as broken:
            raise SealBroken(purpose) from broken

    def lookup(self, value: str, purpose: str) -> str:
        """A keyed hash by which `value` can be found but not read: 43 URL-safe characters.

        It does not change when data keys rotate (security: the lookup key is of its own).
        """
        digest = hmac.new(self._lookup_key, f"{purpose}\0{value}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:ID_SIZE]
