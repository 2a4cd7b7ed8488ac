"""〇〇さんが編集中: tells who else has a form open, and since when. It locks nothing."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.speech import dates
from bot.staff import accounts, editing
from handlers.console.desk import Desk
from handlers.console.routing import STAFF, Section

section = Section("editing")


@section.post("/editing/<key>", STAFF, is_quiet=True)
def stay(desk: Desk, key: str) -> ResponseReturnValue:
    """My form is still open; the part of the page that says who else has it open.

    It does not prolong the session: a page that somebody left open would keep itself signed in.
    """
    with desk.writing() as session:
        is_open = editing.stay(session, desk.me.id, key, desk.lease_now(session))
    return desk.show("editing.html", editors=others(desk, key) if is_open else ())


def enter(desk: Desk, key: str) -> list[str]:
    """I have opened the form of that key; sentences about who else has."""
    with desk.writing() as session:
        lease_now = desk.lease_now(session)
        editing.enter(session, desk.me.id, key, now=desk.now, lease_now=lease_now)
    return others(desk, key)


def leave(desk: Desk, session: Session, key: str) -> None:
    """I am done with it, in the transaction that keeps what I wrote."""
    editing.leave(session, desk.me.id, key)


def others(desk: Desk, key: str) -> list[str]:
    """A sentence about each colleague who has the form open."""
    with desk.reading() as session:
        lease_now = desk.lease_now(session)
        found = editing.others(session, key, apart_from=desk.me.id, lease_now=lease_now)
        people = [accounts.find(session, desk.services.sealer, one.staff_id) for one in found]
    return [
        desk.say("console.edited_by", name=who.name, time=dates.say_near(one.since, desk.now))
        for one, who in zip(found, people, strict=True)
        if who is not None
    ]
