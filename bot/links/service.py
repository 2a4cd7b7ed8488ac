"""Makes one-time links for residents, opens a visit for the first who uses one, ends both.

Nothing here commits. Links live by civil time, visits by lease time.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.links.models import PageLink, PageVisit
from bot.links.rules import VISIT_LASTS, Bound, is_ours, nonce_of, sign
from bot.sealing import Sealer


@dataclass(frozen=True, slots=True)
class Visit:
    """One browser's leave to see one resident's pages of one purpose, until `ends_at`."""

    id: int
    resident_key: str
    purpose: str
    about: str | None
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A link was used: what the browser's cookie is to hold, and the visit behind it."""

    token: str
    visit: Visit


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links. `key` signs them, `base_url` is the city's public address."""

    sealer: Sealer
    key: bytes
    base_url: str
    lasts: timedelta = timedelta(hours=24)

    def issue(
        self,
        session: Session,
        resident_key: str,
        purpose: str,
        now: datetime,
        *,
        about: str | None = None,
    ) -> str:
        """A new address for this resident and purpose. `now` is civil time.

        Earlier links stay good until their own end: the card they stand on may be the one tapped.
        """
        nonce = secrets.token_bytes(16)
        ends = (now + self.lasts).replace(microsecond=0)
        bound = Bound(resident_key, purpose, about, ends)
        row = PageLink(
            token_hash=self._hash(nonce),
            resident_key=resident_key,
            purpose=purpose,
            about=about,
            expires_at=ends,
        )
        session.add(row)
        session.flush()
        return f"{self.base_url.rstrip('/')}/r/{sign(self.key, nonce, bound)}"

    def look(self, session: Session, token: str, now: datetime) -> Bound | None:
        """To what a living link is bound; None for one that is used, past its time or not ours.

        Changes nothing: a preview or a reload does not use it up.
        """
        row = self._find(session, token)
        if row is None or row.used_at is not None or row.expires_at <= now:
            return None
        return _bound(row)

    def use(
        self, session: Session, token: str, *, now: datetime, lease_now: datetime
    ) -> Opened | None:
        """Uses the link up and opens a visit of 30 minutes; None when it is dead.

        Of several who use it at the same time one is let in.
        """
        row = self._find(session, token)
        if row is None:
            return None
        first = update(PageLink).where(
            PageLink.id == row.id, PageLink.used_at.is_(None), PageLink.expires_at > now
        )
        done = session.execute(first.values(used_at=now).returning(PageLink.id)).one_or_none()
        if done is None:
            return None
        cookie = secrets.token_urlsafe(32)
        visit = PageVisit(
            token_hash=self.sealer.lookup(cookie, "page.visit"),
            resident_key=row.resident_key,
            purpose=row.purpose,
            about=row.about,
            ends_at=lease_now + VISIT_LASTS,
        )
        session.add(visit)
        session.flush()
        return Opened(cookie, _visit(visit))

    def visit(self, session: Session, cookie: str, lease_now: datetime) -> Visit | None:
        """The visit behind a cookie, while it lasts."""
        row = session.scalars(
            select(PageVisit).where(
                PageVisit.token_hash == self.sealer.lookup(cookie, "page.visit"),
                PageVisit.ends_at > lease_now,
            )
        ).one_or_none()
        return None if row is None else _visit(row)

    def _find(self, session: Session, token: str) -> PageLink | None:
        nonce = nonce_of(token)
        if nonce is None:
            return None
        row = session.scalars(
            select(PageLink).where(PageLink.token_hash == self._hash(nonce))
        ).one_or_none()
        return row if row is not None and is_ours(self.key, token, _bound(row)) else None

    def _hash(self, nonce: bytes) -> str:
        return self.sealer.lookup(nonce.hex(), "page.link")


def end(session: Session, visit_id: int) -> None:
    """Ends a visit; one that has ended stays ended."""
    session.execute(delete(PageVisit).where(PageVisit.id == visit_id))


def forget(session: Session, resident_key: str) -> int:
    """Ends all links and visits of a resident; how many there were."""
    visits = delete(PageVisit).where(PageVisit.resident_key == resident_key)
    links = delete(PageLink).where(PageLink.resident_key == resident_key)
    gone = [*session.execute(visits.returning(PageVisit.id))]
    return len(gone) + len([*session.execute(links.returning(PageLink.id))])


def sweep(session: Session, before: datetime, *, lease_before: datetime, most: int = 500) -> int:
    """Removes up to `most` links that ended before a moment of civil time, and visits that ended
    before one of lease time: a demo that walks a day ahead ends no page that somebody reads."""
    visits = select(PageVisit.id).where(PageVisit.ends_at < lease_before).limit(most)
    links = select(PageLink.id).where(or_(PageLink.expires_at < before, PageLink.used_at < before))
    gone = [
        *session.execute(delete(PageVisit).where(PageVisit.id.in_(visits)).returning(PageVisit.id))
    ]
    gone += session.execute(
        delete(PageLink).where(PageLink.id.in_(links.limit(most))).returning(PageLink.id)
    )
    return len(gone)


def _bound(row: PageLink) -> Bound:
    return Bound(row.resident_key, row.purpose, row.about, row.expires_at)


def _visit(row: PageVisit) -> Visit:
    return Visit(row.id, row.resident_key, row.purpose, row.about, row.ends_at)
