"""The console's one cookie: a random token, behind it the session that the server keeps."""

import hashlib
import hmac
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict

from bot.db import Database
from bot.sealing import Sealer
from bot.staff import sessions
from bot.staff.sessions import Visit

ROOT = "/console/"
_PLAIN = "madoguchi"
_HOST = "__Host-madoguchi"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ConsoleSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls the session: CSRF's anchor and notices, all tied to the cookie's token."""

    def __init__(self, token: str | None, visit: Visit | None) -> None:
        super().__init__()
        self.token = token
        self.visit = visit
        self.next_token: str | None = None
        self.is_over = False

    def rotate(self, token: str) -> None:
        """Gives the browser this token instead of the one it came with."""
        self.next_token = token

    def leave(self) -> None:
        """Takes the cookie from the browser."""
        self.is_over = True


class ConsoleSessions(SessionInterface):
    """Below /console/ sessions live in the database; elsewhere what was there before holds.

    Flask's own cookie session would stay good after sign-out in a copied cookie.
    """

    def __init__(
        self,
        before: SessionInterface,
        database: Database,
        sealer: Sealer,
        *,
        secret_key: bytes,
        base_url: str | None,
    ) -> None:
        self._before = before
        self._database = database
        self._sealer = sealer
        self._key = secret_key
        self._is_https = (base_url or "").startswith("https://")

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:
        """The session of the request's cookie; an unknown or ended one leaves nobody in."""
        if not request.path.startswith(ROOT):
            return self._before.open_session(app, request)
        token = request.cookies.get(self._cookie(request)[0])
        opened = ConsoleSession(token, self._find(token, request))
        if token is None:
            opened.token = secrets.token_urlsafe(32)
            opened.rotate(opened.token)
        opened["csrf_token"] = self._anchor(opened.token or "")
        if opened.visit is not None and opened.visit.notices:
            opened["_flashes"] = list(opened.visit.notices)
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keeps notices for the next page, and gives, changes or takes the cookie."""
        if not isinstance(session, ConsoleSession):
            self._before.save_session(app, session, response)
            return
        from flask import request

        self._keep_notices(session)
        name, is_secure = self._cookie(request)
        if session.is_over:
            response.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="Lax")
        elif session.next_token is not None and not request.path.startswith(f"{ROOT}static/"):
            response.set_cookie(
                name,
                session.next_token,
                path="/",
                secure=is_secure,
                httponly=True,
                samesite="Lax",
            )

    def _find(self, token: str | None, request: Request) -> Visit | None:
        if token is None or request.path.startswith(f"{ROOT}static/"):
            return None
        with self._database.reading() as session:
            now = self._database.lease_now(session)
            return sessions.find(session, self._sealer, token, now)

    def _keep_notices(self, session: ConsoleSession) -> None:
        notices = list(session.get("_flashes", ()))
        held = list(session.visit.notices) if session.visit else []
        token = session.next_token or session.token
        if notices == held or token is None or session.is_over:
            return
        with self._database.writing() as writing:
            visit = sessions.find(writing, self._sealer, token, self._database.lease_now(writing))
            if visit is not None:
                sessions.keep_notices(writing, visit.id, notices)

    def _cookie(self, request: Request) -> tuple[str, bool]:
        """Name and Secure: `__Host-` with https; a plain one on loopback http alone (demo)."""
        host = urlsplit(f"//{request.host}").hostname
        is_secure = self._is_https or request.is_secure or host not in _LOOPBACK
        return (_HOST if is_secure else _PLAIN), is_secure

    def _anchor(self, token: str) -> str:
        return hmac.new(self._key, b"console csrf " + token.encode(), hashlib.sha256).hexdigest()
