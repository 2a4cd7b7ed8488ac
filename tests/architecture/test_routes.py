"""Every page of the console says who may open it, and holds to it: role by route."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bot.db import Database
from bot.migrations import migrate
from bot.migrations.tables import metadata
from bot.sealing import Sealer
from bot.staff.rules import Role
from handlers import console
from handlers.console.routing import Access, Page, only
from tests.flows.console_at_work import Browser, app_with_console, at_work, services

NOBODY = "nobody"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    folder: Path = tmp_path_factory.mktemp("routes")
    database = Database(f"sqlite:///{folder}/madoguchi.db")
    migrate(database)
    yield database
    database.close()


@pytest.fixture(scope="module")
def app(opened: Database, sealer: Sealer) -> Flask:
    return app_with_console(services(opened, sealer))


@pytest.fixture(scope="module")
def browsers(opened: Database, sealer: Sealer, app: Flask) -> dict[str, Browser]:
    """One signed-in browser for each role, and one in which nobody is signed in."""
    signed_in = {str(role): at_work(opened, sealer, app, f"only-{role}", role) for role in Role}
    nobody = Browser(app)
    nobody.get("/console/sign-in")
    return {**signed_in, NOBODY: nobody}


def routes(app: Flask) -> Iterator[tuple[str, str, Page]]:
    """(method, address with sample values, declaration) of every address below /console/."""
    adapter = app.url_map.bind("127.0.0.1")
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/console"):
            page: Page = app.view_functions[rule.endpoint].page
            for method in page.methods:
                yield method, adapter.build(rule.endpoint, sample_values(rule)), page


def sample_values(rule: Rule) -> dict[str, object]:
    numbers = {name for name, kind in rule._converters.items() if "Integer" in type(kind).__name__}
    return {name: 999_999 if name in numbers else "sample" for name in rule.arguments}


def expected(method: str, allow: Access, who: str) -> set[int]:
    """What may come back. A POST comes without its token, so it gets no further than 400."""
    if not allow.is_public:
        if who == NOBODY:
            return {303} if method == "GET" else {401}
        if Role(who) not in allow.roles:
            return {403}
    return {400} if method == "POST" else {200, 303, 404, 410}


def test_every_role_gets_from_every_route_what_is_declared(
    app: Flask, browsers: dict[str, Browser]
) -> None:
    wrong = []
    seen = 0
    for method, address, page in routes(app):
        for who, browser in browsers.items():
            place = {"base_url": "http://127.0.0.1"}
            answer = browser.client.open(address, method=method, **place)
            seen += 1
            if answer.status_code not in expected(method, page.allow, who):
                wrong.append(f"{who} {method} {address}: {answer.status_code}")
            if method == "GET" and who == NOBODY and not page.allow.is_public:
                assert answer.headers["Location"].startswith("/console/sign-in")
    assert wrong == []
    assert seen > 200


def test_who_may_only_look_opens_nothing_with_residents_words_and_changes_nothing(
    app: Flask,
) -> None:
    """閲覧 sees figures, knowledge, classes, the plan; what residents wrote is for who answers."""
    worded = ("review", "log_", "conversations", "counter", "people", "audit", "campaign")
    opened = [
        (method, page.name)
        for method, _, page in routes(app)
        if Role.VIEWER in page.allow.roles and page.allow.roles != frozenset(Role)
    ]
    assert [name for _, name in opened if name.startswith(worded)] == []
    exports = {"class_figures_export", "rates_export", "ebpm_export", "knowledge_export_take"}
    posts = {name for method, name in opened if method == "POST"}
    assert posts <= exports, posts - exports


def test_what_is_public_is_a_short_and_known_list(app: Flask) -> None:
    public = {f"{method} {page.rule}" for method, _, page in routes(app) if page.allow.is_public}
    assert public == {
        "GET /sign-in",
        "POST /sign-in",
        "GET /sign-in/code",
        "POST /sign-in/code",
        "GET /set-up/<token>",
        "POST /set-up/<token>",
        "GET /set-up",
        "POST /set-up",
        "GET /static/<path:name>",
        "GET /<path:nowhere>",
    }


def test_a_page_without_a_declared_role_stops_the_start(opened: Database, sealer: Sealer) -> None:
    app = Flask("tests", static_folder=None)
    app.add_url_rule("/console/backdoor", "backdoor", lambda: "in")
    with pytest.raises(LookupError, match="backdoor"):
        console.mount(app, services(opened, sealer))
    with pytest.raises(ValueError, match="nobody"):
        only()


def test_no_get_changes_anything(
    app: Flask, opened: Database, browsers: dict[str, Browser]
) -> None:
    """Opening every page as everybody leaves each table as it was."""

    def held() -> dict[str, str]:
        with opened.reading() as session:
            return {
                name: repr(session.execute(table.select()).all())
                for name, table in metadata.tables.items()
            }

    for browser in browsers.values():
        browser.get("/console/")
    before = held()
    for method, address, _page in routes(app):
        if method == "GET":
            for browser in browsers.values():
                browser.get(address)
    assert held() == before
