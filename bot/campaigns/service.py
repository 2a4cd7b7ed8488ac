"""Writes an announcement and takes it through 作成→対象→確認→承認→予約. Never commits.

`now` is civil time throughout; `actor` is a login. Each call locks the announcement and decides
anew, so that two at the same time end as one after the other. Asking for a step that was taken
already changes nothing and says so.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.campaigns import checking, drafts, leads
from bot.campaigns.checking import Fault
from bot.campaigns.models import CampaignRow
from bot.campaigns.queries import WRITTEN, draft_in, locked, note, writers
from bot.campaigns.rules import EDITABLE, GROWTH_PASSED_OVER, Draft, State, Terms, start_of


@dataclass(frozen=True, slots=True)
class Kept:
    """It is written down, under this number and version."""

    campaign_id: int
    version: int


@dataclass(frozen=True, slots=True)
class NoSuchCampaign:
    """There is no announcement of that number."""


@dataclass(frozen=True, slots=True)
class ChangedMeanwhile:
    """A colleague changed it; nothing was done. `version` is the present one."""

    version: int


@dataclass(frozen=True, slots=True)
class NotNow:
    """In its state this step cannot be taken; `by` is who took it there, where known."""

    state: State
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Faulty:
    """It cannot go out as it is written."""

    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """It waits for another person's approval."""


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Whoever wrote a word of it cannot approve it."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """Nobody is in its audience."""


@dataclass(frozen=True, slots=True)
class AllHeldBack:
    """All of its audience, so many, will have had the week's number: nobody would get it."""

    reach: int


@dataclass(frozen=True, slots=True)
class TypeTheCount:
    """So many people get it that the number must be typed, and it was not, or another one.

    `is_grown`: it was typed as shown, but more people are in it by now; they are to be seen first.
    """

    reach: int
    is_grown: bool = False


@dataclass(frozen=True, slots=True)
class Approved:
    """It leaves at `start_at` unless it is undone, paused or cancelled before."""

    start_at: datetime
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class Undone:
    """The approval is taken back; it waits for one again."""


@dataclass(frozen=True, slots=True)
class SentBack:
    """It is a draft again, with the reason in its story."""


Problem = NoSuchCampaign | ChangedMeanwhile | NotNow


def draft(
    session: Session,
    written: Draft,
    *,
    author: str,
    now: datetime,
    series: tuple[int, datetime] | None = None,
) -> Kept:
    """Keeps a new announcement. `series` names where a repeating one comes from, and when due."""
    row = CampaignRow(
        **_columns(written),
        state=State.DRAFT,
        version=1,
        author=author,
        made_at=now,
        changed_at=now,
        series_id=series[0] if series else None,
        series_due=series[1] if series else None,
    )
    session.add(row)
    session.flush()
    note(session, row.id, WRITTEN[0], now, by=author)
    return Kept(row.id, 1)


def edit(
    session: Session, campaign_id: int, version: int, written: Draft, *, actor: str, now: datetime
) -> Kept | Problem:
    """Puts `written` in the place of what stood there; checks and approvals of it are void.

    The same words again change nothing. `version` is the one the writer had before them.
    """
    row = _row(session, campaign_id, version, EDITABLE)
    if not isinstance(row, CampaignRow):
        return row
    if drafts.hash_of(draft_in(row)) == drafts.hash_of(written):
        return Kept(row.id, row.version)
    for name, value in _columns(written).items():
        setattr(row, name, value)
    row.version, row.changed_at = row.version + 1, now
    _void(row)
    session.flush()
    note(session, row.id, WRITTEN[1], now, by=actor)
    return Kept(row.id, row.version)


def check(
    session: Session,
    campaign_id: int,
    version: int,
    *,
    actor: str,
    now: datetime,
    is_real_line: bool,
    topics: Collection[str],
) -> Checked | Faulty | Problem:
    """The writer is done (確認). Faulty when it breaks a limit, or is a sample for real LINE.

    So it is when a button leads to a class or procedure that there is not. `topics` are the keys
    on offer.
    """
    row = _row(session, campaign_id, version, {State.DRAFT})
    if not isinstance(row, CampaignRow):
        return row
    written = draft_in(row)
    faults = checking.faults(written, is_real_line=is_real_line, topics=topics)
    faults += leads.faults(session, written, now)
    if faults:
        return Faulty(faults)
    row.state, row.why = State.CHECKED, None
    row.checked_by, row.checked_at = actor, now
    session.flush()
    note(session, row.id, "checked", now, by=actor)
    return Checked()


def approve(
    session: Session,
    campaign_id: int,
    version: int,
    *,
    actor: str,
    now: datetime,
    terms: Terms,
    reach: int,
    held_back: int = 0,
    shown: int | None = None,
    typed: int | None = None,
) -> Approved | OwnWork | Nobody | AllHeldBack | TypeTheCount | Problem:
    """Another person lets it go (承認), bound to exactly what they saw; of two at once, one does.

    `reach` is how many people are in its audience now, `held_back` how many of them are left out
    as they will have had the week's number. `shown` is to how many the approver was shown that
    it goes; above the city's number that must have been typed.
    """
    row = _row(session, campaign_id, version, {State.CHECKED})
    if not isinstance(row, CampaignRow):
        return row
    if actor in writers(session, campaign_id):
        return OwnWork()
    if reach == 0:
        return Nobody()
    if reach <= held_back:
        return AllHeldBack(reach)
    wanting = count_to_type(reach - held_back, shown, typed, terms)
    if wanting is not None:
        return wanting
    seen = draft_in(row)
    row.state, row.approved_by, row.approved_at = State.APPROVED, actor, now
    row.approved_hash = drafts.hash_of(seen)
    row.start_at = start_of(seen.wish, now, terms.undo)
    session.flush()
    note(session, row.id, "approved", now, by=actor, note=str(reach))
    return Approved(row.start_at, now + terms.undo)


def send_back(
    session: Session, campaign_id: int, reason: str, *, actor: str, now: datetime
) -> SentBack | Problem:
    """The approver does not let it go, for a reason its writer reads."""
    row = _row(session, campaign_id, None, {State.CHECKED})
    if not isinstance(row, CampaignRow):
        return row
    _void(row)
    session.flush()
    note(session, row.id, "sent_back", now, by=actor, note=reason)
    return SentBack()


def undo(session: Session, campaign_id: int, *, actor: str, now: datetime) -> Undone | Problem:
    """Takes an approval back while it may be undone; afterwards there is `stopping.cancel`."""
    row = _row(session, campaign_id, None, {State.APPROVED})
    if not isinstance(row, CampaignRow):
        return row
    _void(row)
    row.state = State.CHECKED
    session.flush()
    note(session, row.id, "undone", now, by=actor)
    return Undone()


def copy(session: Session, campaign_id: int, *, actor: str, now: datetime) -> Kept | NoSuchCampaign:
    """A new draft with the words and audience of an earlier announcement."""
    row = session.get(CampaignRow, campaign_id)
    return draft(session, draft_in(row), author=actor, now=now) if row else NoSuchCampaign()


def count_to_type(
    leaves: int, shown: int | None, typed: int | None, terms: Terms
) -> TypeTheCount | None:
    """What is wrong with the number typed, for one who was shown that it goes to `shown`."""
    seen = leaves if shown is None else shown
    if seen > terms.typed_count_above and typed != seen:
        return TypeTheCount(leaves)
    has_grown = leaves > terms.typed_count_above and leaves > seen * GROWTH_PASSED_OVER
    return TypeTheCount(leaves, is_grown=True) if has_grown else None


def _row(
    session: Session, campaign_id: int, version: int | None, states: Collection[State]
) -> CampaignRow | Problem:
    row = locked(session, campaign_id)
    if row is None:
        return NoSuchCampaign()
    if State(row.state) not in states:
        return NotNow(State(row.state), row.approved_by or row.checked_by)
    if version is not None and row.version != version:
        return ChangedMeanwhile(row.version)
    return row


def _void(row: CampaignRow) -> None:
    row.state, row.why = State.DRAFT, None
    row.approved_by = row.approved_at = row.approved_hash = row.start_at = None
    row.approved_reach = None


def _columns(written: Draft) -> dict[str, str | None]:
    return {
        "kind": written.kind,
        "title": written.title.strip()[:80],
        "topic": written.topic,
        "content": drafts.content_json(written.parts),
        "audience": drafts.audience_json(written.audience),
        "wish": drafts.wish_json(written.wish),
    }
