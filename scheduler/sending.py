"""Sends what the outbox holds: commit, wire, commit, never in another order."""

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.db import Database
from bot.line.outcomes import Outcome, Refused
from bot.outbox import service as outbox
from bot.outbox.rules import REPLY
from bot.sealing import Sealer
from scheduler.right_of_way import RightOfWay

log = logging.getLogger("madoguchi.worker")


class Sends(Protocol):
    """The part of the gateway that carries messages."""

    def reply(self, reply_token: str, messages: Sequence[dict[str, Any]]) -> Outcome:
        """Answers an event."""

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Outcome:
        """Sends to one resident."""

    def broadcast(self, messages: Sequence[dict[str, Any]], retry_key: str) -> Outcome:
        """Sends to every friend."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The messages' way out of one worker; shared by its threads."""

    database: Database
    sealer: Sealer
    gateway: Sends
    owner: str
    failpoint: Callable[[str], None]
    way: RightOfWay = field(default_factory=RightOfWay)

    def one(self, priority: int) -> bool:
        """Sends the next message of a priority; False when none is due."""
        with self.database.reading() as session:
            now = self.database.lease_now(session)
            if not outbox.anything_due(session, now, priority):
                return False
        with self.way.held() if priority == REPLY else nullcontext():
            return self._claim_and_send(priority)

    def _claim_and_send(self, priority: int) -> bool:
        parcel = self._claim(priority)
        if parcel is None:
            return False
        self.failpoint("before the wire")
        outcome = self._speak(parcel)
        self.failpoint("after the wire")
        try:
            with self.database.writing() as session:
                now = self.database.lease_now(session)
                state = outbox.settle(session, parcel, outcome, now)
        except outbox.LostLease:
            log.warning("parcel %s was taken over or dropped", parcel.id)
            return True
        if state not in ("sent", "waiting"):
            log.error("parcel %s (%s) ended as %s", parcel.id, parcel.endpoint, state)
        return True

    def _claim(self, priority: int) -> outbox.Parcel | None:
        with self.database.writing() as session:
            now = self.database.lease_now(session)
            return outbox.claim(session, self.sealer, owner=self.owner, now=now, priority=priority)

    def _speak(self, parcel: outbox.Parcel) -> Outcome:
        try:
            if parcel.endpoint == "reply":
                return self.gateway.reply(parcel.to[0], parcel.messages)
            if parcel.endpoint == "broadcast":
                return self.gateway.broadcast(parcel.messages, parcel.retry_key or "")
            return self.gateway.push(parcel.to[0], parcel.messages, parcel.retry_key or "")
        except Exception:
            # A message that line-bot-sdk cannot put into words will not get better by waiting.
            log.exception("parcel %s could not be put into a request", parcel.id)
            return Refused(0, None)
