"""Opens the console: registers its pages, guards each of them, and answers what goes wrong."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Flask, abort, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from bot.speech import dates
from bot.staff import sessions
from handlers.console import undoing
from handlers.console.contents import SECTIONS
from handlers.console.cookies import ROOT, ConsoleSession, ConsoleSessions
from handlers.console.desk import Desk
from handlers.console.forms import NEVER_KEPT
from handlers.console.headers import protect
from handlers.console.routing import Page, Section
from handlers.console.services import Services

log = logging.getLogger("madoguchi.console")

LARGEST_BODY = 6 * 1024 * 1024
"""Bytes; uploads are at most 5 MB."""
_csrf = CSRFProtect()


def mount(app: Flask, services: Services, sections: Sequence[Section] = SECTIONS) -> None:
    """Opens the console at /console/ of this app. Other doors of the app stay as they are:
    CSRF is asked below /console/ alone, and so are headers and sessions.
    """
    app.config.update(
        WTF_CSRF_CHECK_DEFAULT=False,  # asked by our own guard, so that /callback is left alone
        WTF_CSRF_SECRET_KEY=services.secret_key,
        WTF_CSRF_TIME_LIMIT=None,  # a token lives as long as the session it is bound to
        WTF_CSRF_SSL_STRICT=False,  # we send no referrer; Sec-Fetch-Site is looked at instead
    )
    _csrf.init_app(app)
    app.session_interface = ConsoleSessions(
        app.session_interface,
        services.database,
        services.sealer,
        secret_key=services.secret_key,
        base_url=services.base_url,
    )
    app.register_blueprint(create_blueprint(services, sections))
    app.after_request(protect)
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(ROOT) and not hasattr(app.view_functions[rule.endpoint], "page")
    ]
    if undeclared:
        raise LookupError(f"pages without a declared role: {undeclared}")


def create_blueprint(services: Services, sections: Sequence[Section] = SECTIONS) -> Blueprint:
    """All pages of the sections, each behind the guard."""
    console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
    door = _Door(services, sections)
    for section in sections:
        for page in section.pages:
            console.add_url_rule(
                page.rule, page.name, door.view(page), methods=page.methods, strict_slashes=False
            )
    console.context_processor(door.words)
    for status in (400, 404, 405, 413, 500):
        console.register_error_handler(status, door.refused)
    return console


def _drop_nul() -> None:
    """Takes NUL, which PostgreSQL can't keep, out of what was typed; nobody means it."""
    for name in ("args", "form"):
        held = getattr(request, name).items(multi=True)
        given = ImmutableMultiDict((key, value.replace("\0", "")) for key, value in held)
        setattr(request, name, given)


class _Door:
    """Lets requests through to pages, or answers why not."""

    def __init__(self, services: Services, sections: Sequence[Section]) -> None:
        self._services = services
        self._sections = sections
        self._menu = [p for section in sections for p in section.pages if p.menu]
        self._known = services.texts.names()

    def view(self, page: Page) -> Any:
        """The page as Flask calls it, with its declaration attached as `page`."""

        def answer(**arguments: Any) -> ResponseReturnValue:
            if any("\0" in str(one) for one in arguments.values()):
                abort(404)
            desk = self._desk()
            refusal = self._guard(page, desk)
            return page.view(desk, **arguments) if refusal is None else refusal

        answer.page = page  # type: ignore[attr-defined]
        return answer

    def words(self) -> dict[str, Any]:
        """What every template may use."""
        visit = session.visit if isinstance(session, ConsoleSession) else None
        return {
            "say": self._services.voice.say,
            "recorded": self._recorded,
            "dates": dates,
            "city": self._services.city,
            "now": self._services.civil(),
            "visit": visit,
            "menu": self._menu_for(visit),
            "seconds_left": self._seconds_left(visit),
            "undoable": undoing.read(self._services.secret_key, request.args.get("back", "")),
        }

    def refused(self, error: HTTPException) -> ResponseReturnValue:
        """A page for what went wrong; the details are for the log alone."""
        status = error.code or 500
        if status >= 500:
            cause = getattr(error, "original_exception", None)
            log.error("a page failed", exc_info=cause)
        shown = status if status in (400, 404, 413) else 404 if status == 405 else 500
        return self._desk().show("refused.html", status, why=f"console.refused_{shown}")

    def _desk(self) -> Desk:
        browser = session._get_current_object()  # type: ignore[attr-defined]
        if not isinstance(browser, ConsoleSession):
            raise LookupError("the console is mounted without its sessions")
        address = request.remote_addr or "unknown"
        return Desk(self._services, browser, self._services.civil(), address, self._sections)

    def _guard(self, page: Page, desk: Desk) -> ResponseReturnValue | None:
        request.max_content_length = LARGEST_BODY
        visit = desk.visit
        if not page.allow.is_public:
            if visit is None or not visit.is_open:
                return self._ask_to_sign_in(desk)
            if not page.allow.admits(visit.person.roles):
                return desk.show("refused.html", 403, why="console.refused_403")
        if request.method not in ("GET", "HEAD"):
            refusal = self._check_origin(desk)
            if refusal is not None:
                return refusal
        if visit is not None and visit.is_open and not page.is_quiet:
            self._touch(desk, visit)
        _drop_nul()
        return None

    def _ask_to_sign_in(self, desk: Desk) -> ResponseReturnValue:
        if request.method in ("GET", "HEAD"):
            wanted = request.full_path.rstrip("?")
            return desk.go("door_sign_in", next=None if wanted == ROOT else wanted)
        return desk.show("ended.html", 401, kept=self._repeatable(), address=request.full_path)

    def _check_origin(self, desk: Desk) -> ResponseReturnValue | None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return desk.show("refused.html", 400, why="console.refused_foreign")
        try:
            _csrf.protect()
        except CSRFError:
            # Typed in an earlier session: nothing is lost, and nothing is done unasked.
            return desk.show("stale.html", 400, kept=self._repeatable(), address=request.full_path)
        return None

    def _repeatable(self) -> list[tuple[str, str]]:
        """What was typed, to be sent again by hand; only from our own pages, and no secrets."""
        if request.headers.get("Sec-Fetch-Site") != "same-origin":
            return []
        fields = request.form.items(multi=True)
        return [(name, value) for name, value in fields if name not in NEVER_KEPT]

    def _touch(self, desk: Desk, visit: sessions.Visit) -> None:
        with desk.reading() as reading:
            now = desk.lease_now(reading)
        if sessions.is_to_be_touched(visit, now):
            with desk.writing() as writing:
                sessions.touch(writing, visit.id, now)

    def _recorded(self, name: str, kind: str = "") -> str:
        """What the trail calls an action, or with `kind` an item or value; else as it stands."""
        text = f"console_actions.{kind}{name.replace('.', '_')}"
        return self._services.voice.say(text) if text in self._known else name

    def _menu_for(self, visit: sessions.Visit | None) -> list[Page]:
        if visit is None or not visit.is_open:
            return []
        return [page for page in self._menu if page.allow.admits(visit.person.roles)]

    def _seconds_left(self, visit: sessions.Visit | None) -> int | None:
        if visit is None or not visit.is_open:
            return None
        with self._services.database.reading() as reading:
            now = self._services.database.lease_now(reading)
            return sessions.seconds_left(reading, visit.id, now)
