"""What residents' pages stand on, handed over once by the wiring."""

from dataclasses import dataclass

from bot.city import City
from bot.clocks import CivilClock
from bot.db import Database
from bot.links.service import Links
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from bot.speech.texts import Reader, Texts


@dataclass(frozen=True, slots=True)
class PageServices:
    """Shared by all pages. `add_readings` writes readings for those who asked for them."""

    database: Database
    sealer: Sealer
    secret_key: bytes
    texts: Texts
    city: City
    civil: CivilClock
    links: Links
    news_topics: NewsTopics
    add_readings: Reader = str

    @property
    def is_https(self) -> bool:
        """True where the city's public address has https."""
        return self.links.base_url.startswith("https://")
