"""What a handler of the conversation is given, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from bot.answers.danger import Dangers
from bot.answers.values import Decision
from bot.city import City
from bot.inbox.service import Claim
from bot.line.events import Inbound
from bot.line.limits import Message
from bot.links.service import Links
from bot.plan.measures import Plan
from bot.residents.rules import Resident, Topic
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from bot.speech import dates
from bot.speech.alarm_cards import Alarm
from bot.speech.texts import Reader, Texts, Voice
from handlers.chat.anger import Anger
from handlers.chat.class_wishes import ClassWishes
from handlers.chat.life_menu import LifeMenu
from handlers.chat.other_languages import OtherLanguages
from handlers.chat.typed import FollowUps, TypedWords


class Asks(Protocol):
    """The answer engine as the conversation sees it."""

    def ask(self, text: str, *, top: int = 10) -> Decision:
        """Ranks the entries for a question and decides what to show."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the city knows and how it speaks; the same for every turn, wired once.

    `alarms` reads the emergencies that last; it is asked at every turn: be it cheap.
    `links` makes one-time links to residents' pages; None where there is no public address.
    """

    city: City
    texts: Texts
    engine: Asks
    dangers: Dangers
    typed: TypedWords
    anger: Anger
    other_languages: OtherLanguages
    follow_ups: FollowUps
    class_wishes: ClassWishes
    life_menu: LifeMenu
    add_readings: Reader
    plan: Plan
    news_topics: NewsTopics
    links: Links | None = None
    alarms: Callable[[Session], Sequence[Alarm]] = lambda _session: ()


@dataclass(frozen=True, slots=True)
class Turn:
    """One event of one resident, with what is needed to decide about it.

    `session` only reads; what is to be written happens in the `Commit` a handler returns.
    """

    desk: Desk
    session: Session
    inbound: Inbound
    resident: Resident
    now: datetime
    claim: Claim
    sealer: Sealer
    arguments: Mapping[str, str] = field(default_factory=dict)
    alarms: Sequence[Alarm] = ()

    @property
    def voice(self) -> Voice:
        """Speaks as this resident chose."""
        return Voice(self.desk.texts, self.resident.style, self.desk.add_readings)

    @property
    def today(self) -> date:
        """The day in Japan."""
        return dates.today(self.now)

    @property
    def topic(self) -> Topic | None:
        """What was answered last, while a follow-up may still mean it."""
        return self.resident.topic_now(
            self.now, timedelta(minutes=self.desk.city.follow_up_minutes)
        )

    def number(self, name: str) -> int:
        """A number a button carried; 0, which is no row's, for anything else."""
        value = self.arguments.get(name, "")
        return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else 0


Commit = Callable[[Session], Sequence[Message]]
"""Writes what was decided and returns the messages to say; short, no model, no network."""

Handler = Callable[[Turn], Commit]


def say(messages: Sequence[Message]) -> Commit:
    """A commit that only speaks."""
    return lambda _session: messages
