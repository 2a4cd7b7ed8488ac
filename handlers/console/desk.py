"""What a page of the console is given: who asks, when, and the ways to read, write and answer."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import Response, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session

from bot.staff import audit, drafts
from bot.staff.audit import Action, State
from bot.staff.rules import Person
from bot.staff.sessions import Visit
from handlers.console import undoing
from handlers.console.cookies import ConsoleSession
from handlers.console.forms import Field, Form, posted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.console.routing import Section
    from handlers.console.services import Services


@dataclass(frozen=True, slots=True)
class Desk:
    """One request of one member of staff. `now` is civil time; `address` is where they are."""

    services: "Services"
    browser: ConsoleSession
    now: datetime
    address: str
    topics: "Sequence[Section]" = ()

    @property
    def visit(self) -> Visit | None:
        """The browser's living session, at whatever stage."""
        return self.browser.visit

    @property
    def open_visit(self) -> Visit:
        """My session. Only on pages that are not public."""
        if self.visit is None or not self.visit.is_open:
            raise LookupError("nobody is signed in here")
        return self.visit

    @property
    def me(self) -> Person:
        """Who is signed in. Only on pages that are not public."""
        return self.open_visit.person

    def reading(self) -> AbstractContextManager[Session]:
        """A session for decisions."""
        return self.services.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """A session that commits at its end; short, and without anything slow inside."""
        return self.services.database.writing()

    def lease_now(self, session: Session) -> datetime:
        """The time that sessions and one-time codes are judged by."""
        return self.services.database.lease_now(session)

    def say(self, name: str, /, **blanks: object) -> str:
        """Words of content/texts."""
        return self.services.voice.say(name, **blanks)

    def record(
        self,
        session: Session,
        action: str,
        item: tuple[str, object],
        *,
        before: State = None,
        after: State = None,
        reason: str | None = None,
    ) -> None:
        """Writes into the audit trail that I did this, within the transaction; do it last.

        `item` is a kind and a number or id. Nobody's name and no resident's key goes in here.
        """
        kind, id_ = item
        self.record_as(
            session, self.me.login, Action("", action, kind, str(id_), before, after, reason)
        )

    def record_as(self, session: Session, actor: str, done: Action) -> None:
        """The same in the name of another, such as someone who is only just coming in."""
        audit.record(session, self.services.sealer, replace(done, actor=actor), self.now)

    def tell(self, words: str, kind: str = "done") -> None:
        """Says this on the next page that is shown: "done", "note" or "fault"."""
        flash(words, kind)

    def show(self, template: str, status: int = 200, /, **context: Any) -> tuple[str, int]:
        """The page `console/…` with the frame around it."""
        return render_template(f"console/{template}", desk=self, **context), status

    def go(self, page: str, /, **arguments: Any) -> Response:
        """Leads on to another page, to be opened with GET: `go("people_one", staff_id=3)`."""
        return self.go_to(self.to(page, **arguments))

    def go_to(self, address: str) -> Response:
        """Leads on to an address of ours."""
        return redirect(address, 303)  # type: ignore[return-value]

    def read(self, fields: "Sequence[Field]") -> Form:
        """The posted form: these fields and no others, checked for presence and length."""

        def fault(one: Field, is_absent: bool) -> str:
            if is_absent:
                return self.say("console.needed")
            return self.say("console.too_long", most=one.most)

        return posted(fields, fault)

    def to(self, page: str, /, **arguments: Any) -> str:
        """The address of another page of the console."""
        return url_for(f"console.{page}", **arguments)

    def undo(self, page: str, fields: "Sequence[tuple[str, str]]", /, **arguments: Any) -> str:
        """For `go(…, back=…)`: the next page offers 元に戻す, which posts these fields there."""
        undo = undoing.Undo(self.to(page, **arguments), tuple(fields))
        return undoing.signed(self.services.secret_key, undo)

    def draft(self, key: str) -> drafts.Kept | None:
        """What I was writing in the form of that key, and when it was kept."""
        with self.reading() as session:
            return drafts.find(session, self.services.sealer, self.me.id, key)

    def drop_draft(self, session: Session, key: str) -> None:
        """Throws the draft away, within the transaction that kept the form itself."""
        drafts.drop(session, self.me.id, key)
