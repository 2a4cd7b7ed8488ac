"""What holds of staff, decided without the database: roles, passwords, delays, ends of sessions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from unicodedata import normalize


class Role(StrEnum):
    """What a person may do; several can be held, none includes another."""

    VIEWER = "viewer"
    SUPPORT = "support"
    ANNOUNCER = "announcer"
    APPROVER = "approver"
    COUNTER = "counter"
    CLASSES = "classes"
    ADMIN = "admin"


class Stage(StrEnum):
    """How far a browser has come: by a set-up link, past the password, or all the way."""

    SETUP = "setup"
    CODE = "code"
    OPEN = "open"


class PasswordFault(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    PERSONAL = "personal"
    SIMPLE = "simple"
    KNOWN = "known"


IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
HALF_WAY = timedelta(minutes=10)
"""How long after the password the code is still awaited."""
PROOF_LASTS = timedelta(minutes=5)
"""How long a repeated proof opens the changing of telephone or recovery codes."""
LINK_LASTS = timedelta(hours=72)
UNUSED = timedelta(days=90)
FREE_FAILURES = 5
"""Failures before a delay begins (security: sign-in)."""
FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(minutes=15)
FORGET_FAILURES = timedelta(hours=24)
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 128
MOST_SESSIONS = 10

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as the console sees them."""

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    created_at: datetime
    last_sign_in_at: datetime | None
    disabled_at: datetime | None
    is_set_up: bool

    def is_unused(self, now: datetime) -> bool:
        """True when nobody has signed in for 90 days, and the account is still open."""
        return self.disabled_at is None and now - (self.last_sign_in_at or self.created_at) > UNUSED


def clean_login(typed: str) -> str:
    """The login as it is compared: folded width, lower case, no space around it."""
    return normalize("NFKC", typed).strip().lower()


def is_login(login: str) -> bool:
    """True for 2 to 40 of a-z, 0-9, dot, hyphen and underscore; "system" is not a person."""
    return _LOGIN.fullmatch(login) is not None and login != "system"


def password_fault(
    password: str, *, personal: Iterable[str], known: Iterable[str]
) -> PasswordFault | None:
    """Why `password` is refused, or None. Rules of ASVS 5.0, 6.2: length, not composition.

    `personal` holds the login, the name and the product's words; `known` passwords that
    everybody tries first.
    """
    folded = normalize("NFKC", password).casefold()
    if len(password) < SHORTEST_PASSWORD:
        return PasswordFault.SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordFault.LONG
    if folded in {word.casefold() for word in known}:
        return PasswordFault.KNOWN
    bare = folded
    for word in personal:
        piece = normalize("NFKC", word).casefold().strip()
        if len(piece) >= 3:
            bare = bare.replace(piece, "")
    if len(bare) < min(len(folded), SHORTEST_PASSWORD) - 4:
        return PasswordFault.PERSONAL
    return PasswordFault.SIMPLE if _is_simple(folded) else None


def _is_simple(folded: str) -> bool:
    steps = [ord(b) - ord(a) for a, b in pairwise(folded)]
    in_a_row = sum(1 for step in steps if step in (-1, 0, 1))
    return len(set(folded)) < 5 or in_a_row > len(steps) * 0.7


def delay_after(failures: int) -> timedelta:
    """How long the door stays shut after so many failures in a row: 30 s, doubling to 15 min."""
    if failures < FREE_FAILURES:
        return timedelta(0)
    doublings: int = min(failures - FREE_FAILURES, 10)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def session_ends(stage: Stage, opened_at: datetime, seen_at: datetime) -> datetime:
    """When a session ends if nothing more is done in it."""
    if stage is Stage.CODE:
        return opened_at + HALF_WAY
    return min(seen_at + IDLE, opened_at + ABSOLUTE)
