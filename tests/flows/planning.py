"""What tests of the plan share: the city's plan, the terms of its records, the public page."""

from datetime import time, timedelta

from flask import Flask

import content
from bot.city import City, Quiet
from bot.clocks import CivilClock
from bot.db import Database
from bot.links.service import Links
from bot.plan.measures import Plan
from bot.plan.recording import Terms
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from handlers import pages
from handlers.pages import progress
from tests.flows.console_at_work import SECRET, TEXTS

PLAN = Plan.from_toml(content.toml("plan.toml"))
CITY = City.from_toml(content.toml("city.toml"))
NIGHT = Quiet(time(21), time(8))


def terms() -> Terms:
    return Terms(PLAN.starts, timedelta(minutes=5), NIGHT)


def open_pages(app: Flask, database: Database, sealer: Sealer, civil: CivilClock) -> None:
    """Residents' pages and the public page of the plan beside what the app has."""
    topics = NewsTopics.from_toml(content.toml("topics.toml"))
    links = Links(sealer, SECRET, "https://city.example")
    given = pages.PageServices(database, sealer, SECRET, TEXTS, CITY, civil, links, topics)
    app.register_blueprint(pages.blueprint(given))
    app.register_blueprint(progress.blueprint(given, PLAN))
