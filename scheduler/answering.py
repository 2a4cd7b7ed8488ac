"""Claims kept events one at a time, has each answered, and gives back what failed."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.db import Database
from bot.inbox import service as inbox
from bot.sealing import Sealer
from scheduler.right_of_way import RightOfWay

log = logging.getLogger("madoguchi.worker")

Answer = Callable[[inbox.Claim], None]
"""Answers a claimed event and finishes it in one transaction of its own, or raises."""


class Floor:
    """Many may be on it together, or one alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._together = 0
        self._alone = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Waits while somebody is alone, or waits to be."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._together += 1
        try:
            yield
        finally:
            with self._changed:
                self._together -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Waits until all others have left, and keeps them out."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone)
            self._alone = True
            self._changed.wait_for(lambda: self._together == 0)
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()


@dataclass(frozen=True, slots=True)
class Answering:
    """The events' way through one worker; shared by its threads."""

    database: Database
    sealer: Sealer
    answer: Answer
    owner: str
    failpoint: Callable[[str], None]
    way: RightOfWay = field(default_factory=RightOfWay)
    floor: Floor = field(default_factory=Floor, init=False)

    def one(self) -> bool:
        """Answers the next event; False when none is due."""
        if not self._due(alone=False):
            return False
        with self.floor.together(), self.way.held():
            return self._claim_and_answer(alone=False)

    def one_alone(self) -> bool:
        """Answers the next event that failed twice, with no other in flight in this process."""
        if not self._due(alone=True):
            return False
        with self.floor.alone(), self.way.held():
            return self._claim_and_answer(alone=True)

    def _due(self, *, alone: bool) -> bool:
        with self.database.reading() as session:
            now = self.database.lease_now(session)
            return inbox.anything_due(session, now, alone=alone)

    def _claim_and_answer(self, *, alone: bool) -> bool:
        with self.database.writing() as session:
            now = self.database.lease_now(session)
            claim = inbox.claim(session, self.sealer, owner=self.owner, now=now, alone=alone)
        if claim is None:
            return False
        self.failpoint("claimed")
        try:
            self.answer(claim)
        except inbox.LostLease:
            log.warning("event %s was taken over by another worker", claim.event_id)
        except Exception as error:
            log.exception("event %s could not be answered", claim.event_id)
            self._give_back(claim, type(error).__name__)
        else:
            self.failpoint("answered")
        return True

    def _give_back(self, claim: inbox.Claim, reason: str) -> None:
        try:
            with self.database.writing() as session:
                now = self.database.lease_now(session)
                dead = inbox.fail(session, claim, reason, now)
        except inbox.LostLease:
            return
        if dead:
            log.error("event %s is given up after %s attempts", claim.event_id, claim.attempts)
