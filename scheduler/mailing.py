"""Sends the parcels of announcements: one clerk keeps the books, carriers only call LINE.

The clerk notes what came back and claims what goes next in the same transaction, so that one
commit serves several parcels and no two threads contend for the lock; a carrier touches no
database. What was claimed but not sent when the process dies is found again by its lease, with
the same retry key and the same people.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy.orm import Session

from bot.campaigns import parcels, settling, starting, stopping
from bot.campaigns.rules import Why
from bot.clocks import CivilClock
from bot.db import Database
from bot.line.outcomes import Outcome, Refused
from bot.outbox import pacing
from bot.sealing import Sealer
from scheduler.worker import passes

log = logging.getLogger("madoguchi.mailing")

AT_ONCE, AT_ONCE_ON_SERVER = 4, 8
"""Parcels claimed in one transaction: SQLite's only lock is held that long, PostgreSQL has none."""
AT_ONCE_BESIDE_CHAT = 1
"""The same while residents write: who asks meanwhile waits for it."""
_GATHER = 0.008
"""Seconds the clerk waits for more to come back, so that one commit serves several."""


class Multicasts(Protocol):
    """The part of the gateway that carries parcels."""

    def multicast(
        self, to: Sequence[str], messages: Sequence[dict[str, Any]], retry_key: str, unit: str
    ) -> Outcome:
        """Sends to many residents."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many carriers call LINE at once, how many calls a second all processes together make,
    and how long the clerk waits when nothing is to be done (seconds)."""

    carriers: int = 24
    per_second: float = pacing.MULTICASTS_A_SECOND
    poll: float = 0.5


@dataclass(frozen=True, slots=True)
class _Errand:
    parcel: parcels.Taken
    messages: Sequence[dict[str, Any]]
    not_before: float


@dataclass(frozen=True, slots=True)
class _Back:
    parcel: parcels.Taken
    outcome: Outcome


class Mailing:
    """Runs beside the worker, in any number of processes. Make and start it after a fork."""

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        gateway: Multicasts,
        civil: CivilClock,
        owner: str,
        *,
        pace: Pace | None = None,
        failpoint: Callable[[str], None] = passes,
        make_way: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._gateway = gateway
        self._civil = civil
        self._owner = owner
        self._pace = pace or Pace()
        self._failpoint = failpoint
        self._make_way = make_way
        self._out: queue.SimpleQueue[_Errand | None] = queue.SimpleQueue()
        self._back: queue.SimpleQueue[_Back | None] = queue.SimpleQueue()
        self._at_once = AT_ONCE if database.is_sqlite else AT_ONCE_ON_SERVER
        self._in_hand = 0
        self._found = False
        self._stopping = threading.Event()
        self._messages = lru_cache(maxsize=64)(self._read_messages)
        names = [f"carrier-{number}" for number in range(self._pace.carriers)]
        self._carriers = [self._thread(name, self._carry) for name in names]
        self._clerk = self._thread("clerk", self._keep_books)

    def start(self) -> None:
        """Begins."""
        for thread in (*self._carriers, self._clerk):
            thread.start()

    def wake(self) -> None:
        """There is something to send."""
        self._back.put(None)

    def stop(self) -> None:
        """Claims nothing more, lets what is on the wire end and notes it, within ten seconds."""
        self._stopping.set()
        self.wake()
        until = time.monotonic() + 10
        for thread in (self._clerk, *self._carriers):
            if thread.ident is not None:
                thread.join(max(0.0, until - time.monotonic()))

    def _thread(self, name: str, run: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=run, name=name, daemon=True)

    # ---------------------------------------------------------------- carriers

    def _carry(self) -> None:
        while (errand := self._out.get()) is not None:
            time.sleep(max(0.0, errand.not_before - time.monotonic()))
            self._make_way()
            self._failpoint("before the multicast")
            outcome = self._speak(errand)
            self._failpoint("after the multicast")
            self._back.put(_Back(errand.parcel, outcome))

    def _speak(self, errand: _Errand) -> Outcome:
        parcel = errand.parcel
        try:
            return self._gateway.multicast(
                parcel.to, errand.messages, parcel.retry_key, unit_of(parcel.campaign_id)
            )
        except Exception:
            # A message that line-bot-sdk cannot put into words will not get better by waiting.
            log.exception("parcel %s could not be put into a request", parcel.id)
            return Refused(0, None)

    # ---------------------------------------------------------------- the clerk

    def _keep_books(self) -> None:
        back: list[_Back] = []
        while True:
            back += self._returned(wait=not back)
            ends = self._stopping.is_set()
            if ends and not back and not self._in_hand:
                break
            try:
                most = 0 if ends else AT_ONCE_BESIDE_CHAT if self._make_way() else self._at_once
                self._round(back, most)
            except Exception as error:
                # The database is away: what came back is noted when it is there again.
                log.exception("the books could not be kept: %s", type(error).__name__)
                time.sleep(1)
        for _ in self._carriers:
            self._out.put(None)

    def _returned(self, *, wait: bool) -> list[_Back]:
        """What carriers brought back; with nothing to do it waits for them, or for the poll."""
        came: list[_Back] = []
        if wait and (self._in_hand >= self._pace.carriers or not self._found):
            self._take_in(came, self._pace.poll)
        until = time.monotonic() + _GATHER
        while came and len(came) < self._at_once and self._in_hand > len(came):
            if (left := until - time.monotonic()) <= 0:
                break
            self._take_in(came, left)
        while not self._back.empty():
            self._take_in(came, 0)
        return came

    def _take_in(self, came: list[_Back], seconds: float) -> None:
        try:
            brought = self._back.get(timeout=seconds) if seconds else self._back.get_nowait()
        except queue.Empty:
            return
        if brought is not None:
            came.append(brought)

    def _round(self, back: list[_Back], most: int) -> None:
        """Notes and takes away what is in `back`, and hands out what was claimed meanwhile."""
        room = min(most, self._pace.carriers - self._in_hand + len(back))
        if not back and not (room and self._is_anything_due()):
            self._found = False
            return
        with self._database.writing() as session:
            now = self._database.lease_now(session)
            answered = [(one.parcel, one.outcome) for one in back]
            states = settling.settle_all(session, answered, now)
            seen = self._seen(session, now, room) if room else []
            taken = parcels.take(session, seen, owner=self._owner, now=now)
            slots = self._slots(session, len(taken), now)
        noted = [*zip(back, states, strict=True)]
        # That stands: should anything fail from here on, it is not noted a second time.
        back.clear()
        self._in_hand -= len(noted)
        self._found = bool(seen)
        try:
            self._hand_out(taken, slots)
        finally:
            self._after(noted)

    def _hand_out(self, taken: Sequence[parcels.Taken], slots: Sequence[float]) -> None:
        """What is not handed out for a fault is found again when its lease is over."""
        self._failpoint("parcels claimed")
        for parcel, slot in zip(taken, slots, strict=True):
            messages = self._messages(parcel.campaign_id, parcel.variant)
            self._out.put(_Errand(parcel, messages, slot))
            self._in_hand += 1

    def _is_anything_due(self) -> bool:
        with self._database.reading() as session:
            return bool(parcels.sending(session))

    def _seen(self, session: Session, now: datetime, room: int) -> list[parcels.Seen]:
        for campaign_id in parcels.sending(session):
            seen = parcels.look(session, self._sealer, campaign_id, now, room)
            if seen:
                return seen
        return []

    def _slots(self, session: Session, number: int, now: datetime) -> list[float]:
        """Moments of `time.monotonic` at which the next calls may leave."""
        if not number:
            return []
        held = pacing.reserve(session, "multicast", number, now, self._pace.per_second)
        here = time.monotonic()
        return [here + (moment - now).total_seconds() for moment in held]

    def _after(self, noted: Sequence[tuple[_Back, str]]) -> None:
        for one, state in noted:
            if state == "lost":
                log.warning("parcel %s was taken over or dropped", one.parcel.id)
            elif settling.is_revoked(one.outcome):
                self._stop_campaign(one.parcel.campaign_id, Why.REVOKED)
            elif state in ("refused", "dead"):
                log.error("parcel %s ended as %s", one.parcel.id, state)
                self._stop_if_all_are_refused(one.parcel.campaign_id)

    def _stop_if_all_are_refused(self, campaign_id: int) -> None:
        with self._database.reading() as session:
            stops = stopping.refuses_all(session, campaign_id)
        if stops:
            self._stop_campaign(campaign_id, Why.REFUSED)

    def _stop_campaign(self, campaign_id: int, why: Why) -> None:
        with self._database.writing() as session:
            stopping.pause(session, campaign_id, actor=None, now=self._civil(), why=why)

    def _read_messages(self, campaign_id: int, variant: str) -> Sequence[dict[str, Any]]:
        """What an announcement says: it does not change any more."""
        with self._database.reading() as session:
            return starting.messages(session, campaign_id, variant)


def unit_of(campaign_id: int) -> str:
    """The name under which LINE counts what became of an announcement."""
    return f"campaign_{campaign_id}"
