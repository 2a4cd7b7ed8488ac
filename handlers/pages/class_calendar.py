"""/classes/NUMBER.ics: one class for the calendar of a telephone. It holds nothing of who comes."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from bot.classes import ical, queries
from bot.classes.values import SessionState
from handlers.pages import headers
from handlers.pages.services import PageServices
from handlers.pages.visitor import visitor


def blueprint(services: PageServices) -> Blueprint:
    """`GET /classes/NUMBER.ics`: the dates of a class which the public may know of."""
    door = Blueprint("class_calendar", __name__, template_folder="templates")
    number = "<int(max=9223372036854775807):session_id>"
    door.add_url_rule(f"/classes/{number}.ics", "one", _one(services))
    door.after_request(headers.protect)
    return door


def _one(services: PageServices) -> Callable[[int], ResponseReturnValue]:
    def answer(session_id: int) -> ResponseReturnValue:
        one = visitor(services)
        with services.database.reading() as db:
            found = queries.one_session(db, session_id, one.now)
        if found is None or found.state is SessionState.DRAFT:
            return one.show("refused.html", 404, why="pages.nowhere")
        data = ical.calendar(
            [found],
            name=found.course.title,
            domain=urlsplit(services.links.base_url).hostname or "localhost",
            now=one.now,
            notice=f"{one.voice.say('ask.phone')} {services.city.section('ict').phone}",
        )
        answer = Response(data, content_type=ical.CONTENT_TYPE)
        answer.headers["Content-Disposition"] = f'attachment; filename="class-{found.id}.ics"'
        return answer

    return answer
