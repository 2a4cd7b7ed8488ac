"""A console for tests: the real app over a real database, and a browser that keeps its cookie."""

import re
from datetime import datetime
from html import unescape
from typing import Any

from flask import Flask, Response
from werkzeug.test import TestResponse

import content
from bot.city import City
from bot.clocks import CivilClock, real_time
from bot.db import Database
from bot.sealing import Sealer
from bot.speech.texts import Texts
from bot.staff.rules import Role
from handlers import console
from handlers.demo_people import DemoPeople
from tests.flows.staff_at_work import PASSWORD, PASSWORDS, Colleague, colleague

TEXTS = Texts.read(content.folder() / "texts")
SECRET = b"a secret key for tests, long enough"


def services(
    database: Database,
    sealer: Sealer,
    *,
    base_url: str | None = None,
    demo: DemoPeople | None = None,
    civil: CivilClock = real_time,
) -> console.Services:
    return console.Services(
        database=database,
        sealer=sealer,
        secret_key=SECRET,
        texts=TEXTS,
        city=City.from_toml(content.toml("city.toml")),
        civil=civil,
        base_url=base_url,
        passwords=PASSWORDS,
        known_passwords=tuple(content.toml("passwords.toml")["known"]),
        demo=demo,
    )


def app_with_console(given: console.Services, **more: Any) -> Flask:
    """The console beside another door, as in the product."""
    app = Flask("tests", static_folder=None)
    app.add_url_rule("/callback", "callback", lambda: Response("kept"), methods=["POST"])
    console.mount(app, given, **more)
    return app


class Browser:
    """One browser of one person: follows where it is led, keeps cookies, knows its last page."""

    def __init__(self, app: Flask, *, https: bool = False, address: str = "192.0.2.1") -> None:
        self.client = app.test_client()
        self._base = "https://madoguchi.example" if https else "http://127.0.0.1"
        self._address = address
        self.page = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._keep(self.client.get(path, headers=headers, **self._place()))

    def post(
        self, path: str, fields: dict[str, Any] | None = None, *, token: str | None = None
    ) -> TestResponse:
        """Posts fields with the last page's token, from our own pages as a browser says it."""
        fields = {"csrf_token": self.token if token is None else token, **(fields or {})}
        headers = {"Sec-Fetch-Site": "same-origin"}
        answer = self.client.post(path, data=fields, headers=headers, **self._place())
        answer.request.environ["wsgi.input"].close()  # a large upload is a file of the client's
        return self._keep(answer)

    @property
    def token(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.page)
        return found.group(1) if found else ""

    @property
    def words(self) -> str:
        """The last page as one reads it."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.page)))

    def sign_in(self, who: Colleague, at: datetime | None = None) -> TestResponse:
        self.get("/console/sign-in")
        self.post("/console/sign-in", {"login": who.login, "password": PASSWORD})
        self.get("/console/sign-in/code")
        answer = self.post("/console/sign-in/code", {"code": who.code(at or real_time())})
        self.get("/console/")
        return answer

    def cookie(self, name: str = "madoguchi") -> str:
        host = self._base.split("//")[1]
        held = self.client.get_cookie(name, domain=host)
        return held.value if held else ""

    def _place(self) -> dict[str, Any]:
        return {"base_url": self._base, "environ_base": {"REMOTE_ADDR": self._address}}

    def _keep(self, answer: TestResponse) -> TestResponse:
        if answer.mimetype == "text/html" and not answer.location:
            self.page = answer.get_data(as_text=True)
        return answer


def at_work(database: Database, sealer: Sealer, app: Flask, login: str, *roles: Role) -> Browser:
    """A browser in which someone with these roles is signed in."""
    browser = Browser(app)
    browser.sign_in(colleague(database, sealer, login, roles, real_time()))
    return browser
