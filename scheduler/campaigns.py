"""Goes round the announcements every second: starts what is due, cuts parcels, notes the end."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from bot.campaigns import (
    audience,
    earlier,
    leads,
    parcels,
    planning,
    queries,
    results,
    starting,
    stopping,
    unreached,
)
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import State, Terms, Why
from bot.clocks import CivilClock
from bot.db import Database
from bot.line.outcomes import Outcome, Refused, TryAgain
from scheduler.mailing import unit_of
from scheduler.worker import passes

log = logging.getLogger("madoguchi.campaigns")

Compose = Callable[[Campaign], starting.Composed]
"""Puts an announcement into messages for each style."""
AskSums = Callable[[str, date, date], results.Sums | None]
"""LINE's sums for a unit over some days; None when they are not to be had now."""
_ASK_AGAIN = 20.0
"""Seconds until LINE is asked again whether it takes our token, or how much quota is left."""


class Campaigns:
    """Any number of processes may run it: what one has begun the others leave, or take over.

    `quota` asks LINE how many messages are left (None: no limit, or not to be learnt), `takes`
    whether it would take these messages.
    """

    def __init__(
        self,
        database: Database,
        civil: CivilClock,
        terms: Terms,
        *,
        compose: Compose,
        quota: Callable[[], int | None],
        takes: Callable[[Sequence[dict[str, Any]]], Outcome],
        is_real_line: bool,
        sums: AskSums = lambda _unit, _first, _last: None,
        wake: Callable[[], None] = lambda: None,
        make_way: Callable[[], object] = lambda: None,
        failpoint: Callable[[str], None] = passes,
    ) -> None:
        self._database = database
        self._civil = civil
        self._terms = terms
        self._compose = compose
        self._quota = quota
        self._takes = takes
        self._is_real_line = is_real_line
        self._sums = sums
        self._wake = wake
        self._make_way = make_way
        self._failpoint = failpoint
        self._not_before = 0.0

    def go(self) -> None:
        """One round; it ends when nothing is left to do for now."""
        self._ripen()
        self._start_what_is_due()
        self._plan()
        self._end()
        if time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + _ASK_AGAIN
            self._look_after_the_stopped()
            self._measure()

    def _ripen(self) -> None:
        now = self._civil()
        with self._database.reading() as session:
            anything = starting.anything_to_ripen(session, now, self._terms)
        if anything:
            with self._database.writing() as session:
                starting.ripen(session, now, self._terms)

    def _start_what_is_due(self) -> None:
        with self._database.reading() as session:
            due = starting.due(session, self._civil())
        for campaign in due:
            try:
                self._start(campaign)
            except Exception as fault:
                # The others are not to wait for it; it is tried again in a second.
                log.exception("announcement %s not begun: %s", campaign.id, type(fault).__name__)

    def _start(self, campaign: Campaign) -> None:
        composed = self._compose(campaign)
        # Asked before anything stands: a message LINE refuses would be refused 3,600 times.
        answers = [self._takes(body) for body in composed.bodies.values()]
        if any(isinstance(answer, TryAgain) for answer in answers):
            log.warning("announcement %s waits: LINE does not answer", campaign.id)
            return
        with self._database.reading() as session:
            reach = audience.count(session, campaign.draft.audience)
            held_back = earlier.held_back(
                session, campaign.draft, self._terms, self._civil(), campaign.id
            )
            over = leads.gone(session, campaign.draft, self._civil())
        means = starting.Means(
            reach=reach,
            quota_left=self._quota(),
            is_taken=not any(isinstance(answer, Refused) for answer in answers),
            is_real_line=self._is_real_line,
            held_back=held_back,
            is_class_over=bool(over),
        )
        with self._database.writing() as session:
            outcome = starting.begin(session, campaign, composed, means, self._civil())
        log.info("announcement %s: %s", campaign.id, type(outcome).__name__)

    def _plan(self) -> None:
        with self._database.reading() as session:
            under_way = planning.under_way(session)
        for campaign in under_way:
            while self._plan_stretch(campaign.id):
                pass
            self._wake()

    def _plan_stretch(self, campaign_id: int) -> bool:
        """True when a stretch was kept and there may be another."""
        self._make_way()
        with self._database.reading() as session:
            stretch = planning.read(session, campaign_id, self._terms)
        if stretch is None:
            return False
        with self._database.writing() as session:
            lease_now = self._database.lease_now(session)
            kept = planning.keep(session, stretch, now=self._civil(), lease_now=lease_now)
        self._failpoint("stretch planned")
        return kept and not stretch.is_end

    def _end(self) -> None:
        with self._database.reading() as session:
            lease_now = self._database.lease_now(session)
            to_clear = stopping.to_clear(session, lease_now)
            over = stopping.over(session)
        for campaign_id in to_clear:
            with self._database.writing() as session:
                stopping.clear(session, campaign_id, self._database.lease_now(session))
        for campaign_id in {*over, *to_clear}:
            self._strike_unreached(campaign_id)
            with self._database.writing() as session:
                stopping.conclude(session, campaign_id, self._civil())

    def _strike_unreached(self, campaign_id: int) -> None:
        with self._database.reading() as session:
            parts = unreached.parts(session, campaign_id)
        for at in range(0, len(parts), unreached.STRETCH):
            self._make_way()
            with self._database.writing() as session:
                unreached.strike(session, campaign_id, parts[at : at + unreached.STRETCH])

    def _measure(self) -> None:
        with self._database.reading() as session:
            wanted = results.to_measure(session, self._civil())
        for one in wanted:
            sums = self._sums(unit_of(one.campaign_id), one.first, one.last)
            with self._database.writing() as session:
                results.measure(session, one.campaign_id, sums, self._civil())

    def _look_after_the_stopped(self) -> None:
        """What stopped for a revoked token goes on after its renewal; what has no quota stops."""
        with self._database.reading() as session:
            paused = queries.listed(session, states=(State.PAUSED,))
            sending = parcels.sending(session)
        waiting = [campaign for campaign in paused if campaign.why is Why.REVOKED]
        if waiting and not isinstance(self._takes(_ANYTHING), TryAgain):
            for campaign in waiting:
                with self._database.writing() as session:
                    stopping.resume(session, campaign.id, actor=None, now=self._civil())
            self._wake()
        if sending and self._quota() == 0:
            for campaign_id in sending:
                with self._database.writing() as session:
                    stopping.pause(
                        session, campaign_id, actor=None, now=self._civil(), why=Why.QUOTA
                    )


_ANYTHING = [{"type": "text", "text": "?"}]
"""Asks whether LINE takes our token; it is sent to nobody."""
