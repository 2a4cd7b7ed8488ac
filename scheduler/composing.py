"""Puts an announcement into messages for each style, with our own addresses in it."""

from collections.abc import Callable

from bot.campaigns import links, pictures, starting
from bot.campaigns.queries import Campaign
from bot.db import Database
from bot.residents.rules import Style
from bot.speech import campaign_cards
from bot.speech.campaign_cards import Addresses, Shown
from bot.speech.texts import Voice


class Composer:
    """Composes what is about to start. Without a public address no taps are counted and no
    pictures shown."""

    def __init__(
        self, database: Database, voice: Callable[[Style], Voice], base_url: str | None
    ) -> None:
        self._database = database
        self._voice = voice
        self._base_url = base_url.rstrip("/") if base_url else None

    def __call__(self, campaign: Campaign) -> starting.Composed:
        names = links.name_all(campaign.draft.parts) if self._base_url else {}
        addresses = Addresses(
            self.picture, {address: f"{self._base_url}/l/{name}" for address, name in names.items()}
        )
        bodies = {
            style: campaign_cards.compose(
                self._voice(style), campaign.draft, addresses, campaign_id=campaign.id
            )
            for style in Style
        }
        return starting.Composed(bodies, {name: address for address, name in names.items()})

    def picture(self, picture_id: int) -> Shown | None:
        """Where a kept picture is seen."""
        with self._database.reading() as session:
            found = pictures.find(session, picture_id)
        if found is None or self._base_url is None:
            return None
        address = f"{self._base_url}/p/{found.name}"
        shape = f"{found.width}:{found.height}"
        return Shown(f"{address}.jpg", f"{address}/small.jpg", shape)
