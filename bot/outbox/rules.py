"""How long a message is worth trying, and what an answer of LINE means for it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.line.outcomes import Accepted, AlreadyAccepted, Outcome, Refused

LEASE = timedelta(seconds=15)
TOKEN_LIVES = timedelta(seconds=55)
"""A reply token is good for about a minute after the event. Source: LINE's documentation."""
RETRY_KEY_LIVES = timedelta(hours=23)
"""A retry key is good for 24 hours and then sends a second time; we stop well before."""
STILL_USEFUL = timedelta(hours=6)

EMERGENCY, REPLY, PUSH, PARCEL = -1, 0, 1, 9
"""Priorities. Replies have threads of their own, an emergency goes before every push. A parcel of
an announcement is claimed by `bot.campaigns.parcels` alone."""


ENDS_BADLY = ("refused", "unknown", "dead")
"""States in which a parcel may want a person."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is known about a parcel when an attempt has ended.

    `unsure` counts the attempts, this one included, that may have reached LINE unnoticed.
    """

    endpoint: str
    attempts: int
    unsure: int
    first_try: datetime
    token_until: datetime | None


@dataclass(frozen=True, slots=True)
class Ended:
    """No further attempt. `state` is sent, refused, unknown or dead."""

    state: str


@dataclass(frozen=True, slots=True)
class Again:
    """Another attempt with the same key and body at `run_at`."""

    run_at: datetime
    unsure: int


def judge(tried: Tried, outcome: Outcome, now: datetime) -> Ended | Again:
    """What follows from LINE's answer.

    A reply token works once, so a refusal after an attempt of unknown end may mean that the
    earlier one arrived: that is `unknown`, never a reason for a push.
    """
    if isinstance(outcome, Accepted | AlreadyAccepted):
        return Ended("sent")
    if isinstance(outcome, Refused):
        return Ended("unknown" if tried.endpoint == "reply" and tried.unsure > 1 else "refused")
    unsure = tried.unsure if outcome.may_have_arrived else tried.unsure - 1
    run_at = now + back_off(tried.endpoint, tried.attempts)
    if run_at > _last_moment(tried):
        return Ended("unknown" if unsure and tried.endpoint == "reply" else "dead")
    return Again(run_at, unsure)


def token_ends(event: Mapping[str, Any], received_at: datetime) -> datetime:
    """Until when the event's reply token is good.

    A redelivered event is older than its receipt; else the receipt counts, as LINE's clock and
    ours may differ.
    """
    context, sent = event.get("deliveryContext"), event.get("timestamp", 0)
    if isinstance(context, Mapping) and context.get("isRedelivery") is True:
        with suppress(TypeError, ValueError, OverflowError, OSError):
            return min(datetime.fromtimestamp(float(sent) / 1000, UTC), received_at) + TOKEN_LIVES
    return received_at + TOKEN_LIVES


def back_off(endpoint: str, attempts: int) -> timedelta:
    """Doubles from a quarter second to 8 s for a reply, from 1 s to 5 minutes for the rest."""
    if endpoint == "reply":
        return timedelta(seconds=min(0.25 * 2 ** (attempts - 1), 8))
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 10), 300))


def _last_moment(tried: Tried) -> datetime:
    if tried.endpoint == "reply" and tried.token_until is not None:
        return tried.token_until
    return tried.first_try + RETRY_KEY_LIVES
