"""Starts what is due: the hour comes, and an approved announcement begins to be cut into parcels.

Never commits. `now` is civil time. Any number of processes may call it: the row is locked, and a
state is left only once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.campaigns import checking, drafts, links
from bot.campaigns.models import CampaignBody, CampaignRow
from bot.campaigns.queries import Campaign, draft_in, locked, note, value_of
from bot.campaigns.rules import GROWN_TIMES, Draft, Short, State, Terms, Why, is_missed
from bot.residents.rules import Style

Bodies = Mapping[Style, Sequence[dict[str, Any]]]
"""The messages of an announcement for each style."""


@dataclass(frozen=True, slots=True)
class Composed:
    """An announcement put into messages; `links` gives for each name in them where it leads."""

    bodies: Bodies
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Begun:
    """Its parcels are being cut now."""


@dataclass(frozen=True, slots=True)
class Held:
    """It did not start, and waits for a person."""

    why: Why


@dataclass(frozen=True, slots=True)
class Void:
    """It is a draft again: what stands there is not what was approved."""


@dataclass(frozen=True, slots=True)
class NotDue:
    """Somebody else was quicker, or it is not its time."""


@dataclass(frozen=True, slots=True)
class Means:
    """What was learnt before the start: the audience's size, LINE's quota (None: no limit),
    whether LINE takes the messages at all, and whether this is the real LINE. `held_back` of the
    audience are left out, as they had the week's number. `is_class_over`: a class it is about has
    begun or is full."""

    reach: int
    quota_left: int | None
    is_taken: bool
    is_real_line: bool
    held_back: int = 0
    is_class_over: bool = False

    @property
    def leaves(self) -> int:
        """To how many it goes."""
        return self.reach - self.held_back


def ripen(session: Session, now: datetime, terms: Terms) -> int:
    """Approvals that can no longer be undone become fixed; how many."""
    ripe = (
        update(CampaignRow)
        .where(CampaignRow.state == State.APPROVED, CampaignRow.approved_at <= now - terms.undo)
        .values(state=State.SCHEDULED)
        .returning(CampaignRow.id)
    )
    return len(session.execute(ripe).all())


def anything_to_ripen(session: Session, now: datetime, terms: Terms) -> bool:
    """True when `ripen` would change something; takes no lock."""
    ripe = select(CampaignRow.id).where(
        CampaignRow.state == State.APPROVED, CampaignRow.approved_at <= now - terms.undo
    )
    return session.execute(ripe.limit(1)).first() is not None


def due(session: Session, now: datetime) -> list[Campaign]:
    """The announcements whose time has come, the earliest first; takes no lock."""
    rows = session.scalars(
        select(CampaignRow)
        .where(CampaignRow.state == State.SCHEDULED, CampaignRow.start_at <= now)
        .order_by(CampaignRow.start_at, CampaignRow.id)
    )
    return [value_of(row) for row in rows]


def begin(
    session: Session, seen: Campaign, composed: Composed, means: Means, now: datetime
) -> Begun | Held | Void | NotDue:
    """Starts what `due` gave: its messages stand from now on, its audience is that of `now`.

    Only exactly what was approved starts. Found hours after its time, with too little quota or
    with a sample for real LINE, it is held instead.
    """
    row = locked(session, seen.id)
    if row is None or row.state != State.SCHEDULED or row.version != seen.version:
        return NotDue()
    written = draft_in(row)
    if row.approved_by is None or row.approved_hash != drafts.hash_of(written):
        row.state, row.approved_by, row.approved_at = State.DRAFT, None, None
        row.approved_hash = row.start_at = None
        session.flush()
        note(session, row.id, "void", now)
        return Void()
    if row.approved_reach is not None and means.reach > GROWN_TIMES * row.approved_reach:
        _ask_again(session, row, means.reach, now)
        return Held(Why.GROWN)
    why = _hindrance(row, written, means, now)
    if why is not None:
        _hold(session, row, why, now)
        return Held(why)
    # It may have begun before and found nobody; nothing of that start holds for this one.
    row.planned_at = None
    row.most = means.quota_left if _is_short(means) else None
    _write_bodies(session, row.id, composed.bodies)
    links.keep(session, row.id, composed.links)
    row.state, row.why, row.started_at = State.PLANNING, None, now
    session.flush()
    note(session, row.id, "started", now)
    return Begun()


def send_after_all(session: Session, campaign_id: int, *, actor: str, now: datetime) -> bool:
    """A person says that a held announcement still goes, as it was approved; False when it is
    not held, or its approval is void."""
    row = locked(session, campaign_id)
    if row is None or row.state != State.HELD or row.approved_hash is None:
        return False
    # What a person let go although a class is over is not held for that once more.
    row.why = Why.CLASS_OVER if row.why == Why.CLASS_OVER else None
    row.state, row.start_at = State.SCHEDULED, now
    session.flush()
    note(session, row.id, "released", now, by=actor)
    return True


def cut_to_quota(session: Session, campaign_id: int, *, actor: str, now: datetime) -> bool:
    """A person says that one held for LINE's quota goes to as many as the quota allows.

    That was not part of what was approved, so it is written in the story by name.
    """
    row = locked(session, campaign_id)
    if row is None or row.state != State.HELD or row.why != Why.QUOTA or not row.approved_hash:
        return False
    written = draft_in(row)
    if row.approved_hash != drafts.hash_of(written):
        return False
    row.wish = drafts.wish_json(replace(written.wish, short=Short.CUT))
    row.approved_hash = drafts.hash_of(draft_in(row))
    row.state, row.why, row.start_at = State.SCHEDULED, None, now
    session.flush()
    note(session, row.id, "cut", now, by=actor)
    return True


def messages(session: Session, campaign_id: int, variant: str) -> list[dict[str, Any]]:
    """What goes to the people of one variant; it never changes after the start."""
    found = session.scalars(
        select(CampaignBody.messages).where(
            CampaignBody.campaign_id == campaign_id, CampaignBody.variant == variant
        )
    ).first()
    held: list[dict[str, Any]] = json.loads(found) if found else []
    return held


def variants(session: Session, campaign_id: int) -> dict[str, str]:
    """Which variant those of each style get."""
    rows = session.execute(
        select(CampaignBody.style, CampaignBody.variant).where(
            CampaignBody.campaign_id == campaign_id
        )
    )
    return {str(style): str(variant) for style, variant in rows}


def _hindrance(row: CampaignRow, written: Draft, means: Means, now: datetime) -> Why | None:
    if row.start_at is not None and is_missed(row.start_at, now):
        return Why.MISSED
    if means.reach == 0:
        return Why.NOBODY
    if means.leaves <= 0:
        return Why.CAPPED
    if not means.is_taken:
        return Why.REFUSED
    if _is_short(means) and (written.wish.short is Short.REFUSE or means.quota_left == 0):
        return Why.QUOTA
    if means.is_class_over and row.why != Why.CLASS_OVER:
        return Why.CLASS_OVER
    return Why.SAMPLE if means.is_real_line and checking.holds_sample(written) else None


def _is_short(means: Means) -> bool:
    return means.quota_left is not None and means.quota_left < means.leaves


def _hold(session: Session, row: CampaignRow, why: Why, now: datetime) -> None:
    row.state, row.why = State.HELD, why
    session.flush()
    note(session, row.id, "held", now, note=why)


def _ask_again(session: Session, row: CampaignRow, reach: int, now: datetime) -> None:
    """The series' approval was for fewer people: this one waits for an approval of its own."""
    row.state, row.why = State.CHECKED, Why.GROWN
    row.approved_by = row.approved_at = row.approved_hash = row.start_at = None
    row.approved_reach = None
    session.flush()
    note(session, row.id, "grown", now, note=str(reach))


def _write_bodies(session: Session, campaign_id: int, bodies: Bodies) -> None:
    session.execute(delete(CampaignBody).where(CampaignBody.campaign_id == campaign_id))
    known: dict[str, str] = {}
    for style, body in bodies.items():
        written = json.dumps(list(body), ensure_ascii=False)
        variant = known.setdefault(written, str(style))
        session.add(
            CampaignBody(
                campaign_id=campaign_id, style=str(style), variant=variant, messages=written
            )
        )
    session.flush()
