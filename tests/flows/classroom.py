"""A console over a ledger of classes: who works there, and what is read from its pages."""

import itertools
import re
from datetime import timedelta

from flask import Flask

from bot.classes import bookers, queries
from bot.classes.values import Booked
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from tests.flows.class_at_work import NOON, Classes
from tests.flows.console_at_work import Browser, app_with_console, at_work, services

CALLER = {
    "channel": "phone",
    "phone": "０９０－００００－０００１",
    "kana": "みほん　はなこ",
    "person": "見本 𠮷子",
    "district": "富田",
    "needs_hearing": "1",
    "device": "own",
    "model": "らくらくホン",
    "wish": "補聴器があります",
}


class Room:
    """The class screens, opened by somebody with the role 教室, at noon of a Tuesday."""

    def __init__(self, database: Database, sealer: Sealer, **more: object) -> None:
        self.database, self.sealer = database, sealer
        self.classes = Classes(database, sealer)
        self.now = NOON
        self._phones = itertools.count(1)
        given = services(database, sealer, civil=lambda: self.now, **more)  # type: ignore[arg-type]
        self.app: Flask = app_with_console(given)
        self.staff = self.enter("kyoshitsu", Role.CLASSES)

    def enter(self, login: str, *roles: Role) -> Browser:
        return at_work(self.database, self.sealer, self.app, login, *roles)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)
        self.classes.now = self.now

    def person(self, name: str, kana: str) -> int:
        """Somebody of that name who rings up; the number by which staff book for them."""
        given = bookers.read(name, kana, f"059-001-{next(self._phones):04}")
        assert isinstance(given, bookers.Particulars)
        with self.database.writing() as db:
            return bookers.enter(db, self.sealer, given, self.now)

    def booked(self, booking_id: int) -> Booked:
        with self.database.reading() as db:
            found = queries.booking_of(db, booking_id, self.now)
        assert found is not None
        return found

    def trail(self) -> list[str]:
        """What the audit trail holds about classes, the oldest first."""
        with self.database.reading() as db:
            done = [one.done.action for one in audit.every(db, audit.Search())][::-1]
        return [action for action in done if action.startswith("class.")]


def led_to(answer: object) -> str:
    """Where the answer leads, without the host."""
    location: str = answer.headers["Location"]  # type: ignore[attr-defined]
    return location.replace("http://127.0.0.1", "")


def number_in(address: str) -> int:
    found = re.search(r"/(\d+)(?:[/?]|$)", address)
    assert found, address
    return int(found.group(1))
