"""Watches what waits too long, and mails staff what they are to be told: each thing once."""

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

import content
from bot.campaigns import upkeep as campaigns
from bot.city import JAPAN
from bot.clocks import CivilClock
from bot.db import Database
from bot.inbox import upkeep as inbox
from bot.mail import Mail, MailServer, NotSent, addresses
from bot.notices import rules, service
from bot.notices.rules import Kind
from bot.notices.service import Notice
from bot.outbox import upkeep as outbox
from bot.questions import digest
from bot.settings import Settings
from bot.speech import staff_letters
from bot.speech.staff_letters import Letter
from bot.speech.texts import Voice
from scheduler.clock import Job

log = logging.getLogger("madoguchi.notices")

_A_WEEK = timedelta(days=7)


class House(Protocol):
    """What it takes from the wiring."""

    @property
    def settings(self) -> Settings: ...

    @property
    def database(self) -> Database: ...

    @property
    def civil(self) -> CivilClock: ...

    @property
    def voice(self) -> Voice: ...


Recipients = Callable[[Kind], Sequence[str]]
"""The mail addresses of those who are told of a kind of thing."""


class StaffNotices:
    """Goes round every few seconds, in any number of processes.

    Without a mail server, or with nobody to write to, what happened stands in the console alone.
    """

    def __init__(
        self,
        database: Database,
        civil: CivilClock,
        voice: Voice,
        *,
        server: MailServer | None,
        recipients: Recipients,
        limit: timedelta,
        base_url: str | None,
    ) -> None:
        self._database = database
        self._civil = civil
        self._voice = voice
        self._server = server
        self._recipients = recipients
        self._limit = limit
        self._base_url = base_url

    def go(self) -> int:
        """Looks what waits, then mails what is due; how many mails left."""
        self._watch()
        sent = 0
        while (done := self._send_one()) is not None:
            sent += done
        return sent

    def weekly(self) -> Job:
        """On Monday morning, or later: the last week is worth reading while the next one lasts."""
        return Job("weekly digest", "0 8 * * mon", start=self.week_is_over, grace=_A_WEEK)

    def week_is_over(self, session: Session, due: datetime) -> None:
        """Keeps the digest of the week before, within the firing's transaction."""
        monday = digest.last_week_before(due.astimezone(JAPAN).date())
        lease_now = self._database.lease_now(session)
        key = f"{Kind.DIGEST}:{monday.isoformat()}"
        service.keep(session, Kind.DIGEST, key, now=self._civil(), lease_now=lease_now)

    def _watch(self) -> None:
        with self._database.reading() as session:
            now = self._database.lease_now(session)
            oldest = {
                Kind.LATE_EVENTS: inbox.oldest_waiting(session),
                Kind.LATE_PARCELS: _earlier(
                    outbox.oldest_waiting(session, now), campaigns.oldest_due(session, now)
                ),
            }
            going_on = {one.kind for one in service.open_incidents(session)}
        for kind, moment in oldest.items():
            if kind not in going_on and rules.is_late(moment, now, self._limit):
                assert moment is not None
                self._begin(kind, int((now - moment).total_seconds()))
            elif kind in going_on and rules.is_calm(moment, now, self._limit):
                with self._database.writing() as session:
                    service.end_incident(session, kind, self._civil())

    def _begin(self, kind: Kind, age: int) -> None:
        with self._database.writing() as session:
            lease_now = self._database.lease_now(session)
            now = self._civil()
            is_new = service.open_incident(session, kind, age, now=now, lease_now=lease_now)
        if is_new:
            log.error("%s: the oldest has waited for %s s", kind, age)

    def _send_one(self) -> bool | None:
        """Whether a mail left; None when none is due."""
        with self._database.reading() as session:
            if not service.anything_due(session, self._database.lease_now(session)):
                return None
        with self._database.writing() as session:
            notice = service.claim(session, self._database.lease_now(session))
        return None if notice is None else self._send(notice)

    def _send(self, notice: Notice) -> bool:
        with self._database.reading() as session:
            to = tuple(self._recipients(notice.kind))
            letter = self._letter(session, notice) if to and self._server else None
        failed: str | None = "nobody to write to" if self._server else "no mail server"
        is_final = True
        if letter is not None and self._server is not None:
            mail = Mail(to, letter.subject, letter.body, f"{notice.kind}-{notice.id}")
            answer = self._server.send(mail, self._civil())
            failed = answer.reason if isinstance(answer, NotSent) else None
            is_final = isinstance(answer, NotSent) and answer.is_final
            if failed:
                log.warning("a mail to staff (%s) was not taken: %s", notice.kind, failed)
        with self._database.writing() as session:
            now = self._database.lease_now(session)
            service.settle(session, notice, now, failed=failed, is_final=is_final)
        return failed is None

    def _letter(self, session: Session, notice: Notice) -> Letter:
        if notice.kind is Kind.DIGEST:
            monday = date.fromisoformat(notice.key.partition(":")[2])
            week = digest.digest(session, monday)
            return staff_letters.digest(self._voice, week, self._base_url)
        return staff_letters.late(self._voice, notice.kind, notice.figure or 0, self._base_url)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment), default=None)


def at_house(house: House) -> StaffNotices:
    """As the settings and the city's profile say. Raises SettingsError for a bad mail address."""
    url = house.settings.smtp_url
    rules_held = content.toml("city.toml")["rules"]
    return StaffNotices(
        house.database,
        house.civil,
        house.voice,
        server=MailServer.from_url(url) if url else None,
        recipients=_mail_of_staff,
        limit=timedelta(minutes=rules_held["late_minutes"]),
        base_url=house.settings.base_url,
    )


def _mail_of_staff(kind: Kind) -> tuple[str, ...]:
    held = content.toml("city.toml")["notices"]
    return addresses(held["digest_to" if kind is Kind.DIGEST else "alert_to"])
