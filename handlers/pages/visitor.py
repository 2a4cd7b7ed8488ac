"""What a resident's page is given: whose it is, when, and the ways to read, write and answer."""

import hashlib
import hmac
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from bot.links.service import Visit
from bot.residents import service as residents
from bot.speech import dates
from bot.speech.texts import Voice
from handlers.pages.services import PageServices

_SHOWN_AGAIN = 5000
"""Characters of a form that came too late and are shown again, so that they are not lost."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """One request to our pages. `visit` is None before the link was used.

    `now` is civil time, and so is `ends_at`, at which the visit will end.
    """

    services: PageServices
    now: datetime
    voice: Voice
    visit: Visit | None = None
    cookie: str | None = None
    ends_at: datetime | None = None

    @property
    def key(self) -> str:
        """The resident's key. Only on pages of a topic."""
        if self.visit is None:
            raise LookupError("nobody has come in here")
        return self.visit.resident_key

    def reading(self) -> AbstractContextManager[Session]:
        """A session for decisions."""
        return self.services.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """A session that commits at its end; short."""
        return self.services.database.writing()

    def typed(self, name: str, most: int) -> str:
        """A posted field without NUL and spaces at its ends, cut at `most` characters."""
        raw = request.form.get(name, "").replace("\r\n", "\n").replace("\0", "")
        return raw.strip()[:most]

    def written(self) -> str:
        """All that was written in a posted form, a line each, to be shown again."""
        fields = ("text", "name", "kana", "phone", "model", "note")
        every = (self.typed(field, _SHOWN_AGAIN) for field in fields)
        return "\n".join(filter(None, every))[:_SHOWN_AGAIN]

    def show(self, template: str, status: int = 200, /, **context: Any) -> tuple[str, int]:
        """The page `pages/…`, in the way this resident wants to be spoken to."""
        page = render_template(
            f"pages/{template}",
            say=self.voice.say,
            city=self.services.city,
            dates=dates,
            now=self.now,
            ends_at=self.ends_at,
            mark=self.mark(),
            form=secrets.token_urlsafe(16),
            **context,
        )
        return page, status

    def go(self, page: str, /, **arguments: Any) -> Response:
        """Leads on to another page of ours, to be opened with GET."""
        return redirect(url_for(f"pages.{page}", **arguments), 303)  # type: ignore[return-value]

    def mark(self) -> str:
        """What our own forms carry, so that no other site can send them."""
        anchor = b"page form\0" + (self.cookie or "").encode()
        return hmac.new(self.services.secret_key, anchor, hashlib.sha256).hexdigest()

    def is_from_our_page(self) -> bool:
        """True for what was posted by a form that this browser got from us."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        given = request.form.get("mark", "").encode()
        return hmac.compare_digest(self.mark().encode(), given)


def visitor(
    services: PageServices,
    visit: Visit | None = None,
    cookie: str | None = None,
    *,
    lasts: timedelta = timedelta(0),
) -> Visitor:
    """The visitor of this request, spoken to in the style they chose in the chat.

    `lasts` is for how long the visit goes on.
    """
    voice = Voice(services.texts, add_readings=services.add_readings)
    if visit is not None:
        voice = voice_for(services, visit.resident_key)
    now = services.civil()
    return Visitor(services, now, voice, visit, cookie, now + lasts if visit else None)


def voice_for(services: PageServices, resident_key: str) -> Voice:
    """Speaks as this resident chose."""
    with services.database.reading() as session:
        style = residents.recognise(session, resident_key).style
    return Voice(services.texts, style, services.add_readings)
