"""Decides what a release does with a row: write it, take it away, or leave it to staff."""

from dataclasses import dataclass
from enum import Enum

from bot.knowledge.values import State


class Step(Enum):
    """What is to be done with one row."""

    NOTHING = 0
    ADD = 1
    UPDATE = 2
    ADOPT = 3
    WITHDRAW = 4
    FORGET = 5
    LEAVE_CHANGED = 6
    LEAVE_REMOVED = 7


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was seeded last; `withdrawn` when a release took the row away."""

    hash: str
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Stands:
    """How the row stands now."""

    hash: str
    state: State


def decide(wanted: str | None, recorded: Recorded | None, stands: Stands | None) -> Step:
    """What a release does with a row, by the hashes of what it wants, seeded last, and finds.

    `wanted` is None for a row the release no longer has.
    """
    if wanted is None:
        return _decide_dropped(recorded, stands)
    if stands is None:
        return Step.ADD
    live = recorded if recorded is not None and not recorded.withdrawn else None
    if live is not None and stands.state is not State.PUBLISHED:
        return Step.LEAVE_REMOVED
    if stands == Stands(wanted, State.PUBLISHED):
        return Step.NOTHING if live == Recorded(wanted, False) else Step.ADOPT
    if live is not None:
        return Step.UPDATE if stands.hash == live.hash else Step.LEAVE_CHANGED
    taken_back = recorded is not None and stands == Stands(recorded.hash, State.REMOVED)
    return Step.UPDATE if taken_back else Step.LEAVE_CHANGED


def _decide_dropped(recorded: Recorded | None, stands: Stands | None) -> Step:
    if recorded is None or recorded.withdrawn:
        return Step.NOTHING
    if stands is None or stands.state is State.REMOVED:
        return Step.FORGET
    return Step.WITHDRAW if stands.hash == recorded.hash else Step.LEAVE_CHANGED
