"""Faults to order: how many calls or webhook deliveries go wrong, in which way."""

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from threading import Lock
from typing import Any


class Kind(StrEnum):
    """What goes wrong. The first group strikes API calls, the second webhook deliveries."""

    TOO_MANY = "429"
    SERVER_ERROR = "500"
    TIMEOUT = "timeout"
    RESET = "reset"
    SLOW = "slow"
    TIMEOUT_AFTER_ACCEPT = "timeout-after-accept"
    RESET_AFTER_ACCEPT = "reset-after-accept"

    DUPLICATE_WEBHOOK = "duplicate-webhook"
    LATE_WEBHOOK = "late-webhook"
    DROP = "drop"


OF_WEBHOOKS = frozenset({Kind.DUPLICATE_WEBHOOK, Kind.LATE_WEBHOOK, Kind.DROP})
WEBHOOK = "webhook"


@dataclass(slots=True)
class Fault:
    """One ordered fault.

    It strikes `remaining` times (None: until it is withdrawn) with `probability`, on calls whose
    endpoint is `endpoint` (None: any). `seconds` is how long it holds up or delays.
    """

    number: int
    kind: Kind
    endpoint: str | None
    remaining: int | None
    probability: float
    seconds: float
    struck: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.number,
            "kind": str(self.kind),
            "endpoint": self.endpoint,
            "remaining": self.remaining,
            "probability": self.probability,
            "seconds": self.seconds,
            "struck": self.struck,
        }


class Faults:
    """The faults in force, tried oldest first; safe between threads."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._faults: list[Fault] = []
        self._numbers = count(1)
        self._chance = chance or random.Random()  # noqa: S311 (a coin for tests, not a secret)
        self._lock = Lock()

    def order(
        self,
        kind: Kind,
        *,
        endpoint: str | None = None,
        times: int | None = 1,
        probability: float = 1.0,
        seconds: float = 3.0,
    ) -> Fault:
        fault = Fault(next(self._numbers), kind, endpoint, times, probability, seconds)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, endpoint: str) -> Fault | None:
        """The fault that hits this call of `endpoint` ("webhook" for a delivery), if any."""
        with self._lock:
            for fault in self._faults:
                if not _concerns(fault, endpoint) or self._chance.random() >= fault.probability:
                    continue
                fault.struck += 1
                if fault.remaining is not None:
                    fault.remaining -= 1
                    if fault.remaining <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def in_force(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_json() for fault in self._faults]

    def withdraw(self, number: int | None = None) -> None:
        """Withdraws one fault, or all; withdrawing what is gone changes nothing."""
        with self._lock:
            self._faults = [f for f in self._faults if number is not None and f.number != number]


def _concerns(fault: Fault, endpoint: str) -> bool:
    if (fault.kind in OF_WEBHOOKS) != (endpoint == WEBHOOK):
        return False
    return fault.endpoint is None or endpoint == fault.endpoint
