"""A resident, desk, staff and pages, for tests of conversations with a person."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from bot.db import Database
from bot.handover.models import HandoverRow
from bot.links.service import Links
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff.rules import Role
from handlers import console, pages
from handlers.chat.desk import Answering
from handlers.chat.turn import Desk
from scheduler.hand_back import HandBack
from tests.flows.chatting import CivilTime, Message, Resident, actions, pushed, walk, words
from tests.flows.console_at_work import SECRET, TEXTS, Browser, at_work, services

BASE = "http://127.0.0.1"


@dataclass
class House:
    """Everything that takes part, over one database and one civil clock."""

    database: Database
    sealer: Sealer
    civil: CivilTime
    app: Flask
    links: Links
    resident: Resident
    quota: list[int | None]

    def staff(self, login: str = "support", *roles: Role) -> Browser:
        """A browser in which someone of the support team is signed in."""
        return at_work(self.database, self.sealer, self.app, login, *(roles or (Role.SUPPORT,)))

    def phone(self) -> Browser:
        """The resident's own browser."""
        return Browser(self.app)

    def number(self) -> int:
        """The number of the conversation that was begun last."""
        with self.database.reading() as session:
            found = session.scalar(select(HandoverRow.id).order_by(HandoverRow.id.desc()).limit(1))
        assert found is not None
        return found

    def pushes(self) -> list[list[Message]]:
        """What was decided to be pushed about conversations, oldest first."""
        return pushed(self.database, self.sealer, "person")

    def said(self) -> str:
        """The words of the last push."""
        return words(self.pushes()[-1])

    def round(self) -> int:
        """One round of handing back what is over."""
        return HandBack(
            self.database,
            self.sealer,
            self.civil,
            lambda style: Voice(TEXTS, style),
            lambda: self.quota[0],
        ).go()

    def calls_a_person(self, *said: str) -> None:
        """The resident taps through to a person and writes."""
        self.resident.posts_back("to=person")
        self.resident.taps("職員と文字で話す")
        for text in said:
            self.resident.says(text)

    def in_hands_of(self, staff: Browser) -> int:
        """Someone takes the conversation that waits."""
        number = self.number()
        staff.get(f"/console/conversations/{number}")
        staff.post(f"/console/conversations/{number}/take")
        staff.get(f"/console/conversations/{number}")
        return number


def house(database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> House:
    """The parts as the product wires them, with the worker's rounds by hand."""
    links = Links(sealer, SECRET, BASE, timedelta(hours=24))
    answering = Answering(database, sealer, civil, replace(desk, links=links))
    quota: list[int | None] = [None]
    given = replace(services(database, sealer, civil=civil), links=links, quota=lambda: quota[0])
    app = Flask("tests", static_folder=None)
    console.mount(app, given)
    page_services = pages.PageServices(
        database, sealer, SECRET, TEXTS, given.city, civil, links, desk.news_topics
    )
    app.register_blueprint(pages.blueprint(page_services))
    resident = Resident(database, sealer, answering)
    return House(database, sealer, civil, app, links, resident, quota)


def link_in(messages: Sequence[Message]) -> str:
    """The path of the link to our page in the messages."""
    for action in actions(messages):
        if action["type"] == "uri" and "/r/" in action["uri"]:
            return str(action["uri"]).removeprefix(BASE)
    raise AssertionError("no link to a page")


def everything(messages: Sequence[Message]) -> str:
    """Each string in the messages: what LINE gets to keep."""
    held = [value for part in walk(list(messages)) for value in part.values()]
    return "\n".join(value for value in held if isinstance(value, str))


def post_on_page(phone: Browser, path: str, fields: dict[str, Any] | None = None) -> Any:
    """Posts a form of the resident's page with its mark, and follows to the next page."""
    marks = re.findall(r'name="mark" value="([^"]+)"', phone.page)
    forms = re.findall(r'name="form" value="([^"]+)"', phone.page)
    given = {"mark": marks[0] if marks else "", "form": forms[0] if forms else "", **(fields or {})}
    answer = phone.post(path, given)
    if answer.location:
        return phone.get(answer.location)
    return answer


def entered(at: House, link: str) -> Browser:
    """The resident's browser behind the link's button."""
    phone = at.phone()
    phone.get(link)
    post_on_page(phone, link)
    return phone


def write(phone: Browser, text: str) -> None:
    """Writes a message, looks at it once more and sends it."""
    post_on_page(phone, "/r/talk/check", {"text": text})
    post_on_page(phone, "/r/talk", {"text": text})
