"""元に戻す: right after an action, a button that posts its reverse to an ordinary page.

What it posts travels in the address, signed: nobody can make up such a button by a link. The page
that takes it judges role, CSRF and versions as ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadData, URLSafeTimedSerializer

_SALT = "console undo"
_OFFERED_SECONDS = 60
"""A script takes the button away after ten seconds; without one it stands until the next page."""


@dataclass(frozen=True, slots=True)
class Undo:
    """What the button posts, and where."""

    address: str
    fields: tuple[tuple[str, str], ...]


def signed(key: bytes, undo: Undo) -> str:
    """The button as an address can carry it."""
    return URLSafeTimedSerializer(key, salt=_SALT).dumps([undo.address, list(undo.fields)])


def read(key: bytes, token: str) -> Undo | None:
    """The button that `signed` wrote within the last minute; None for anything else."""
    if not token:
        return None
    try:
        held = URLSafeTimedSerializer(key, salt=_SALT).loads(token, max_age=_OFFERED_SECONDS)
    except BadData:
        return None
    address, fields = held
    return Undo(str(address), tuple((str(name), str(value)) for name, value in fields))


def fields(**given: object) -> Sequence[tuple[str, str]]:
    """Fields by name, each once."""
    return [(name, str(value)) for name, value in given.items()]
