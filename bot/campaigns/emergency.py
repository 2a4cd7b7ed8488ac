"""Emergencies: told to every friend at once by one approver, and shown until they are ended.

No cap, no undo, no night: a broadcast before everything else that waits. Never commits. The door
asks for the one-time code again before it calls `declare`.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns import checking
from bot.campaigns.models import Emergency
from bot.db import insert_unless_there
from bot.line.limits import units
from bot.outbox import service as outbox
from bot.outbox.withdrawing import withdraw
from bot.placeholders import holds_placeholder
from bot.sealing import Sealer

WORDS_MOST = 1000
BANNER_MOST = 60


@dataclass(frozen=True, slots=True)
class Template:
    """What is said of a hazard, prepared: words and a short banner, plain and easy."""

    hazard: str
    name: str
    title: str
    words: str
    easy: str
    banner: str
    banner_easy: str


@dataclass(frozen=True, slots=True)
class Active:
    """An emergency that has not been ended: what stands on menu and answers meanwhile."""

    id: int
    hazard: str
    title: str
    words: str
    easy: str
    banner: str
    banner_easy: str
    is_drill: bool
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Declared:
    """It goes out to every friend now."""

    emergency_id: int


@dataclass(frozen=True, slots=True)
class AlreadyDeclared:
    """The same form was sent before; nothing goes out twice."""

    emergency_id: int


@dataclass(frozen=True, slots=True)
class StillLasts:
    """This hazard was told `by` somebody and is not ended; nothing goes out twice."""

    lasting: Active
    by: str


@dataclass(frozen=True, slots=True)
class Unfit:
    """It cannot go. `what`: "words", "easy", "banner", "title", "drill", "sample" or "button"."""

    what: str


@dataclass(frozen=True, slots=True)
class NotProved:
    """The one-time code was not entered again within the last five minutes."""


@dataclass(frozen=True, slots=True)
class Ended:
    """Its banner is down. `broadcast` tells how its message stands: `dropped` before anybody got
    it, `unknown` if it was on the wire; else as it had ended, None once that was erased. `still`
    are the others, which last."""

    broadcast: str | None
    still: tuple[Active, ...] = ()


@dataclass(frozen=True, slots=True)
class OverAlready:
    """It was ended before, or never was."""


def templates(held: Mapping[str, Any]) -> tuple[Template, ...]:
    """The templates in a parsed `content/emergency.toml`. Raises TypeError for a missing field."""
    return tuple(Template(**hazard) for hazard in held["hazard"])


def active(session: Session) -> tuple[Active, ...]:
    """All emergencies that are not ended: the newest first, a drill behind all real ones.

    One look at a small index.
    """
    lasting = select(Emergency).where(Emergency.ended_at.is_(None))
    rows = session.scalars(lasting.order_by(Emergency.is_drill, Emergency.id.desc()))
    return tuple(map(_value, rows))


def declare(
    session: Session,
    sealer: Sealer,
    said: Template,
    messages: Sequence[dict[str, Any]],
    *,
    form: str,
    actor: str,
    proved: bool,
    is_drill: bool,
    is_real_line: bool,
    now: datetime,
    lease_now: datetime,
) -> Declared | AlreadyDeclared | StillLasts | Unfit | NotProved:
    """Keeps the banner and one broadcast of `messages`, under a retry key of its own.

    `form` names the posted form: the same again changes nothing. Of two who tell of one hazard at
    the same moment one does, as an index of the table holds each but once while it lasts; a drill
    keeps nobody from telling the truth. `proved` tells that the one-time code was entered again.
    A sample never goes to real LINE; a drill never does either.
    """
    if not proved:
        return NotProved()
    fault = _fault(said, is_real_line, is_drill)
    if fault is None and is_real_line and _holds_placeholder(messages):
        fault = "button"
    if fault is not None:
        return Unfit(fault)
    row = insert_unless_there(session, Emergency).on_conflict_do_nothing()
    row = row.values(
        hazard=said.hazard,
        title=said.title,
        words=said.words,
        easy=said.easy,
        banner=said.banner,
        banner_easy=said.banner_easy,
        is_drill=is_drill,
        started_at=now,
        started_by=actor,
        form=form,
    )
    while (number := session.scalar(row.returning(Emergency.id))) is None:
        told = told_before(session, said.hazard, form=form, is_drill=is_drill)
        if told is not None:  # else what was in the way was ended in this moment
            return told
    outbox.keep_broadcast(
        session,
        sealer,
        dedupe_key=dedupe_key(number),
        retry_key=str(uuid.uuid4()),
        messages=messages,
        now=lease_now,
    )
    return Declared(number)


def told_before(
    session: Session, hazard: str, *, form: str, is_drill: bool
) -> AlreadyDeclared | StillLasts | None:
    """What stands in the way of telling of a hazard: this form went out, or another one lasts."""
    known = session.scalars(select(Emergency.id).where(Emergency.form == form)).one_or_none()
    if known is not None:
        return AlreadyDeclared(known)
    lasting = select(Emergency).where(Emergency.ended_at.is_(None), Emergency.hazard == hazard)
    row = session.scalars(lasting.where(Emergency.is_drill == is_drill)).one_or_none()
    return None if row is None else StillLasts(_value(row), row.started_by)


def end(
    session: Session, emergency_id: int, *, actor: str, now: datetime, lease_now: datetime
) -> Ended | OverAlready:
    """Takes the banner down and drops its broadcast while that waits; nothing more is sent."""
    row = session.scalars(
        select(Emergency).where(Emergency.id == emergency_id).with_for_update()
    ).one_or_none()
    if row is None or row.ended_at is not None:
        return OverAlready()
    row.ended_at, row.ended_by = now, actor
    session.flush()
    return Ended(withdraw(session, dedupe_key(emergency_id), lease_now), active(session))


def past(session: Session, most: int = 50) -> list[tuple[Active, datetime | None]]:
    """The latest emergencies with their ends, the newest first."""
    rows = session.scalars(select(Emergency).order_by(Emergency.id.desc()).limit(most))
    return [(_value(row), row.ended_at) for row in rows]


def dedupe_key(emergency_id: int) -> str:
    """The key under which the outbox holds the message of an emergency."""
    return f"emergency:{emergency_id}"


def _fault(said: Template, is_real_line: bool, is_drill: bool) -> str | None:
    for what, words, most in (
        ("title", said.title, checking.TITLE_MOST),
        ("words", said.words, WORDS_MOST),
        ("easy", said.easy, WORDS_MOST),
        ("banner", said.banner, BANNER_MOST),
        ("banner", said.banner_easy, BANNER_MOST),
    ):
        if not words.strip() or units(words) > most:
            return what
    if is_real_line and is_drill:
        return "drill"
    if is_real_line and any(map(holds_placeholder, _texts(said))):
        return "sample"
    return None


def _holds_placeholder(messages: Sequence[dict[str, Any]]) -> bool:
    """True when one is left in what the message adds to the words, as the address of its button."""
    return holds_placeholder(json.dumps(messages, ensure_ascii=False))


def _texts(said: Template) -> list[str]:
    return [said.title, said.words, said.easy, said.banner, said.banner_easy]


def _value(row: Emergency) -> Active:
    return Active(
        *(row.id, row.hazard, row.title, row.words, row.easy, row.banner, row.banner_easy),
        *(row.is_drill, row.started_at),
    )
