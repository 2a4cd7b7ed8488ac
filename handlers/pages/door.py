"""The door below /r/: a link is used by its button, opens a visit, and lets into one topic."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.links import service as links
from bot.links.rules import VISIT_LASTS
from handlers.pages import headers
from handlers.pages.contents import TOPICS
from handlers.pages.routing import Page, Topic
from handlers.pages.services import PageServices
from handlers.pages.visitor import Visitor, visitor, voice_for

log = logging.getLogger("madoguchi.pages")

ROOT = "/r/"
_PLAIN, _HOST = "madoguchi-page", "__Host-madoguchi-page"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_STATIC = Path(__file__).parent / "static"
_LARGEST_BODY = 100_000


def blueprint(services: PageServices, topics: Sequence[Topic] = TOPICS) -> Blueprint:
    """Everything below /r/ of an app; its headers are set on these answers alone."""
    pages = Blueprint("pages", __name__, url_prefix="/r", template_folder="templates")
    door = _Door(services, topics)
    for topic in topics:
        for page in topic.pages:
            pages.add_url_rule(page.rule, page.name, door.view(topic, page), methods=[page.method])
    pages.add_url_rule("/<string(length=48):token>", "link", door.look)
    pages.add_url_rule("/<string(length=48):token>", "use", door.use, methods=["POST"])
    pages.add_url_rule("/close", "close", door.close, methods=["POST"])
    pages.add_url_rule("/static/<path:name>", "file", door.file)
    pages.add_url_rule("/<path:_nowhere>", "nowhere", door.nowhere, methods=["GET", "POST"])
    for status in (400, 404, 405, 413, 500):
        pages.register_error_handler(status, door.refused)
    pages.after_app_request(protect)
    return pages


def protect(response: Response) -> Response:
    """Sets the headers of residents' pages, refusals included: nothing stored, nothing told."""
    if not request.path.startswith(ROOT):
        return response
    headers.protect(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    is_asset = request.path.startswith(f"{ROOT}static/") and response.status_code in (200, 304)
    response.headers["Cache-Control"] = "no-cache" if is_asset else "no-store"
    return response


class _Door:
    """Lets residents in by a link, and each visit into its own topic."""

    def __init__(self, services: PageServices, topics: Sequence[Topic]) -> None:
        self._services = services
        self._topics = {topic.purpose: topic for topic in topics}

    def look(self, token: str) -> ResponseReturnValue:
        """A living link shows one button and changes nothing, however often it is opened."""
        services = self._services
        with services.database.reading() as session:
            bound = services.links.look(session, token, services.civil())
        if bound is None or bound.purpose not in self._topics:
            return self._dead()
        one = Visitor(services, services.civil(), voice_for(services, bound.resident_key))
        return one.show("open.html", purpose=bound.purpose)

    def use(self, token: str) -> ResponseReturnValue:
        """The button: uses the link up and opens the topic for 30 minutes in this browser."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return self._dead()
        services = self._services
        with services.database.writing() as session:
            lease_now = services.database.lease_now(session)
            now = services.civil()
            opened = services.links.use(session, token, now=now, lease_now=lease_now)
        topic = self._topics.get(opened.visit.purpose) if opened else None
        if opened is None or topic is None:
            return self._dead()
        answer = Response(status=303, headers={"Location": url_for(f"pages.{topic.start}")})
        name, is_secure = self._cookie()
        answer.set_cookie(
            name,
            opened.token,
            max_age=int(VISIT_LASTS.total_seconds()),
            path="/",
            secure=is_secure,
            httponly=True,
            samesite="Strict",
        )
        return answer

    def view(self, topic: Topic, page: Page) -> Any:
        """The page as Flask calls it: only in a living visit of its topic."""

        def answer(**_parts: Any) -> ResponseReturnValue:
            # A part of the address is read by the page itself, from the request.
            request.max_content_length = _LARGEST_BODY
            one = self._visitor()
            if one.visit is None or one.visit.purpose != topic.purpose:
                # What was typed is shown again: it was not sent, but nothing is lost.
                return one.show("over.html", 403, kept=one.written())
            if page.method == "POST" and not one.is_from_our_page():
                return one.show("refused.html", 400, why="pages.refused")
            return page.view(one)

        return answer

    def close(self) -> ResponseReturnValue:
        """Ends the visit in this browser, as on a telephone that others use too."""
        one = self._visitor()
        if one.visit is not None and one.is_from_our_page():
            with one.writing() as session:
                links.end(session, one.visit.id)
        page, status = visitor(self._services).show("closed.html")
        answer = make_response(page, status)
        name, is_secure = self._cookie()
        answer.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="Strict")
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    def file(self, name: str) -> Response:
        """Our own style sheet."""
        return send_from_directory(_STATIC, name)

    def nowhere(self, _nowhere: str) -> ResponseReturnValue:
        """Any other address."""
        return self._visitor().show("refused.html", 404, why="pages.nowhere")

    def refused(self, error: HTTPException) -> ResponseReturnValue:
        """A page for what went wrong; the details are for the log alone."""
        status = error.code or 500
        if status >= 500:
            log.error("a page failed", exc_info=getattr(error, "original_exception", None))
        one = visitor(self._services)
        return one.show("refused.html", status, why="pages.failed")

    def _dead(self) -> ResponseReturnValue:
        """The link was used or is too old; a visit that still lasts in this browser goes on."""
        one = self._visitor()
        topic = self._topics.get(one.visit.purpose) if one.visit else None
        start = url_for(f"pages.{topic.start}") if topic else None
        return one.show("dead.html", 410, start=start)

    def _visitor(self) -> Visitor:
        cookie = request.cookies.get(self._cookie()[0])
        if cookie is None:
            return visitor(self._services)
        database = self._services.database
        with database.reading() as session:
            lease_now = database.lease_now(session)
            visit = self._services.links.visit(session, cookie, lease_now)
        lasts = visit.ends_at - lease_now if visit else timedelta(0)
        return visitor(self._services, visit, cookie, lasts=lasts)

    def _cookie(self) -> tuple[str, bool]:
        """Name and Secure: `__Host-` with https; a plain one on loopback http alone (demo)."""
        host = urlsplit(f"//{request.host}").hostname
        is_secure = self._services.is_https or request.is_secure or host not in _LOOPBACK
        return (_HOST if is_secure else _PLAIN), is_secure
