"""Hands conversations back to the desk when their time is over, and tells the residents so."""

import time
from collections.abc import Callable
from datetime import timedelta

from bot.clocks import CivilClock
from bot.db import Database
from bot.handover import service, telling, upkeep
from bot.handover.rules import Conversation
from bot.residents import service as residents
from bot.residents.rules import Style
from bot.sealing import Sealer
from bot.speech import flex, handover_cards, menu_cards
from bot.speech.texts import Voice

STILL_NEWS = timedelta(hours=6)
"""After this a push would only puzzle; the next message in the chat is told it all the same."""
_LOOK_AGAIN = 600.0
"""Seconds until the quota is asked again after none was left."""


class HandBack:
    """Goes round every few seconds, in any number of processes: each resident is told once.

    `quota` asks LINE how many messages are left, None for unlimited or unknown. Without any, the
    resident is told with the next reply instead, which costs none.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        civil: CivilClock,
        voice: Callable[[Style], Voice],
        quota: Callable[[], int | None],
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._civil = civil
        self._voice = voice
        self._quota = quota
        self._not_before = 0.0

    def go(self) -> int:
        """Ends what is over and tells who does not know; how many were told."""
        now = self._civil()
        with self._database.reading() as session:
            is_overdue = upkeep.anything_overdue(session, now)
        if is_overdue:
            with self._database.writing() as session:
                upkeep.end_overdue(session, now)
        if time.monotonic() < self._not_before:
            return 0
        with self._database.reading() as session:
            untold = upkeep.untold(session, now - STILL_NEWS)
        if not untold:
            return 0
        if self._quota() == 0:
            self._not_before = time.monotonic() + _LOOK_AGAIN
            return 0
        return sum(self._tell(one) for one in untold)

    def _tell(self, one: Conversation) -> bool:
        with self._database.reading() as session:
            voice = self._voice(residents.recognise(session, one.resident_key).style)
        words = menu_cards.ways_on(voice, flex.plain(handover_cards.ended(voice, one)))
        with self._database.writing() as session:
            if not service.note_told(session, one.id, self._civil()):
                return False
            return telling.push(
                session,
                self._sealer,
                one.resident_key,
                words,
                why=f"ended:{one.id}",
                lease_now=self._database.lease_now(session),
            )
