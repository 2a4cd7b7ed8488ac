"""Keeps what is being written, and the session while someone is at work."""

from typing import Any

from flask import request

from bot.speech import dates
from bot.staff import drafts, sessions
from handlers.console.desk import Desk
from handlers.console.forms import NEVER_KEPT
from handlers.console.routing import STAFF, Section

section = Section("staying")


@section.post("/drafts/<key>", STAFF)
def keep(desk: Desk, key: str) -> tuple[dict[str, Any], int]:
    """Keeps the posted form as my draft of that key; the words say when it was kept."""
    fields = {name: value for name, value in request.form.items() if name not in NEVER_KEPT}
    with desk.writing() as session:
        is_kept = drafts.keep(session, desk.services.sealer, desk.me.id, key, fields, now=desk.now)
    if not is_kept:
        return {"words": desk.say("console.draft_too_large")}, 413
    return {"words": desk.say("console.draft_kept", time=dates.say_time(desk.now))}, 200


@section.post("/stay", STAFF)
def stay(desk: Desk) -> dict[str, int]:
    """Goes on with the session."""
    return _left(desk)


@section.get("/stay", STAFF, is_quiet=True)
def left(desk: Desk) -> dict[str, int]:
    """How long the session still lasts; asking does not prolong it."""
    return _left(desk)


def _left(desk: Desk) -> dict[str, int]:
    with desk.reading() as session:
        now = desk.lease_now(session)
        return {"seconds_left": sessions.seconds_left(session, desk.open_visit.id, now)}
