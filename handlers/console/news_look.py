"""Looks ahead at an announcement: as on the phone, whom it reaches, what stands in its way."""

from dataclasses import dataclass
from datetime import date

from bot.campaigns import audience, cautions, checking, leads, pictures, plan_pictures
from bot.campaigns.cautions import Prospect
from bot.campaigns.checking import Fault
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import EDITABLE, Audience, Card, Draft, Kind, Words
from bot.knowledge import service as knowledge
from bot.line.limits import Message
from bot.residents.rules import Style
from bot.speech import campaign_cards, news_check, news_gathering
from bot.speech.campaign_cards import Addresses, Shown
from bot.speech.procedure_cards import everyday_name
from bot.speech.texts import Voice
from handlers.console import phone
from handlers.console.desk import Desk

_NOWHERE = "http://127.0.0.1"
"""Stands for our own address where there is none: a preview needs no other machine."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything to look at before a step is taken. `quota_left` None: no limit, or not known."""

    phones: tuple[tuple[str, tuple[phone.Picture, ...]], ...]
    faults: tuple[Fault, ...]
    prospect: Prospect
    quota_left: int | None
    holds_sample: bool


def look(desk: Desk, draft: Draft, campaign_id: int | None = None) -> Look:
    """Composes, counts and asks LINE for the quota. Slow: outside of any transaction.

    `campaign_id` is whose draft it is, so that it does not count itself as one before it.
    """
    quota_left = desk.services.quota()
    with desk.reading() as session:
        prospect = cautions.prospect(
            session,
            draft,
            now=desk.now,
            terms=desk.services.news_terms,
            quota_left=quota_left,
            is_off=lambda day: not desk.services.city.opening.is_working_day(day),
            campaign_id=campaign_id,
        )
    return Look(
        phones=phones(desk, draft),
        faults=faults(desk, draft),
        prospect=prospect,
        quota_left=quota_left,
        holds_sample=checking.holds_sample(draft),
    )


def faults(desk: Desk, draft: Draft) -> tuple[Fault, ...]:
    """What keeps it from being checked."""
    found = news_check.faults(
        draft,
        lambda style, written: messages(desk, style, written),
        is_real_line=desk.services.is_real_line,
        topics=[topic.key for topic in desk.services.news_topics.all],
    )
    with desk.reading() as session:
        return found + leads.faults(session, draft, desk.now)


def phones(desk: Desk, draft: Draft) -> tuple[tuple[str, tuple[phone.Picture, ...]], ...]:
    """The messages as each style gets them; やさしい日本語 only where something is written so."""
    is_easy = any(getattr(part, "easy", "") for part in draft.parts)
    styles = (Style.PLAIN, *([Style.EASY] if is_easy else []), Style.FURIGANA)
    shown = _written(draft)
    return tuple((style.value, phone.draw(messages(desk, style, shown))) for style in styles)


def messages(desk: Desk, style: Style, draft: Draft, campaign_id: int = 0) -> list[Message]:
    """What somebody of that style gets."""
    voice = Voice(desk.services.texts, style, desk.services.add_readings)
    addresses = Addresses(lambda picture_id: _shown(desk, picture_id))
    return campaign_cards.compose(voice, draft, addresses, campaign_id=campaign_id)


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """What is wrong with the plan's picture in an announcement, and of which month it is.

    "moved": the records changed since it was drawn. "missing": they changed just before the news
    was drafted by itself, so that no picture of them had been drawn yet.
    """

    what: str
    month: date


def plan_picture(desk: Desk, found: Campaign) -> PlanPicture | None:
    """None where nothing is wrong, or nothing can be changed any more."""
    if found.draft.kind is not Kind.PROGRESS or found.state not in EDITABLE:
        return None
    with desk.reading() as session:
        stands = plan_pictures.stands(session, desk.services.plan, found.draft)
    if stands is not None:
        return None if stands.is_current else PlanPicture("moved", stands.month)
    if found.series_due is None:
        return None
    return PlanPicture("missing", news_gathering.month_of(found.series_due))


def reach(desk: Desk, whom: Audience) -> int:
    """How many people are in an audience now."""
    with desk.reading() as session:
        return audience.count(session, whom)


def procedure_names(desk: Desk, whom: Audience) -> dict[str, str]:
    """What the procedures of an audience are called."""
    with desk.reading() as session:
        held = [knowledge.procedure(session, one) for one in sorted(whom.procedures)]
    return {one.id: everyday_name(one) for one in held if one is not None}


def _shown(desk: Desk, picture_id: int) -> Shown | None:
    with desk.reading() as session:
        found = pictures.find(session, picture_id)
    if found is None:
        return None
    address = f"{(desk.services.base_url or _NOWHERE).rstrip('/')}/p/{found.name}"
    shape = f"{found.width}:{found.height}"
    return Shown(f"{address}.jpg", f"{address}/small.jpg", shape)


def _written(draft: Draft) -> Draft:
    """The draft without parts in which nothing stands yet: an empty bubble tells nothing."""
    parts = tuple(
        part
        for part in draft.parts
        if not (isinstance(part, Words) and not part.text.strip())
        and not (isinstance(part, Card) and not (part.title.strip() or part.text.strip()))
    )
    return Draft(draft.kind, draft.title, draft.topic, parts, draft.audience, draft.wish)
