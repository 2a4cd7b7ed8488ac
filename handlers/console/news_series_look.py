"""Looks ahead at a series: whom it reaches now, and what is to be known of its next times."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.campaigns import cautions, occasions
from bot.campaigns.cautions import AtNight, Caution, OnHoliday
from bot.campaigns.rules import Audience, Draft
from bot.campaigns.series import Series
from bot.speech import news_drafts
from handlers.console import news_look, news_words
from handlers.console.desk import Desk

_OF_THE_MOMENT = (AtNight, OnHoliday)


@dataclass(frozen=True, slots=True)
class Coming:
    """One of its next times: when it is made, when it leaves, what is to be known of that."""

    at: datetime
    leaves: datetime
    cautions: tuple[Caution, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """`reach` people are in its audience now, `leaves` of them would get it this week.

    `quota_left` None: no limit, or not known.
    """

    reach: int
    leaves: int
    cautions: tuple[Caution, ...]
    quota_left: int | None
    coming: tuple[Coming, ...]


def ahead(desk: Desk, held: Series) -> Ahead:
    """Counts, and asks LINE for the quota. Slow: outside of any transaction."""
    quota_left = desk.services.quota()
    coming = tuple(_coming(desk, held, moment) for moment in next_times(desk, held, 5))
    draft = held.plan.draft or Draft(
        held.plan.kind, held.plan.title, news_drafts.topic_of(held.plan.kind), (), whom(held)
    )
    at = coming[0].leaves if coming else None
    with desk.reading() as session:
        prospect = cautions.prospect(
            session,
            replace(draft, wish=replace(draft.wish, at=at)),
            now=desk.now,
            terms=desk.services.news_terms,
            quota_left=quota_left,
            is_off=lambda day: not desk.services.city.opening.is_working_day(day),
        )
    known = tuple(one for one in prospect.cautions if not isinstance(one, _OF_THE_MOMENT))
    return Ahead(prospect.reach, prospect.leaves, known, quota_left, coming)


def state_of(desk: Desk, held: Series) -> str:
    """Where it stands; "over" for one that is on and comes no more."""
    is_over = occasions.is_over(held, desk.now, desk.services.next_due)
    return "over" if held.state == "on" and is_over else held.state


def whom(held: Series) -> Audience:
    """Whom each of its announcements is for."""
    if held.plan.draft is not None:
        return held.plan.draft.audience
    return Audience(topics=frozenset({news_drafts.topic_of(held.plan.kind)}))


def rows(desk: Desk, draft: Draft | None) -> list[tuple[str, str]]:
    """For whom its words are, and what holds where a rule is in the way."""
    if draft is None:
        return []
    names = news_look.procedure_names(desk, draft.audience)
    return [
        *news_words.audience(desk, draft.audience, names),
        *news_words.wish(desk, replace(draft.wish, at=None))[1:],
    ]


def next_times(desk: Desk, held: Series, most: int) -> list[datetime]:
    """The next instants at which it makes an announcement."""
    return occasions.next_times(held, desk.now, desk.services.next_due, most)


def _coming(desk: Desk, held: Series, moment: datetime) -> Coming:
    if held.plan.waits_for_approval:
        # When it leaves is decided by who approves it, who is told of the night then.
        return Coming(moment, moment, ())
    leaves = moment + desk.services.news_terms.undo
    found = cautions.at_the_time(
        leaves,
        desk.services.news_terms,
        lambda day: not desk.services.city.opening.is_working_day(day),
    )
    return Coming(moment, leaves, tuple(found))
