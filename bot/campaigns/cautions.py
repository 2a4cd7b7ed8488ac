"""What an approver should know before they let an announcement go; none of it stops them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import jpholiday
from sqlalchemy.orm import Session

from bot.campaigns import audience, checking, earlier, leads
from bot.campaigns.leads import Gone
from bot.campaigns.rules import Cap, Draft, Terms, start_of
from bot.city import JAPAN


@dataclass(frozen=True, slots=True)
class AtNight:
    """It would ring telephones in the quiet hours."""

    at: datetime


@dataclass(frozen=True, slots=True)
class OnHoliday:
    """It would leave on a day off: a national holiday of that name, or (None) another one."""

    day: date
    name: str | None


@dataclass(frozen=True, slots=True)
class OverCap:
    """So many had the week's number already; `held_back` tells whether they are left out."""

    people: int
    pushes_a_week: int
    held_back: bool


@dataclass(frozen=True, slots=True)
class TopicShare:
    """Of so many messages of the last days, so many were about this topic, this one included."""

    messages: int
    of: int
    days: int


@dataclass(frozen=True, slots=True)
class QuotaShort:
    """LINE takes fewer messages this month than it would go to people."""

    left: int
    people: int


@dataclass(frozen=True, slots=True)
class NotTappable:
    """An address stands in the words of that part (from 0), where nobody can tap it."""

    part: int


Caution = AtNight | OnHoliday | OverCap | TopicShare | QuotaShort | NotTappable | Gone


@dataclass(frozen=True, slots=True)
class Prospect:
    """Whom it reaches and what is to be known before; `reach` counts those held back as well."""

    reach: int
    start_at: datetime
    cautions: tuple[Caution, ...]

    @property
    def leaves(self) -> int:
        """How many it goes to if nothing changes until then."""
        held = [c.people for c in self.cautions if isinstance(c, OverCap) and c.held_back]
        return self.reach - sum(held)


def prospect(
    session: Session,
    draft: Draft,
    *,
    now: datetime,
    terms: Terms,
    quota_left: int | None,
    is_off: Callable[[date], bool],
    campaign_id: int | None = None,
) -> Prospect:
    """Counts the audience and gathers what is to be known. It reads much: ask outside any write.

    The week's number and the topic's share are those of the moment at which it starts, with all
    that is approved and starts before; itself (`campaign_id`) is counted once. `now` is civil
    time, `quota_left` None where LINE sets no limit or cannot be asked. `is_off` says which days
    are off.
    """
    reach = audience.count(session, draft.audience)
    start_at = start_of(draft.wish, now, terms.undo)
    found: list[Caution] = [
        *at_the_time(start_at, terms, is_off),
        *leads.gone(session, draft, start_at),
        *map(NotTappable, checking.addresses_in_words(draft)),
    ]
    had = earlier.before(session, start_at, campaign_id)
    over = earlier.count_over_cap(session, draft.audience, had, pushes_a_week=terms.pushes_a_week)
    if over:
        found.append(OverCap(over, terms.pushes_a_week, draft.wish.cap is Cap.HOLD_BACK))
    if draft.topic:
        days = terms.topic_share_days
        about, of = earlier.topic_share(
            session, draft.topic, days=days, at=start_at, apart_from=campaign_id
        )
        found.append(TopicShare(about + reach, of + reach, days))
    seen = Prospect(reach, start_at, tuple(found))
    if quota_left is None or quota_left >= seen.leaves:
        return seen
    return replace(seen, cautions=(*found, QuotaShort(quota_left, seen.leaves)))


def at_the_time(
    start_at: datetime, terms: Terms, is_off: Callable[[date], bool]
) -> list[AtNight | OnHoliday]:
    """What is to be known of the moment itself."""
    here = start_at.astimezone(JAPAN)
    found: list[AtNight | OnHoliday] = []
    if terms.quiet.is_now(start_at):
        found.append(AtNight(start_at))
    if is_off(here.date()):
        found.append(OnHoliday(here.date(), jpholiday.is_holiday_name(here.date())))
    return found
