"""Reads who is in the parcels of an announcement, and who of them still wants it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import LargeBinary, and_, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from bot.campaigns import drafts
from bot.campaigns.audience import still_wants
from bot.campaigns.models import CampaignRecipient, CampaignRow
from bot.campaigns.rules import State
from bot.residents.models import ResidentRow

_CAMPAIGN: Any = bindparam("campaign")


@dataclass(frozen=True, slots=True)
class People:
    """Those of a part who still want it (with their sealed ids), and those who do not any more."""

    keys: tuple[str, ...] = ()
    sealed: tuple[bytes, ...] = ()
    gone: tuple[str, ...] = ()


def people(session: Session, campaign_id: int, parts: Sequence[int]) -> dict[int, People]:
    """The people of some parts of an announcement; a part without any is missing."""
    statement = _statement_for(session, campaign_id)
    held: dict[int, People] = {}
    rows = session.connection().execute(statement, {"campaign": campaign_id, "parts": parts})
    for part, wants, joined_keys, joined_ids in rows:
        keys, before = tuple(joined_keys.split(",")), held.get(part, People())
        if wants:
            sealed = tuple(map(bytes.fromhex, joined_ids.split(",")))
            held[part] = replace(before, keys=keys, sealed=sealed)
        else:
            held[part] = replace(before, gone=keys)
    return held


@lru_cache(maxsize=64)
def _statement(about: str, dialect: str) -> Any:
    """Who is in some parts, and who of them still wants it; built once an audience.

    The people of a part come as one row: fetching each by itself gives the interpreter away 500
    times, and in a busy process it is slow to come back.
    """
    wants = still_wants(drafts.audience_of(about))
    within = (
        CampaignRecipient.campaign_id == _CAMPAIGN,
        CampaignRecipient.part.in_(bindparam("parts", expanding=True)),
    )
    people = (
        select(
            CampaignRecipient.part,
            CampaignRecipient.resident_key.label("key"),
            _hex(type_coerce(ResidentRow.sealed_user_id, LargeBinary), dialect).label("sealed"),
            and_(wants, ResidentRow.sealed_user_id.isnot(None)).label("wants"),
        )
        .outerjoin(ResidentRow, ResidentRow.key == CampaignRecipient.resident_key)
        .where(*within)
        # Else SQLite asks what each wants once for the groups and once more for their rows.
        .cte("people")
        .prefix_with("MATERIALIZED")
    )
    return select(
        people.c.part,
        people.c.wants,
        func.aggregate_strings(people.c.key, ","),
        func.aggregate_strings(people.c.sealed, ","),
    ).group_by(people.c.part, people.c.wants)


def _hex(value: Any, dialect: str) -> Any:
    return func.hex(value) if dialect == "sqlite" else func.encode(value, "hex")


def procedures(session: Session, campaign_id: int) -> frozenset[str]:
    """The procedures whose watchers an announcement is for; most are for none."""
    return drafts.audience_of(_about(session, campaign_id)).procedures


def topics(session: Session, campaign_id: int) -> frozenset[str]:
    """The topics an announcement is for; none for one that nobody knows (any more)."""
    row = session.get(CampaignRow, campaign_id)
    return drafts.audience_of(row.audience).topics if row else frozenset()


def procedures_under_way(session: Session) -> frozenset[str]:
    """The procedures of which an announcement is telling now, or will when it is resumed."""
    running = (State.PLANNING, State.SENDING, State.PAUSED)
    rows = session.scalars(select(CampaignRow.audience).where(CampaignRow.state.in_(running)))
    return frozenset().union(*(drafts.audience_of(about).procedures for about in rows))


def _statement_for(session: Session, campaign_id: int) -> Any:
    return _statement(_about(session, campaign_id), session.get_bind().dialect.name)


def _about(session: Session, campaign_id: int) -> str:
    wanted = select(CampaignRow.audience).where(CampaignRow.id == campaign_id)
    return str(session.connection().execute(wanted).scalar_one())
