"""What people did after an announcement: buttons tapped, questions asked, its topic stopped.

Only sums are kept. Never commits. `now` is civil time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.campaigns import drafts, links
from bot.campaigns.models import CampaignRecipient, CampaignRow, CampaignTally
from bot.campaigns.rules import Button, Card, Part
from bot.db import insert_unless_there
from bot.questions.models import QuestionRow
from bot.questions.rules import Kind

COUNTED_FOR = timedelta(hours=48)
"""Counted from the start of an announcement: what comes later has other causes as well."""
CAME_FROM = "from"
"""Carries, in the postback of an announcement's button, which button of which one it is."""
_ASKED = "asked"
_MARK = re.compile(r"([1-9][0-9]{0,17})\.([0-9])\.([0-9])", re.ASCII)
_ELSEWHERE = ("link", "call")


@dataclass(frozen=True, slots=True)
class Tapped:
    """A button that speaks to the chat, by what stands on it, and how often it was tapped."""

    label: str
    taps: int


@dataclass(frozen=True, slots=True)
class Reactions:
    """Sums. `asked` counts questions of those who got it, None while that was not counted yet."""

    stopped: int
    asked: int | None
    buttons: tuple[Tapped, ...]


def mark(campaign_id: int, part: int, button: int) -> str:
    """What a button carries so that its taps are counted."""
    return f"{campaign_id}.{part}.{button}"


def tapped(session: Session, carried: str, now: datetime) -> None:
    """Counts a tap on the button that carried this, within 48 hours after the announcement began.

    Whoever it was taps as often as they like. What no announcement's button carries counts nowhere.
    """
    found = _MARK.fullmatch(carried)
    if found is None:
        return
    campaign_id, part, button = map(int, found.groups())
    row = session.get(CampaignRow, campaign_id)
    if row is None or row.started_at is None:
        return
    if not row.started_at <= now <= row.started_at + COUNTED_FOR:
        return
    if any(place == (part, button) for place, _ in _buttons(drafts.parts_of(row.content))):
        links.tally(session, campaign_id, _tap(part, button))


def count_asked(session: Session, row: CampaignRow) -> None:
    """Counts the questions that those who got it asked within 48 hours after it began.

    A question is counted with every announcement that came before it. Who is forgotten meanwhile
    counts no more, so the number never falls.
    """
    assert row.started_at is not None
    asked = session.scalar(
        select(func.count())
        .select_from(QuestionRow)
        .join(CampaignRecipient, CampaignRecipient.resident_key == QuestionRow.resident_key)
        .where(
            CampaignRecipient.campaign_id == row.id,
            QuestionRow.asked_at >= row.started_at,
            QuestionRow.asked_at <= row.started_at + COUNTED_FOR,
            QuestionRow.kind.in_([Kind.QUESTION, Kind.FOLLOW_UP]),
        )
    )
    _at_least(session, row.id, _ASKED, int(asked or 0))


def of(session: Session, campaign_id: int) -> Reactions:
    """The sums as they are known now, the buttons in the order in which they stand."""
    row = session.get_one(CampaignRow, campaign_id)
    held = links.tallies(session, campaign_id)
    return Reactions(
        stopped=held.get(links.STOPPED, 0),
        asked=held.get(_ASKED),
        buttons=tuple(
            Tapped(button.label, held.get(_tap(*place), 0))
            for place, button in _buttons(drafts.parts_of(row.content))
        ),
    )


def _buttons(parts: tuple[Part, ...]) -> Iterator[tuple[tuple[int, int], Button]]:
    for part, held in enumerate(parts):
        for place, button in enumerate(held.buttons if isinstance(held, Card) else ()):
            if button.to not in _ELSEWHERE:
                yield (part, place), button


def _tap(part: int, button: int) -> str:
    return f"tap:{part}.{button}"


def _at_least(session: Session, campaign_id: int, what: str, count: int) -> None:
    row = insert_unless_there(session, CampaignTally).values(
        campaign_id=campaign_id, what=what, count=count
    )
    more = case((CampaignTally.count < count, count), else_=CampaignTally.count)
    session.execute(
        row.on_conflict_do_update(index_elements=["campaign_id", "what"], set_={"count": more})
    )
