"""What the console stands on, handed over once by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import content
from bot.answers.engine import Engine
from bot.campaigns.rules import Terms as NewsTerms
from bot.city import City
from bot.clocks import CivilClock
from bot.db import Database
from bot.links.service import Links
from bot.mail import MailServer
from bot.plan.measures import Plan
from bot.plan.recording import Terms
from bot.residents.topics import NewsTopics
from bot.schedules.rules import NextDue
from bot.sealing import Sealer
from bot.speech.texts import Reader, Texts, Voice
from bot.staff.passwords import Passwords
from handlers.class_tables import ClassTables
from handlers.console.knowledge_kinds import KnowledgeKinds
from handlers.demo_people import DemoPeople


def _empty_engine() -> Engine:
    return Engine.build(())


def _quota_unknown() -> int | None:
    return None


def _plan() -> Plan:
    return Plan.from_toml(content.toml("plan.toml"))


def _news_topics() -> NewsTopics:
    return NewsTopics.from_toml(content.toml("topics.toml"))


def _never(_cron: str, _zone: str, _after: datetime) -> datetime | None:
    return None


def _news_terms() -> NewsTerms:
    return NewsTerms.from_toml(content.toml("city.toml")["rules"])


def _plan_terms() -> Terms:
    return Terms.from_toml(_plan(), content.toml("city.toml")["rules"])


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all pages. `demo` is given under `demo` alone, never by `serve`.

    `known_passwords` are the ones that everybody tries first (content/passwords.toml).
    `engine` gives the answer engine as it stands after the last change of knowledge.
    `quota` asks LINE how many messages are left this month, None when unlimited or unknown.
    `add_readings` is for what is sent to residents who chose furigana. `is_real_line`: residents
    are real, so that nothing marked as a sample may reach them.
    `links` makes one-time links to residents' pages; None without a public address.
    `mail` sends mail to staff; None without a mail server.
    `next_due` tells when a repeating time comes next.
    A new topic adds what it needs here, with a default where tests of other pages need none.
    """

    database: Database
    sealer: Sealer
    secret_key: bytes
    texts: Texts
    city: City
    civil: CivilClock
    base_url: str | None = None
    passwords: Passwords = field(default_factory=Passwords)
    known_passwords: tuple[str, ...] = ()
    demo: DemoPeople | None = None
    engine: Callable[[], Engine] = _empty_engine
    knowledge: KnowledgeKinds = field(default_factory=KnowledgeKinds.read)
    class_tables: ClassTables = field(default_factory=ClassTables.read)
    quota: Callable[[], int | None] = _quota_unknown
    add_readings: Reader = str
    is_real_line: bool = False
    second_person_approves: bool = False
    samples_a_week: int = 20
    links: Links | None = None
    mail: MailServer | None = None
    plan: Plan = field(default_factory=_plan)
    plan_terms: Terms = field(default_factory=_plan_terms)
    news_topics: NewsTopics = field(default_factory=_news_topics)
    news_terms: NewsTerms = field(default_factory=_news_terms)
    next_due: NextDue = _never

    @property
    def voice(self) -> Voice:
        """Speaks to staff: one style."""
        return Voice(self.texts)
