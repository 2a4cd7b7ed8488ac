"""What became of a call to LINE, as values that say whether to try again."""

from dataclasses import dataclass

MONTH_IS_FULL = "monthly limit"
"""The reason of a TryAgain where the month's messages are used up: only a larger plan, or the next
month, makes it pass."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """LINE took the message. `request_id` is LINE's, for questions and statistics."""

    request_id: str | None


@dataclass(frozen=True, slots=True)
class AlreadyAccepted:
    """An earlier attempt with this retry key was taken; `request_id` is that attempt's."""

    request_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """LINE will not take this message, however often it is tried."""

    status: int
    request_id: str | None


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not taken, or not known to be: `may_have_arrived` tells which.

    `status` is None when no answer came; `reason` names the kind of error.
    """

    reason: str
    status: int | None
    may_have_arrived: bool


Outcome = Accepted | AlreadyAccepted | Refused | TryAgain
