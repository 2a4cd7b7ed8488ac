"""The public list of classes in a browser: large, narrow, without a script or a complaint."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

import content
from bot.city import City
from bot.db import Database
from bot.links.service import Links
from bot.migrations import migrate
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from handlers import pages
from handlers.pages import class_list
from tests.browser.console_shown import WIDTHS, findings, listen, overflow, serving
from tests.browser.test_console_classes import picture
from tests.flows.class_at_work import NOON, Classes
from tests.flows.console_at_work import SECRET, TEXTS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_list_is_large_narrow_and_without_findings(
    tmp_path: Path, sealer: Sealer, chromium: Browser
) -> None:
    database = Database(f"sqlite:///{tmp_path}/madoguchi.db")
    migrate(database)
    classes = Classes(database, sealer)
    classes.session(capacity=3)
    start = NOON + timedelta(days=12, hours=-2)
    two, week = timedelta(hours=2), timedelta(days=7)
    classes.session(dates=((start, start + two), (start + week, start + week + two)))
    app = Flask("tests", static_folder=None)
    city = City.from_toml(content.toml("city.toml"))
    topics = NewsTopics.from_toml(content.toml("topics.toml"))
    links = Links(sealer, SECRET, "https://city.example")
    given = pages.PageServices(database, sealer, SECRET, TEXTS, city, lambda: NOON, links, topics)
    app.register_blueprint(pages.blueprint(given))
    app.register_blueprint(class_list.blueprint(given))
    with serving(app) as address:
        page = chromium.new_page()
        complaints = listen(page)
        page.goto(f"{address}/classes")
        wrong = []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            wrong += [f"{width}: {one}" for one in findings(page)]
            wrong += [f"{width}: wide"] if overflow(page) > 0 else []
            picture(page, f"public-{width}")
        assert wrong == []
        least = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert least >= 20
        # Text at 200 %: twice the root's size in a window as narrow as a telephone.
        page.set_viewport_size({"width": 400, "height": 800})
        page.evaluate("document.documentElement.style.fontSize = '250%'")
        assert overflow(page) == 0
        expect(page.get_by_role("link", name="電話で予約する")).to_have_attribute(
            "href", "tel:00000000000"
        )
        assert complaints == []
        page.close()
    database.close()
