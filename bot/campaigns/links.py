"""Addresses of ours under announcements: each leads on to another and counts taps, not people."""

import secrets
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignLink, CampaignRow, CampaignTally
from bot.campaigns.rules import Card, Part
from bot.db import insert_unless_there

STOPPED = "stop"
"""What is tallied when somebody stops the topic with the button under an announcement."""


def name_all(parts: Iterable[Part]) -> dict[str, str]:
    """A fresh name for each address that the buttons of an announcement lead to."""
    addresses = {
        button.argument
        for part in parts
        if isinstance(part, Card)
        for button in part.buttons
        if button.to == "link"
    }
    return {address: secrets.token_urlsafe(9) for address in sorted(addresses)}


def keep(session: Session, campaign_id: int, names: Mapping[str, str]) -> None:
    """Keeps for each name where it leads, in place of the announcement's earlier ones."""
    session.execute(delete(CampaignLink).where(CampaignLink.campaign_id == campaign_id))
    for name, address in names.items():
        session.add(CampaignLink(name=name, campaign_id=campaign_id, address=address, taps=0))
    session.flush()


def follow(session: Session, name: str) -> str | None:
    """Where the link leads, counted once more; None for a name nobody made (any more)."""
    counted = (
        update(CampaignLink)
        .where(CampaignLink.name == name)
        .values(taps=CampaignLink.taps + 1)
        .returning(CampaignLink.address)
    )
    return session.scalars(counted).one_or_none()


def taps(session: Session, campaign_id: int) -> dict[str, int]:
    """How often each address was tapped. A preview that fetches it counts as well."""
    rows = session.execute(
        select(CampaignLink.address, CampaignLink.taps).where(
            CampaignLink.campaign_id == campaign_id
        )
    )
    return {str(address): int(number) for address, number in rows}


def tally(session: Session, campaign_id: int, what: str) -> None:
    """Counts once that something (such as `stop`) followed the announcement; nobody is noted."""
    row = insert_unless_there(session, CampaignTally).values(
        campaign_id=campaign_id, what=what[:16], count=1
    )
    session.execute(
        row.on_conflict_do_update(
            index_elements=["campaign_id", "what"], set_={"count": CampaignTally.count + 1}
        )
    )


def tally_known(session: Session, campaign_id: int, what: str) -> None:
    """The same, but only for an announcement that there is: a chat's button may carry anything."""
    if session.get(CampaignRow, campaign_id) is not None:
        tally(session, campaign_id, what)


def tallies(session: Session, campaign_id: int) -> dict[str, int]:
    """What followed the announcement, and how often."""
    rows = session.execute(
        select(CampaignTally.what, CampaignTally.count).where(
            CampaignTally.campaign_id == campaign_id
        )
    )
    return {str(what): int(number) for what, number in rows}
