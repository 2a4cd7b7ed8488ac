"""Sessions on the server: a browser holds a random token, the database its hash and its end."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.sealing import Sealer
from bot.staff import accounts
from bot.staff.models import Staff, StaffSession
from bot.staff.rules import ABSOLUTE, MOST_SESSIONS, Person, Stage, session_ends

_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser's session. `ends_at` moves with use; times are lease time.

    `last_sign_in_at` is the sign-in before this one, in civil time.
    """

    id: int
    person: Person
    stage: Stage
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime
    proved_at: datetime | None
    last_sign_in_at: datetime | None
    link_id: int | None
    notices: tuple[tuple[str, str], ...]

    @property
    def is_open(self) -> bool:
        """True once password and code were both right."""
        return self.stage is Stage.OPEN


def begin(
    session: Session,
    sealer: Sealer,
    staff_id: int,
    stage: Stage,
    now: datetime,
    *,
    last_sign_in_at: datetime | None = None,
    link_id: int | None = None,
) -> str:
    """Opens a session and returns its token: 256 random bits that only the cookie holds.

    Of a person's open sessions the oldest above ten end.
    """
    token = secrets.token_urlsafe(32)
    row = StaffSession(
        staff_id=staff_id,
        token_hash=_hash(sealer, token),
        stage=stage,
        opened_at=now,
        seen_at=now,
        last_sign_in_at=last_sign_in_at,
        link_id=link_id,
    )
    session.add(row)
    session.flush()
    _end_surplus(session, staff_id)
    return token


def _end_surplus(session: Session, staff_id: int) -> None:
    surplus = session.scalars(
        select(StaffSession.id)
        .where(StaffSession.staff_id == staff_id)
        .order_by(StaffSession.id.desc())
        .offset(MOST_SESSIONS)
    ).all()
    if surplus:
        session.execute(delete(StaffSession).where(StaffSession.id.in_(surplus)))


def find(session: Session, sealer: Sealer, token: str, now: datetime) -> Visit | None:
    """The living session of that token; None when ended, idle too long, or the person disabled."""
    row = session.scalars(
        select(StaffSession).where(StaffSession.token_hash == _hash(sealer, token))
    ).one_or_none()
    if row is None:
        return None
    visit = _visit(session, sealer, row)
    return None if visit.ends_at <= now or visit.person.disabled_at is not None else visit


def is_to_be_touched(visit: Visit, now: datetime) -> bool:
    """True when its use was last written down more than a minute ago."""
    return now - visit.seen_at > _TOUCH_EVERY


def touch(session: Session, visit_id: int, now: datetime) -> None:
    """Writes down that the session is in use; one that has ended stays ended."""
    session.execute(update(StaffSession).where(StaffSession.id == visit_id).values(seen_at=now))


def seconds_left(session: Session, visit_id: int, now: datetime) -> int:
    """Seconds until the session ends if nothing more is done; 0 when it has ended."""
    row = session.get(StaffSession, visit_id)
    if row is None:
        return 0
    ends_at = session_ends(Stage(row.stage), row.opened_at, row.seen_at)
    return max(0, int((ends_at - now).total_seconds()))


def prove(session: Session, visit_id: int, now: datetime) -> None:
    """Writes down that password and code were shown again just now."""
    session.execute(update(StaffSession).where(StaffSession.id == visit_id).values(proved_at=now))


def keep_notices(session: Session, visit_id: int, notices: list[tuple[str, str]]) -> None:
    """Keeps what is to be said on the next page: (kind, words) each."""
    held = json.dumps(notices, ensure_ascii=False) if notices else None
    session.execute(update(StaffSession).where(StaffSession.id == visit_id).values(notices=held))


def end(session: Session, visit_id: int) -> bool:
    """Ends one session at once; its cookie, copied or not, is dead. False: it had ended."""
    ended = delete(StaffSession).where(StaffSession.id == visit_id).returning(StaffSession.id)
    return session.execute(ended).one_or_none() is not None


def end_all(session: Session, staff_id: int, *, but: int | None = None) -> int:
    """Ends all of a person's sessions, perhaps but one; returns how many."""
    ended = delete(StaffSession).where(StaffSession.staff_id == staff_id)
    if but is not None:
        ended = ended.where(StaffSession.id != but)
    return len(session.execute(ended.returning(StaffSession.id)).all())


def living(session: Session, sealer: Sealer, staff_id: int, now: datetime) -> list[Visit]:
    """A person's sessions that are open now, the newest first."""
    rows = session.scalars(
        select(StaffSession)
        .where(StaffSession.staff_id == staff_id, StaffSession.stage == Stage.OPEN)
        .order_by(StaffSession.id.desc())
    )
    visits = [_visit(session, sealer, row) for row in rows.all()]
    return [visit for visit in visits if visit.ends_at > now]


def forget_ended(session: Session, now: datetime) -> int:
    """Removes sessions that have ended by themselves; returns how many."""
    old = delete(StaffSession).where(StaffSession.opened_at < now - ABSOLUTE)
    return len(session.execute(old.returning(StaffSession.id)).all())


def _visit(session: Session, sealer: Sealer, row: StaffSession) -> Visit:
    staff = session.get_one(Staff, row.staff_id)
    stage = Stage(row.stage)
    notices = [(kind, words) for kind, words in json.loads(row.notices or "[]")]
    return Visit(
        id=row.id,
        person=accounts.person(session, sealer, staff),
        stage=stage,
        opened_at=row.opened_at,
        seen_at=row.seen_at,
        ends_at=session_ends(stage, row.opened_at, row.seen_at),
        proved_at=row.proved_at,
        last_sign_in_at=row.last_sign_in_at,
        link_id=row.link_id,
        notices=tuple(notices),
    )


def _hash(sealer: Sealer, token: str) -> str:
    return sealer.lookup(token, "staff.session")
