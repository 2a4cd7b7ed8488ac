"""Where the buttons of an announcement lead: to classes and procedures that there must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bot.campaigns.checking import Fault
from bot.campaigns.rules import Button, Card, Draft
from bot.classes import queries as classes
from bot.classes.values import Session as ClassSession
from bot.classes.values import SessionState
from bot.knowledge import service as knowledge


@dataclass(frozen=True, slots=True)
class Gone:
    """A class that nobody can book by then: it has begun or is closed, or all seats are taken."""

    title: str
    starts_at: datetime
    is_full: bool


def faults(session: Session, draft: Draft, now: datetime) -> tuple[Fault, ...]:
    """Buttons to a class that is not open, or to a procedure that is not published."""
    return tuple(
        Fault(f"no_{button.to}", place)
        for place, button in _buttons(draft)
        if not _is_there(session, button, now)
    )


def gone(session: Session, draft: Draft, at: datetime) -> tuple[Gone, ...]:
    """The classes behind buttons that will have begun by `at`, or that have no seat left."""
    found: dict[int, Gone] = {}
    for _, button in _buttons(draft):
        held = _class(session, button, at) if button.to == "class_pick" else None
        if held is None:
            continue
        is_open = _is_open(held, at)
        if not is_open or not held.seats.left:
            found[held.id] = Gone(held.course.title, held.starts_at, is_full=is_open)
    return tuple(found.values())


def _buttons(draft: Draft) -> Iterator[tuple[int, Button]]:
    for place, part in enumerate(draft.parts):
        if isinstance(part, Card):
            yield from ((place, button) for button in part.buttons)


def _is_there(session: Session, button: Button, now: datetime) -> bool:
    if button.to == "class_pick":
        held = _class(session, button, now)
        return held is not None and _is_open(held, now)
    if button.to == "procedure":
        return knowledge.procedure(session, button.argument.removeprefix("p=")) is not None
    return True


def _class(session: Session, button: Button, now: datetime) -> ClassSession | None:
    number = button.argument.removeprefix("s=")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return classes.one_session(session, int(number), now)


def _is_open(held: ClassSession, at: datetime) -> bool:
    return held.state is SessionState.OPEN and held.starts_at > at and held.closes_at > at
