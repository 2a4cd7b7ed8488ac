"""Tells those who wait for a procedure that it went online, when the night is over."""

import json
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bot.campaigns import addressees
from bot.city import Quiet
from bot.clocks import CivilClock
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.values import Procedure
from bot.placeholders import holds_placeholder
from bot.plan import queries, telling
from bot.plan.telling import Due
from bot.residents.rules import Style
from bot.sealing import Sealer

Compose = Callable[[Style, Procedure, date], Sequence[dict[str, Any]]]
"""The messages that tell of a procedure, online since a day, in a style."""

_AT_ONCE = 20
"""Residents told in one transaction."""
_LOOK_AGAIN = 600.0
"""Seconds until the quota is asked again after it did not suffice."""


class GoingOnline:
    """Goes round every few seconds, in any number of processes: each resident is told once.

    `quota` asks LINE how many messages are left, None for unlimited or unknown; without any the
    news wait, and so they do while an announcement tells of the same. On real LINE nothing
    that still holds a placeholder is sent: the news is held, and staff see that.
    """

    def __init__(
        self,
        database: Database,
        sealer: Sealer,
        civil: CivilClock,
        *,
        compose: Compose,
        quota: Callable[[], int | None],
        quiet: Quiet,
        is_real_line: bool = False,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._civil = civil
        self._compose = compose
        self._quota = quota
        self._quiet = quiet
        self._is_real_line = is_real_line
        self._not_before = 0.0

    def go(self) -> int:
        """Tells what is due by civil time, outside the quiet hours; how many were told."""
        now = self._civil()
        if time.monotonic() < self._not_before or self._quiet.is_now(now):
            return 0
        with self._database.reading() as session:
            # The rest, whom the announcement does not reach, are told when it is over.
            busy = addressees.procedures_under_way(session)
            due = [news for news in telling.due(session, now) if news.procedure_id not in busy]
        return sum(self._tell_all(news) for news in due)

    def _tell_all(self, news: Due) -> int:
        with self._database.reading() as session:
            procedure = knowledge.procedure(session, news.procedure_id)
            day = queries.online_since(session).get(news.procedure_id)
        if procedure is None or day is None:  # removed from the knowledge meanwhile
            return self._end(news, "held")
        if self._is_sample(procedure, day):
            return self._end(news, "held")
        told = 0
        while True:
            with self._database.reading() as session:
                if news.procedure_id in addressees.procedures_under_way(session):
                    return told
                waiting = telling.waiting(session, news.procedure_id, _AT_ONCE)
            if not waiting:
                self._end(news, "told")
                return told
            left = self._quota()
            if left is not None and left < len(waiting):
                self._not_before = time.monotonic() + _LOOK_AGAIN
                return told
            letters = [(one.key, self._compose(one.style, procedure, day)) for one in waiting]
            with self._database.writing() as session:
                lease_now = self._database.lease_now(session)
                now_told = telling.tell(session, self._sealer, news, letters, lease_now)
            if not now_told:  # taken back, or another process tells them
                return told
            told += now_told

    def _is_sample(self, procedure: Procedure, day: date) -> bool:
        if not self._is_real_line:
            return False
        words = json.dumps(self._compose(Style.PLAIN, procedure, day), ensure_ascii=False)
        return procedure.sample or holds_placeholder(words)

    def _end(self, news: Due, outcome: str) -> int:
        with self._database.writing() as session:
            telling.end(session, news, outcome, self._civil())
        return 0
