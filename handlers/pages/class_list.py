"""/classes: the smartphone classes to come for everyone, at large type; no LINE and no script."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.classes import ical, queries
from bot.classes.values import Session, SessionState
from bot.speech import class_cards
from handlers.pages import headers
from handlers.pages.services import PageServices
from handlers.pages.visitor import visitor

ROOT = "/classes"
FEED = "/classes.ics"
_KEPT = 60
"""Seconds a browser may keep the page."""
_FEED_KEPT = 900


def blueprint(services: PageServices) -> Blueprint:
    """`GET /classes` and the calendar feed `GET /classes.ics`; headers on these answers alone."""
    door = Blueprint("class_list", __name__, template_folder="templates")
    shown = _Shown(services)
    door.add_url_rule(ROOT, "page", shown.page, strict_slashes=False)
    door.add_url_rule(FEED, "feed", shown.feed)
    for status in (404, 405, 500):
        door.register_error_handler(status, shown.refused)
    door.after_request(headers.protect)
    return door


@dataclass(frozen=True, slots=True)
class _Shown:
    """The list and its feed. No cookie is read or set here, nobody is known."""

    services: PageServices

    def page(self) -> ResponseReturnValue:
        """Every class to come, the next first; of one district where asked."""
        district = request.args.get("district", "")[:20]
        coming = self._coming()
        held = [one for one in coming if not district or one.venue.district == district]
        named = {one.venue.district for one in coming} | {district}
        one = visitor(self.services)
        page, _ = one.show(
            "classes.html",
            held=held,
            district=district,
            districts=[d.name for d in self.services.city.districts if d.name in named],
            voice=one.voice,
            cards=class_cards,
            desk=self.services.city.section("ict"),
            is_bookable=self._is_bookable,
        )
        return page, 200, {"Cache-Control": f"public, max-age={_KEPT}"}

    def feed(self) -> ResponseReturnValue:
        """The same classes for calendars, which look again by themselves."""
        say = visitor(self.services).voice.say
        desk = self.services.city.section("ict")
        data = ical.calendar(
            self._coming(),
            name=say("class_page.title"),
            domain=urlsplit(self.services.links.base_url).hostname or "localhost",
            now=self.services.civil(),
            notice=say("class_page.feed_about", phone=desk.phone),
        )
        headers = {"Cache-Control": f"public, max-age={_FEED_KEPT}"}
        return Response(data, content_type=ical.CONTENT_TYPE, headers=headers)

    def refused(self, error: HTTPException) -> ResponseReturnValue:
        """A page for what went wrong."""
        status = error.code or 500
        return visitor(self.services).show("refused.html", status, why="pages.failed")

    def _coming(self) -> list[Session]:
        with self.services.database.reading() as session:
            return queries.public_sessions(session, self.services.civil())

    def _is_bookable(self, one: Session) -> bool:
        now = self.services.civil()
        return one.state is SessionState.OPEN and one.opens_at <= now < one.starts_at
