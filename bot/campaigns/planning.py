"""Cuts the audience into parcels behind a cursor: one stretch is read, then kept. Never commits."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import audience, earlier, starting
from bot.campaigns.models import CampaignRow
from bot.campaigns.queries import Campaign, locked, note, value_of
from bot.campaigns.rules import Cap, State, Terms, Why
from bot.outbox import queries as outbox
from bot.outbox.rules import PARCEL
from bot.outbox.service import MULTICAST_MOST
from bot.residents.rules import Style

STRETCH = 7_500
"""People a transaction."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The next people of an audience as they were read, by variant, and where they stood."""

    campaign_id: int
    cursor: str
    last: str
    people: Mapping[str, Sequence[str]]
    is_end: bool

    @property
    def count(self) -> int:
        """How many people."""
        return sum(map(len, self.people.values()))


def under_way(session: Session) -> list[Campaign]:
    """The announcements whose audience is being cut; takes no lock."""
    rows = session.scalars(
        select(CampaignRow).where(CampaignRow.state == State.PLANNING).order_by(CampaignRow.id)
    )
    return [value_of(row) for row in rows]


def read(session: Session, campaign_id: int, terms: Terms) -> Stretch | None:
    """The next stretch of an announcement under way, None when it is not (any more).

    The audience is that of its start: who came later is not in it, who left since is not either.
    """
    row = session.get(CampaignRow, campaign_id, populate_existing=True)
    if row is None or row.state != State.PLANNING or row.started_at is None:
        return None
    seen = value_of(row)
    wanted = audience.keys_after(seen.draft.audience, row.cursor, row.started_at)
    if seen.draft.wish.cap is Cap.HOLD_BACK:
        had = earlier.begun(session, row.started_at, apart_from=row.id)
        if had.begun:
            wanted = wanted.where(earlier.within_cap(had, terms.pushes_a_week))
    room = STRETCH if row.most is None else min(STRETCH, row.most - row.planned)
    rows = session.execute(wanted.limit(room)).all() if room > 0 else []
    of_style = starting.variants(session, campaign_id)
    plain = of_style[Style.PLAIN]
    people: dict[str, list[str]] = {}
    for key, style in rows:
        people.setdefault(of_style.get(style, plain), []).append(key)
    last = rows[-1][0] if rows else row.cursor
    return Stretch(campaign_id, row.cursor, last, people, len(rows) < STRETCH)


def keep(session: Session, stretch: Stretch, *, now: datetime, lease_now: datetime) -> bool:
    """Keeps a stretch as parcels, each with its retry key; False when another process did.

    At the audience's end the parcels may be claimed. `now` is civil, `lease_now` lease time.
    """
    row = locked(session, stretch.campaign_id)
    if row is None or row.state != State.PLANNING or row.cursor != stretch.cursor:
        return False
    parcels = _cut(stretch.people, row.parts)
    _insert_people(session, row.id, parcels)
    _insert_parcels(session, row.id, parcels, lease_now)
    row.parts += len(parcels)
    row.planned += stretch.count
    row.cursor = stretch.last
    if stretch.is_end:
        _finish(session, row, now)
    session.flush()
    return True


@dataclass(frozen=True, slots=True)
class _Cut:
    part: int
    variant: str
    keys: Sequence[str]


def _cut(people: Mapping[str, Sequence[str]], parts: int) -> list[_Cut]:
    made: list[_Cut] = []
    for variant, keys in people.items():
        for start in range(0, len(keys), MULTICAST_MOST):
            part = parts + len(made) + 1
            made.append(_Cut(part, variant, keys[start : start + MULTICAST_MOST]))
    return made


def _insert_people(session: Session, campaign_id: int, parcels: Sequence[_Cut]) -> None:
    connection = session.connection()
    if not parcels:
        return
    if connection.dialect.name == "sqlite":
        rows = [(campaign_id, cut.part, key) for cut in parcels for key in cut.keys]
        connection.exec_driver_sql("INSERT INTO campaign_recipient VALUES (?, ?, ?)", rows)
        return
    # Keys are of [A-Za-z0-9_-] alone, so that nothing in them needs escaping.
    lines = "".join(f"{campaign_id}\t{cut.part}\t{key}\n" for cut in parcels for key in cut.keys)
    driver: Any = connection.connection.driver_connection
    into = "COPY campaign_recipient (campaign_id, part, resident_key) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(into) as copy:
        copy.write(lines)


def _insert_parcels(
    session: Session, campaign_id: int, parcels: Sequence[_Cut], lease_now: datetime
) -> None:
    rows = [
        parcel_row(campaign_id, cut.part, cut.variant, len(cut.keys), lease_now) for cut in parcels
    ]
    for names, alike in groupby(rows, tuple):
        statement = outbox.insert(session.get_bind().dialect.name, names)
        session.connection().execute(statement, [*alike])


def parcel_row(
    campaign_id: int, part: int, variant: str, people: int, lease_now: datetime
) -> dict[str, Any]:
    """A parcel as it is kept: its retry key stands from now on, its recipients are still open."""
    return {
        "dedupe_key": f"campaign:{campaign_id}:{part}",
        "endpoint": "multicast",
        "kind": "campaign",
        "priority": PARCEL,
        "campaign_id": campaign_id,
        "part": part,
        "variant": variant,
        "recipients": people,
        "retry_key": str(uuid.uuid4()),
        "run_at": lease_now,
        "created_at": lease_now,
    }


def _finish(session: Session, row: CampaignRow, now: datetime) -> None:
    row.planned_at = now
    # The cursor was somebody's key: it is of no use any more.
    row.cursor = ""
    if row.planned:
        row.state = State.SENDING
        note(session, row.id, "planned", now, note=str(row.planned))
    else:
        row.state, row.why = State.HELD, Why.NOBODY
        note(session, row.id, "held", now, note=Why.NOBODY)
