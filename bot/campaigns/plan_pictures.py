"""Keeps the plan's picture for announcements, found again by the month and figures it shows.

So an announcement knows of its picture whether the records still say the same.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import pictures
from bot.campaigns.models import CampaignPicture
from bot.campaigns.pictures import Drawn, Kept
from bot.campaigns.rules import Draft, Part, Picture
from bot.plan import news as plan_news
from bot.plan.measures import Plan
from bot.plan.news import MonthsNews

_NAME = re.compile(r"plan-([0-9]{4})([0-9]{2})-[0-9a-f]{24}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stands:
    """The plan's picture in an announcement: of which month's end, and whether the records still
    give the figures that it shows."""

    month: date
    is_current: bool


def find(session: Session, news: MonthsNews) -> int | None:
    """The number of the picture of this month and its figures, or None while none is kept."""
    wanted = select(CampaignPicture.id).where(CampaignPicture.name == _name(news))
    return session.scalars(wanted).one_or_none()


def keep(session: Session, news: MonthsNews, drawn: Drawn, now: datetime) -> Kept:
    """Keeps it under month and figures; to be asked once `find` had none, in the same session."""
    return pictures.keep(session, drawn, now, _name(news))


def stands(session: Session, plan: Plan, draft: Draft) -> Stands | None:
    """How the plan's picture in a draft stands to the records now; None where there is none."""
    for part in draft.parts:
        month = _month_of(session, part)
        if isinstance(part, Picture) and month is not None:
            news = plan_news.draft(session, plan, month)
            return Stands(month, part.picture_id == find(session, news))
    return None


def put(session: Session, draft: Draft, fresh: Picture) -> Draft:
    """The draft with `fresh` in the place of the plan's picture, after the first part if none."""
    shown = [place for place, part in enumerate(draft.parts) if _month_of(session, part)]
    at, then = (shown[0], shown[0] + 1) if shown else (1, 1)
    return replace(draft, parts=(*draft.parts[:at], fresh, *draft.parts[then:]))


def _month_of(session: Session, part: Part) -> date | None:
    kept = pictures.find(session, part.picture_id) if isinstance(part, Picture) else None
    said = _NAME.fullmatch(kept.name) if kept else None
    return date(int(said[1]), int(said[2]), 1) if said else None


def _name(news: MonthsNews) -> str:
    """What is published of the plan is public, so its picture's name need not be a secret."""
    said = ",".join("?" if one is None else str(one) for one in news.progress.figures)
    return f"plan-{news.first:%Y%m}-{hashlib.sha256(said.encode()).hexdigest()[:24]}"
