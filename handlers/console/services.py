"""What the console stands on, handed over once by the wiring."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.answers.engine import Engine
from bot.city import City
from bot.clocks import CivilClock
from bot.db import Database
from bot.sealing import Sealer
from bot.speech.texts import Texts, Voice
from bot.staff.passwords import Passwords
from handlers.console.demo_people import DemoPeople
from handlers.console.knowledge_kinds import KnowledgeKinds


def _empty_engine() -> Engine:
    return Engine.build(())


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all pages. `demo` is given under `demo` alone, never by `serve`.

    `known_passwords` are the ones that everybody tries first (content/passwords.toml).
    `engine` gives the answer engine as it stands after the last change of knowledge.
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

    @property
    def voice(self) -> Voice:
        """Speaks to staff: one style."""
        return Voice(self.texts)
