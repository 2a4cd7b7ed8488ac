"""All doors that speak HTTP, mounted in one Flask app."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from flask import Flask, redirect

import content
from bot.city import City
from bot.clocks import CivilClock
from bot.db import Database
from bot.links.service import Links
from bot.mail import MailServer
from bot.masking import mask_event
from bot.migrations import is_current
from bot.plan.measures import Plan
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from bot.settings import Settings
from bot.speech.texts import Texts, Voice
from handlers import announced, console, health, pages, tracing, webhook
from handlers.arrival import UPLOAD_MOST
from handlers.demo_people import offered
from handlers.pages import class_calendar, class_list, progress

if TYPE_CHECKING:
    from bot.answers.engine import Engine

Wake = Callable[[], None]


class House(Protocol):
    """The parts that are used here; `wsgi` makes them."""

    @property
    def database(self) -> Database: ...

    @property
    def sealer(self) -> Sealer: ...

    @property
    def civil(self) -> CivilClock: ...

    @property
    def city(self) -> City: ...

    @property
    def texts(self) -> Texts: ...

    @property
    def voice(self) -> Voice: ...

    @property
    def links(self) -> Links | None: ...

    @property
    def news_topics(self) -> NewsTopics: ...

    @property
    def plan(self) -> Plan: ...

    def fresh_engine(self) -> "Engine": ...

    def quota_left(self) -> int | None: ...

    def next_due(self, cron: str, zone: str, after: datetime) -> datetime | None: ...

    def add_readings(self, words: str) -> str: ...


def flask_app(settings: Settings, house: House, wake: Wake) -> Flask:
    """Webhook, health, console, pages and what is public; `wake` tells a worker of new events.

    Imports of the answer engine stay where it is made: a web process may never need it.
    """
    app = Flask("madoguchi", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = UPLOAD_MOST
    tracing.number_requests(app)
    secret = settings.line.channel_secret
    assert secret is not None  # `serve` has asked for it
    app.register_blueprint(
        webhook.blueprint(secret, house.database, house.sealer, mask_event, wake)
    )
    app.register_blueprint(health.blueprint(house.database, is_current, settings.metrics_token))
    gone = house.voice.say("campaign.gone")
    app.register_blueprint(announced.blueprint(house.database, gone))
    _mount_console(app, settings, house)
    if house.links is not None:
        _mount_pages(app, house, house.links)
    emulator = settings.demo_emulator
    if emulator is not None:
        app.add_url_rule("/emulator/", "emulator", lambda: redirect(emulator))
        app.add_url_rule("/", "front", lambda: redirect(emulator))
    return app


def _mount_console(app: Flask, settings: Settings, house: House) -> None:
    assert settings.secret_key is not None  # `serve` has asked for it
    rules = content.toml("city.toml")["rules"]
    services = console.Services(
        database=house.database,
        sealer=house.sealer,
        secret_key=settings.secret_key,
        texts=house.texts,
        city=house.city,
        civil=house.civil,
        base_url=settings.base_url,
        known_passwords=tuple(content.toml("passwords.toml")["known"]),
        demo=offered(settings, house.database, house.sealer),
        engine=house.fresh_engine,
        quota=house.quota_left,
        add_readings=house.add_readings,
        is_real_line=settings.line.is_real,
        second_person_approves=bool(rules["second_person_approves"]),
        samples_a_week=house.city.samples_a_week,
        links=house.links,
        next_due=house.next_due,
        mail=MailServer.from_url(settings.smtp_url) if settings.smtp_url else None,
    )
    console.mount(app, services)


def _mount_pages(app: Flask, house: House, links: Links) -> None:
    services = pages.PageServices(
        database=house.database,
        sealer=house.sealer,
        secret_key=links.key,
        texts=house.texts,
        city=house.city,
        civil=house.civil,
        links=links,
        news_topics=house.news_topics,
        add_readings=house.add_readings,
    )
    app.register_blueprint(pages.blueprint(services))
    app.register_blueprint(progress.blueprint(services, house.plan))
    app.register_blueprint(class_list.blueprint(services))
    app.register_blueprint(class_calendar.blueprint(services))
