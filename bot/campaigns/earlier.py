"""What people had of announcements before one starts, or will have had by then."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Integer, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from bot.campaigns import audience, drafts
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import CAP_LOOKS_BACK, Audience, Cap, Draft, State, Terms
from bot.residents.models import ResidentRow


@dataclass(frozen=True, slots=True)
class Earlier:
    """Announcements (their numbers) whose people are known, and audiences of those to come."""

    begun: tuple[int, ...] = ()
    coming: tuple[Audience, ...] = ()


def begun(session: Session, now: datetime, apart_from: int | None = None) -> Earlier:
    """What counts for the week's number while people are picked: all that began."""
    wanted = select(CampaignRow.id).where(CampaignRow.started_at > now - CAP_LOOKS_BACK)
    return Earlier(tuple(found for found in session.scalars(wanted) if found != apart_from))


def before(
    session: Session, at: datetime, apart_from: int | None = None, *, with_approved: bool = True
) -> Earlier:
    """What will count for the week's number at that moment, in front of that announcement.

    `with_approved`: also what is approved and starts until then, for all who are in its audience
    now.
    """
    cut = and_(CampaignRow.started_at > at - CAP_LOOKS_BACK, CampaignRow.state != State.PLANNING)
    ids = session.scalars(select(CampaignRow.id).where(cut))
    return Earlier(
        tuple(found for found in ids if found != apart_from),
        tuple(
            drafts.audience_of(about)
            for _, about in _coming(session, at, CAP_LOOKS_BACK, apart_from, with_approved)
        ),
    )


def within_cap(earlier: Earlier, pushes_a_week: int) -> ColumnElement[bool]:
    """True for one who has had fewer than the week's number of these announcements."""
    had: ColumnElement[int] = literal(0, Integer)
    if earlier.begun:
        had = (
            select(func.count())
            .select_from(CampaignRecipient)
            .where(
                CampaignRecipient.resident_key == ResidentRow.key,
                CampaignRecipient.campaign_id.in_(earlier.begun),
            )
            .correlate(ResidentRow)
            .scalar_subquery()
        )
    for whom in earlier.coming:
        had = had + case((and_(*audience.fitting(whom)), 1), else_=0)
    return had < pushes_a_week


def count_over_cap(
    session: Session, whom: Audience, earlier: Earlier, *, pushes_a_week: int
) -> int:
    """How many of an audience will have had the week's number already."""
    if len(earlier.begun) + len(earlier.coming) < pushes_a_week:
        return 0
    counted = audience.counting(whom).where(~within_cap(earlier, pushes_a_week))
    return int(session.scalar(counted) or 0)


def held_back(session: Session, draft: Draft, terms: Terms, now: datetime, campaign_id: int) -> int:
    """How many of its audience an announcement that starts now leaves out, as was chosen."""
    if draft.wish.cap is not Cap.HOLD_BACK:
        return 0
    had = before(session, now, campaign_id, with_approved=False)
    return count_over_cap(session, draft.audience, had, pushes_a_week=terms.pushes_a_week)


def topic_share(
    session: Session, topic: str, *, days: int, at: datetime, apart_from: int | None = None
) -> tuple[int, int]:
    """Messages about the topic, and all messages of announcements, of the days before a moment.

    What was cancelled before it was sent is no message; what is approved until then is one for
    each who is in its audience now.
    """
    span = timedelta(days=days)
    reached = case(
        (CampaignRow.ended_at.is_(None), CampaignRow.planned),
        else_=func.coalesce(CampaignRow.sent, 0) + func.coalesce(CampaignRow.unknown, 0),
    )
    held = and_(CampaignRow.started_at > at - span, CampaignRow.state != State.PLANNING)
    rows = session.execute(
        select(CampaignRow.topic, func.sum(reached)).where(held).group_by(CampaignRow.topic)
    ).all()
    by_topic = {about: int(number or 0) for about, number in rows}
    counts: dict[str, int] = {}
    for about, whom in _coming(session, at, span, apart_from, True):
        if whom not in counts:
            counts[whom] = audience.count(session, drafts.audience_of(whom))
        by_topic[about] = by_topic.get(about, 0) + counts[whom]
    return by_topic.get(topic, 0), sum(by_topic.values())


def _coming(
    session: Session,
    at: datetime,
    span: timedelta,
    apart_from: int | None,
    with_approved: bool,
) -> list[tuple[str | None, str]]:
    """Topic and audience of what is being cut, or approved and to start within `span` of `at`."""
    coming = CampaignRow.state == State.PLANNING
    if with_approved:
        approved = and_(
            CampaignRow.state.in_([State.APPROVED, State.SCHEDULED]),
            CampaignRow.start_at > at - span,
            CampaignRow.start_at <= at,
        )
        coming = or_(coming, approved)
    rows = session.execute(
        select(CampaignRow.id, CampaignRow.topic, CampaignRow.audience).where(coming)
    )
    return [(topic, whom) for found, topic, whom in rows if found != apart_from]
