"""Gathers what is drafted anew each time: the week's digest, the month's progress of the plan."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.campaigns import drafting, pictures, plan_pictures
from bot.campaigns.pictures import Drawn
from bot.campaigns.rules import Draft, Kind
from bot.classes import queries as class_queries
from bot.classes.values import Session as ClassSession
from bot.plan import news as plan_news
from bot.plan.measures import Plan
from bot.plan.news import MonthsNews, Told
from bot.speech import dates, news_drafts, plan_picture
from bot.speech.texts import Voice

_WEEK = timedelta(days=6)
_CLASSES_MOST = 40


def generate(
    session: Session,
    kind: Kind,
    due: datetime,
    told_at: datetime | None,
    *,
    voice: Voice,
    plan: Plan,
    page: str | None,
) -> Draft | None:
    """What a series of that kind tells at a due instant; None when there is nothing to tell.

    Progress news goes on from the instant that was told of last, else from a month before. It
    only reads: a picture of the plan is in it if `drawn_ahead` was kept before.
    """
    if kind is Kind.DIGEST:
        return digest(session, voice, plan, due, page)
    if kind is Kind.PROGRESS:
        before, now = (_told(at) for at in (told_at or _month_before(due), due))
        news = plan_news.between(session, plan, before, now)
        return progress(session, voice, news, page)
    return None


def digest(
    session: Session, voice: Voice, plan: Plan, now: datetime, page: str | None = None
) -> Draft | None:
    """What was announced and went online in seven days, and the classes with seats to come."""
    today = dates.today(now)
    first = today - _WEEK
    online = [
        record
        for month in sorted({first.replace(day=1), today.replace(day=1)})
        for record in plan_news.draft(session, plan, month).online
        if first <= record.day <= today
    ]
    told = drafting.titles_since(session, now - drafting.LOOKS_BACK, now)
    return news_drafts.digest(voice, told, classes(session, now), online, today, page=page)


def progress(session: Session, voice: Voice, news: MonthsNews, page: str | None) -> Draft | None:
    """The news of a month, None when nothing of it is recorded."""
    if news.is_empty:
        return None
    picture_id = plan_pictures.find(session, news)
    return news_drafts.progress(voice, news, picture_id, page)


def classes(session: Session, now: datetime) -> list[ClassSession]:
    """Classes to come with seats for newcomers, the next first."""
    found = class_queries.open_sessions(session, now, most=_CLASSES_MOST)
    return [one for one in found if one.seats.left]


def drawn_ahead(session: Session, plan: Plan, month: date) -> tuple[MonthsNews, Drawn | None]:
    """The month's news, and its picture where none is kept yet. Slow (100 ms): keep it after.

    Drawing has no place in a transaction that writes.
    """
    news = plan_news.draft(session, plan, month)
    if plan_pictures.find(session, news) is not None:
        return news, None
    years = tuple(year for year, _ in plan.years)
    drawn = pictures.draw(plan_picture.draw(news.progress.figures, years))
    return news, drawn if isinstance(drawn, Drawn) else None


def month_of(now: datetime) -> date:
    """The month that is told of: within its first week it is the month before."""
    return (dates.today(now) - _WEEK).replace(day=1)


def _told(at: datetime) -> Told:
    return Told(at, plan_news.last_of(month_of(at)))


def _month_before(moment: datetime) -> datetime:
    here = moment.astimezone(dates.ZONE)
    last = here.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(here.day, last.day))


def page_of(base_url: str | None) -> str | None:
    """The address of the public page of the plan, where residents can open it."""
    has_page = base_url is not None and base_url.startswith("https://")
    return f"{base_url.rstrip('/')}/plan" if has_page and base_url else None
