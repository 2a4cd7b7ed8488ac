"""Carries webhooks to the product in threads of its own, and again after anything but a 2xx.

LINE waits about two seconds for an answer; a redelivery repeats the event with the same
`webhookEventId` and `deliveryContext.isRedelivery` true. Order is not guaranteed.
"""

import heapq
import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

from bot.emulator.faults import WEBHOOK, Faults, Kind
from bot.emulator.journal import Journal
from bot.emulator.signing import signature

REDELIVERY_AFTER = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass(frozen=True, slots=True)
class Parcel:
    """One webhook on its way. A raw parcel goes as it is, once."""

    events: tuple[dict[str, Any], ...]
    attempt: int = 1
    redelivered: bool = False
    struck: bool = False  # a fault has had its turn with it
    raw: bytes | None = None
    forced_signature: str | None = None
    settled: "Settled | None" = field(default=None, compare=False)


@dataclass(slots=True)
class Settled:
    """Lets the one who posted a parcel learn the status of its first attempt."""

    status: int | None = None
    done: bool = False


class Courier:
    """Delivers parcels with `threads` carriers; `post` returns at once."""

    def __init__(
        self,
        *,
        url: str,
        channel_secret: str,
        destination: str,
        journal: Journal,
        faults: Faults,
        timeout: float,
        redelivery_after: tuple[float, ...] = REDELIVERY_AFTER,
        threads: int = 16,
    ) -> None:
        self.url = url
        self._secret = channel_secret
        self._destination = destination
        self._journal = journal
        self._faults = faults
        self._timeout = timeout
        self._redelivery_after = redelivery_after
        self._due: list[tuple[float, int, Parcel]] = []
        self._numbers = count()
        self._changed = Condition()
        self._busy = 0
        self._stopped = False
        self._carriers = [Thread(target=self._carry_on, daemon=True) for _ in range(threads)]
        for carrier in self._carriers:
            carrier.start()

    def post(self, parcel: Parcel, *, after: float = 0.0) -> None:
        with self._changed:
            heapq.heappush(self._due, (time.monotonic() + after, next(self._numbers), parcel))
            self._changed.notify()

    def waiting(self) -> int:
        """How many parcels are under way or due again."""
        with self._changed:
            return len(self._due) + self._busy

    def forget_all(self) -> None:
        with self._changed:
            self._due.clear()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for carrier in self._carriers:
            carrier.join(timeout=self._timeout + 1)

    def _carry_on(self) -> None:
        while (parcel := self._take()) is not None:
            try:
                self._carry(parcel)
            finally:
                with self._changed:
                    self._busy -= 1

    def _take(self) -> Parcel | None:
        with self._changed:
            while not self._stopped:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _carry(self, parcel: Parcel) -> None:
        if not parcel.struck:
            parcel = replace(parcel, struck=True)
            if self._strikes(parcel):
                return
        started = time.monotonic()
        status, trouble = self._send(self._body(parcel), parcel)
        took = time.monotonic() - started
        fine = status is not None and 200 <= status < 300
        self._note(parcel, status, took, "received" if fine else trouble or "not 2xx")
        if parcel.settled is not None:
            parcel.settled.status, parcel.settled.done = status, True
        if not fine and parcel.raw is None:
            self._again(parcel)

    def _strikes(self, parcel: Parcel) -> bool:
        """Lets an ordered fault at the parcel; True when it does not travel now."""
        fault = self._faults.strike(WEBHOOK)
        if fault is None:
            return False
        if fault.kind is Kind.LATE_WEBHOOK:
            self._note(parcel, None, 0.0, f"fault: {fault.seconds:g} s late")
            self.post(parcel, after=fault.seconds)
            return True
        if fault.kind is Kind.DROP:
            self._note(parcel, None, 0.0, "fault: dropped on the way")
            self._again(parcel)
            return True
        self.post(replace(parcel, redelivered=True, settled=None))
        return False

    def _again(self, parcel: Parcel) -> None:
        if parcel.attempt <= len(self._redelivery_after):
            after = self._redelivery_after[parcel.attempt - 1]
            self.post(replace(parcel, attempt=parcel.attempt + 1, redelivered=True), after=after)

    def _body(self, parcel: Parcel) -> bytes:
        if parcel.raw is not None:
            return parcel.raw
        events = [dict(event) for event in parcel.events]
        if parcel.redelivered:
            for event in events:
                if "deliveryContext" in event:
                    event["deliveryContext"] = {"isRedelivery": True}
        whole = {"destination": self._destination, "events": events}
        try:
            return json.dumps(whole, ensure_ascii=False).encode()
        except UnicodeEncodeError:  # a lone surrogate travels escaped
            return json.dumps(whole).encode()

    def _send(self, body: bytes, parcel: Parcel) -> tuple[int | None, str]:
        try:
            signed = parcel.forced_signature
            headers = {
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "MadoguchiEmulator/1",
                "x-line-signature": signature(self._secret, body) if signed is None else signed,
            }
            return exchange(self.url, body, headers, self._timeout), ""
        except TimeoutError:
            return None, "no answer in time"
        except (OSError, http.client.HTTPException) as problem:
            return None, f"could not connect: {type(problem).__name__}"

    def _note(self, parcel: Parcel, status: int | None, took: float, verdict: str) -> None:
        self._journal.write(
            "webhook",
            datetime.now(UTC).isoformat(),
            url=self.url,
            event_ids=[e.get("webhookEventId") for e in parcel.events],
            event_types=[kind_of(e) for e in parcel.events],
            chat_ids=[chat_of(e) for e in parcel.events],
            attempt=parcel.attempt,
            redelivered=parcel.redelivered,
            status=status,
            ms=round(took * 1000, 1),
            verdict=verdict,
        )


def kind_of(event: dict[str, Any]) -> str:
    """The event's type, with the message's type for messages: `message/text`."""
    message = event.get("message")
    inner = f"/{message.get('type')}" if isinstance(message, dict) else ""
    return f"{event.get('type')}{inner}"


def chat_of(event: dict[str, Any]) -> str | None:
    source = event.get("source")
    if not isinstance(source, dict):
        return None
    found = source.get("groupId") or source.get("roomId") or source.get("userId")
    return str(found) if found else None


def exchange(url: str, body: bytes, headers: dict[str, str], timeout: float) -> int:
    """Posts `body` and gives the status; OSError or HTTPException when there is no answer."""
    parts = urlsplit(url)
    kind: Callable[..., http.client.HTTPConnection] = (
        http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    )
    connection = kind(parts.hostname or "", parts.port, timeout=timeout)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=headers)
        response = connection.getresponse()
        response.read(1 << 16)
        return response.status
    finally:
        connection.close()
