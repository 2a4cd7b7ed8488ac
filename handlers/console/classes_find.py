"""教室の予約を探す: by telephone number, or by name and furigana among the classes of a period."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.classes import queries, searching
from bot.classes.naming import read_phone, show_phone
from bot.classes.periods import count_bookings
from bot.classes.searching import Found
from bot.speech import dates
from handlers.console.classes_names import NAMES, opened
from handlers.console.desk import Desk
from handlers.console.reading import day_of
from handlers.console.routing import Section

section = Section("class_find")
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=92)
_MOST_OPENED = 5000
"""Names opened in memory for one search; a longer period is to be cut."""


@section.get("/classes/find", NAMES)
def ask(desk: Desk) -> ResponseReturnValue:
    """One field for a number or a name, and the period in which names are looked for."""
    since, until = _period(desk)
    return desk.show("classes/find.html", words="", since=since, until=until, found=None, fault="")


@section.post("/classes/find", NAMES)
def find(desk: Desk) -> ResponseReturnValue:
    """What was found. Words come by POST alone: no name or number stands in an address.

    That names were read is recorded, with what kind of words and how many, not with the words.
    """
    words = " ".join(request.form.get("words", "").split())[:60]
    since, until = _period(desk)
    is_number = read_phone(words) is not None
    fault = ""
    found: list[Found] = []
    with desk.reading() as db:
        starts, ends = dates.start_of(since), dates.start_of(until + timedelta(days=1))
        if not words:
            fault = desk.say("console.needed")
        elif not is_number and count_bookings(db, starts, ends) > _MOST_OPENED:
            fault = desk.say("console_classes.find_too_many", most=_MOST_OPENED)
        else:
            sealer = desk.services.sealer
            found = searching.search(db, sealer, words, since=starts, until=ends)
        booked = queries.bookings(db, {one.booking_id for one in found}, desk.now)
    if not fault:
        with desk.writing() as db:
            after = {"by": "phone" if is_number else "name", "count": len(found)}
            desk.record(db, "class.searched", ("class_bookings", "search"), after=after)
    return desk.show(
        "classes/find.html",
        422 if fault else 200,
        words=words,
        since=since,
        until=until,
        found=found,
        booked=booked,
        fault=fault,
        phone=show_phone,
        address=lambda booking_id: opened(desk, "booking", booking_id),
    )


def _period(desk: Desk) -> tuple[date, date]:
    today = dates.today(desk.now)
    since = day_of(request.form.get("since", "")) or today - _BEFORE
    until = day_of(request.form.get("until", "")) or today + _AFTER
    return (since, until) if since <= until else (until, since)
