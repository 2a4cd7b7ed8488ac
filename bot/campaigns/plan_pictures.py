"""Keeps the plan's picture for announcements, found again by the figures that it shows."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import pictures
from bot.campaigns.models import CampaignPicture
from bot.campaigns.pictures import Drawn, Kept


def find(session: Session, figures: Iterable[int | None]) -> int | None:
    """The number of the picture of these figures, or None while none is kept."""
    wanted = select(CampaignPicture.id).where(CampaignPicture.name == _name(figures))
    return session.scalars(wanted).one_or_none()


def keep(session: Session, figures: Iterable[int | None], drawn: Drawn, now: datetime) -> Kept:
    """Keeps it under its figures' name; to be asked once `find` had none, in the same session."""
    return pictures.keep(session, drawn, now, _name(figures))


def _name(figures: Iterable[int | None]) -> str:
    """What is published of the plan is public, so its picture's name need not be a secret."""
    said = ",".join("?" if one is None else str(one) for one in figures)
    return f"plan-{hashlib.sha256(said.encode()).hexdigest()[:32]}"
