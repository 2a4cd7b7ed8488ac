"""Hashes passwords with Argon2id, a few at a time, and as slowly for names nobody has."""

import secrets
import threading
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id's cost: 46 MiB and two passes (OWASP's measure), ~0.1 s on a small server."""

    memory_kib: int = 47104
    passes: int = 2


class Passwords:
    """Makes and checks hashes; safe to share between threads, made after a fork.

    At most `at_once` run at a time in a process, so that a crowd at the door can't take the
    memory from the desk behind it; the others wait their turn.
    """

    def __init__(self, cost: Cost | None = None, *, at_once: int = 2) -> None:
        chosen = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=chosen.passes, memory_cost=chosen.memory_kib, parallelism=1
        )
        self._turn = threading.BoundedSemaphore(at_once)
        self._nobodys = self.hash(secrets.token_urlsafe(24))

    def hash(self, password: str) -> str:
        """The hash to keep, with its own salt and cost inside."""
        with self._turn:
            return self._hasher.hash(password)

    def matches(self, held: str | None, password: str) -> bool:
        """True when `password` made `held`. Without `held` it takes as long, and is False."""
        with self._turn:
            try:
                return self._hasher.verify(held or self._nobodys, password) and held is not None
            except (VerificationError, InvalidHashError):
                return False
