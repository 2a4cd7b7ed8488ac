"""Who takes tests: staff's own LINE accounts, joined with a one-time code typed into the chat.

Never commits. `now` is lease time.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignTester
from bot.outbox.addressed import keep_push_to
from bot.residents.models import ResidentRow
from bot.residents.rules import Style
from bot.sealing import Sealer

CODE_LASTS = timedelta(minutes=15)
_PURPOSE = "campaign.tester"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Tester:
    """A member of staff and, once joined, their own account's key and style."""

    staff: str
    resident_key: str | None
    style: Style


def invite(session: Session, sealer: Sealer, staff: str, now: datetime) -> str:
    """A code of eight letters that ties the account which sends it, for 15 minutes; an earlier
    code is worthless from now on."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    row = session.get(CampaignTester, staff) or CampaignTester(staff=staff)
    row.code_hash, row.code_until = sealer.lookup(code, _PURPOSE), now + CODE_LASTS
    session.add(row)
    session.flush()
    return code


def join(
    session: Session, sealer: Sealer, typed: str, resident_key: str, now: datetime
) -> str | None:
    """Whose test account this is from now on: the login, or None for no code of ours."""
    code = typed.strip().upper()
    if len(code) != 8 or not set(code) <= set(_ALPHABET):
        return None
    joined = (
        update(CampaignTester)
        .where(
            CampaignTester.code_hash == sealer.lookup(code, _PURPOSE),
            CampaignTester.code_until > now,
        )
        .values(resident_key=resident_key, code_hash=None, code_until=None, joined_at=now)
        .returning(CampaignTester.staff)
    )
    return session.scalars(joined).one_or_none()


def leave(session: Session, staff: str) -> None:
    """The account takes no tests any more."""
    row = session.get(CampaignTester, staff)
    if row is not None:
        session.delete(row)
        session.flush()


def listed(session: Session) -> list[Tester]:
    """Everyone who takes tests or was invited to."""
    rows = session.execute(
        select(CampaignTester.staff, CampaignTester.resident_key, ResidentRow.style)
        .outerjoin(ResidentRow, ResidentRow.key == CampaignTester.resident_key)
        .order_by(CampaignTester.staff)
    )
    return [
        Tester(staff, key, Style(style) if style else Style.PLAIN) for staff, key, style in rows
    ]


def send(
    session: Session,
    sealer: Sealer,
    tester: Tester,
    messages: Sequence[dict[str, Any]],
    *,
    test: str,
    lease_now: datetime,
) -> bool:
    """Keeps a test for one person; the same `test` again changes nothing. False when their
    account is not joined, or has left."""
    if not tester.resident_key:
        return False
    return keep_push_to(
        session,
        sealer,
        tester.resident_key,
        messages,
        dedupe_key=f"test:{test}:{tester.staff}"[:120],
        kind="campaign_test",
        lease_now=lease_now,
    )
