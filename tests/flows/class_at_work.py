"""A course, a venue and classes of it, with people who book: for tests of the classes."""

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import content
from bot.city import City, ClassRules
from bot.classes import bookers, booking, catalogue, sessions
from bot.classes.outcomes import Reservation, Withdrawn
from bot.classes.planning import SessionPlan
from bot.classes.values import Actor, Channel
from bot.db import Database
from bot.residents import service as residents
from bot.sealing import Sealer

CITY: ClassRules = City.from_toml(content.toml("city.toml")).classes
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Tuesday, twelve o'clock here: the desk is open, no holiday is near."""
STAFF = Actor.staff("hanako")
KANA = "アイウエオカキクケコサシスセソタチツテト"


@dataclass
class Classes:
    """The ledger as tests use it: every call is a transaction of its own."""

    database: Database
    sealer: Sealer
    now: datetime = NOON

    def __post_init__(self) -> None:
        self._numbers = itertools.count(1)
        with self.database.writing() as db:
            self.course = catalogue.put_course(
                db,
                code="first",
                title="はじめてのスマホ",
                steps=("電源を入れる", "電話をかける"),
                bring="スマホ",
                is_sample=True,
            )
            self.venue = catalogue.put_venue(
                db,
                code="hall",
                name="見本センター",
                address="三重県四日市市富田1",
                district="富田",
                lat=35.0,
                lon=136.6,
            )

    def plan(self, capacity: int = 2, **changes: Any) -> SessionPlan:
        """A class in ten days at ten in the morning, for two hours."""
        starts = changes.pop("starts", NOON + timedelta(days=10, hours=-2))
        values: dict[str, Any] = {
            "course_id": self.course,
            "venue_id": self.venue,
            "dates": ((starts, starts + timedelta(hours=2)),),
            "capacity": capacity,
            "opens_at": NOON - timedelta(days=5),
            "closes_at": starts - timedelta(hours=2),
        }
        return SessionPlan(**(values | changes))

    def session(self, capacity: int = 2, **changes: Any) -> int:
        """Such a class is made; its number."""
        with self.database.writing() as db:
            made = sessions.create(db, self.plan(capacity, **changes))
        assert isinstance(made, int)
        return made

    def resident(self, name: str = "") -> str:
        """Somebody with LINE who has entered who they are; their key."""
        number = next(self._numbers)
        key = name or f"key-{number:03}"
        with self.database.writing() as db:
            residents.meet(db, self.sealer, key, f"U{number:032x}", self.now)
            given = bookers.read(
                "見本 太郎", f"ミホン {KANA[number % 20]}", f"090-0000-{number:04}"
            )
            assert isinstance(given, bookers.Particulars)
            bookers.enter_own(db, self.sealer, key, given, self.now)
        return key

    def caller(self) -> int:
        """Somebody who rings up and has no LINE; the number by which staff book for them."""
        number = next(self._numbers)
        with self.database.writing() as db:
            given = bookers.read("見本 花子", f"ミホン {KANA[number % 20]}", f"059-000-{number:04}")
            assert isinstance(given, bookers.Particulars)
            return bookers.enter(db, self.sealer, given, self.now)

    def books(self, key: str, session_id: int, **more: Any) -> Reservation:
        """The resident books for themselves in LINE."""
        with self.database.writing() as db:
            booker = bookers.own_id(db, key)
            assert booker is not None
            return booking.reserve(
                db,
                self.sealer,
                session_id,
                booker,
                actor=Actor.resident(key),
                channel=Channel.LINE,
                city=CITY,
                now=self.now,
                **more,
            )

    def rings(self, booker: int, session_id: int, **more: Any) -> Reservation:
        """Somebody rings up and a colleague books for them."""
        more.setdefault("channel", Channel.PHONE)
        with self.database.writing() as db:
            return booking.reserve(
                db, self.sealer, session_id, booker, actor=STAFF, city=CITY, now=self.now, **more
            )

    def gives_up(self, key: str, booking_id: int) -> None:
        """The resident cancels in LINE."""
        gone = self.does(booking.cancel, booking_id, actor=Actor.resident(key))
        assert isinstance(gone, Withdrawn)

    def does(self, act: Any, *arguments: Any, actor: Actor = STAFF, **more: Any) -> Any:
        """Any other call of the ledger that takes an actor, the rules and the time."""
        with self.database.writing() as db:
            return act(db, *arguments, actor=actor, city=CITY, now=self.now, **more)
