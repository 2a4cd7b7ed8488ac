"""Wires settings, database, desk and doors together; also the console script `madoguchi`.

Imports stand inside the functions: the parent of `serve` lives long and stays small, and every
part is made in the process that uses it, after the fork.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask
    from sqlalchemy.orm import Session

    from bot.answers.engine import Engine
    from bot.answers.live import LiveEngine
    from bot.city import City
    from bot.classes.notices import Notice
    from bot.clocks import CivilClock
    from bot.db import Database
    from bot.line.gateway import Gateway
    from bot.line.limits import Message
    from bot.links.service import Links
    from bot.notices.rules import Kind
    from bot.plan.measures import Plan
    from bot.plan.recording import Terms
    from bot.residents.rules import Resident, Style
    from bot.residents.topics import NewsTopics
    from bot.sealing import Sealer
    from bot.settings import Settings
    from bot.speech.texts import Texts, Voice
    from handlers.chat.desk import Answering
    from handlers.chat.turn import Desk
    from scheduler.bells import Caller
    from scheduler.campaigns import Campaigns
    from scheduler.class_round import ClassRound
    from scheduler.clock import Clock, Job
    from scheduler.going_online import GoingOnline
    from scheduler.hand_back import HandBack
    from scheduler.mailing import Mailing
    from scheduler.rounds import Together
    from scheduler.staff_notices import StaffNotices
    from scheduler.worker import Worker


log = logging.getLogger("madoguchi.wiring")


class House:
    """Everything one process shares, each part made when it is first needed."""

    def __init__(self, settings: Settings, *, works: bool) -> None:
        self.settings = settings
        self._works = works

    @cached_property
    def database(self) -> Database:
        """The one database."""
        from bot.db import Database

        return Database(self.settings.database_url)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals personal data and finds it again. Raises SettingsError when a key is missing."""
        from bot.sealing import Sealer
        from bot.settings import require_keys

        require_keys(self.settings)
        assert self.settings.lookup_key is not None
        return Sealer(self.settings.data_keys, self.settings.lookup_key)

    @cached_property
    def civil(self) -> CivilClock:
        """Civil time; only a demo can move it."""
        from bot.clocks import MovedTime, real_time

        moved = self.settings.demo_clock
        return real_time if moved is None else MovedTime(moved)

    @cached_property
    def gateway(self) -> Gateway:
        """The only way to LINE. Raises SettingsError when its settings are missing."""
        from bot.line.gateway import Gateway
        from bot.settings import require_line

        require_line(self.settings)
        return Gateway(self.settings.line)

    @cached_property
    def city(self) -> City:
        """The city's profile."""
        import content
        from bot.city import City

        return City.from_toml(content.toml("city.toml"))

    @cached_property
    def texts(self) -> Texts:
        """All words."""
        import content
        from bot.speech.texts import Texts

        return Texts.read(content.folder() / "texts")

    @cached_property
    def plan(self) -> Plan:
        """The city's plan as it was written."""
        import content
        from bot.plan.measures import Plan

        return Plan.from_toml(content.toml("plan.toml"))

    @cached_property
    def plan_terms(self) -> Terms:
        """What records of the plan are judged by."""
        import content
        from bot.plan.recording import Terms

        return Terms.from_toml(self.plan, content.toml("city.toml")["rules"])

    @cached_property
    def staff_notices(self) -> StaffNotices:
        """Watches what waits too long, and mails staff. Raises SettingsError for a bad address."""
        from datetime import timedelta

        import content
        from bot.mail import MailServer
        from scheduler.staff_notices import StaffNotices

        url = self.settings.smtp_url
        rules = content.toml("city.toml")["rules"]
        return StaffNotices(
            self.database,
            self.civil,
            self.voice,
            server=MailServer.from_url(url) if url else None,
            recipients=_mail_of_staff,
            limit=timedelta(minutes=rules["late_minutes"]),
            base_url=self.settings.base_url,
        )

    @property
    def voice(self) -> Voice:
        """Speaks to the operator."""
        from bot.speech.texts import Voice

        return Voice(self.texts)

    @cached_property
    def engine(self) -> LiveEngine:
        """The answer engine over what the database knows, refreshed while it runs."""
        return _engine(self.settings, self.database)

    def fresh_engine(self) -> Engine:
        """The engine after the last change: a process that only serves the web follows nothing
        by itself and looks when it is asked."""
        self.engine.refresh()
        return self.engine.engine

    def quota_left(self) -> int | None:
        """Messages LINE still takes this month; None when unlimited or not to be learnt now."""
        from bot.line.client import NotAnswered
        from bot.settings import SettingsError

        try:
            quota = self.gateway.quota()
        except (NotAnswered, SettingsError):
            return None
        return None if quota.limit is None else max(0, quota.limit - quota.used)

    def add_readings(self, words: str) -> str:
        """Words with readings, for residents who chose furigana."""
        return self.desk.add_readings(words)

    @cached_property
    def desk(self) -> Desk:
        """What the city knows and how it speaks."""
        import content
        from bot.answers.danger import Dangers
        from bot.answers.words import word_cutter
        from bot.speech.furigana import Furigana
        from handlers.chat.life_menu import LifeMenu
        from handlers.chat.turn import Desk
        from handlers.chat.typed import FollowUps, TypedWords

        return Desk(
            city=self.city,
            texts=self.texts,
            engine=self.engine,
            dangers=Dangers.from_toml(content.toml("danger.toml")),
            typed=TypedWords(content.toml("typed.toml")),
            follow_ups=FollowUps(content.toml("follow-ups.toml")),
            life_menu=LifeMenu.from_toml(content.toml("life-events.toml")),
            add_readings=Furigana(word_cutter(), content.toml("readings.toml")["words"]),
            plan=self.plan,
            news_topics=self.news_topics,
            links=self.links,
        )

    @cached_property
    def news_topics(self) -> NewsTopics:
        """What residents can choose to be told of."""
        import content
        from bot.residents.topics import NewsTopics

        return NewsTopics.from_toml(content.toml("topics.toml"))

    @cached_property
    def links(self) -> Links | None:
        """Makes one-time links to residents' pages; None without a public address."""
        from datetime import timedelta

        from bot.links.service import Links

        key, base = self.settings.secret_key, self.settings.base_url
        if key is None or base is None:
            return None
        return Links(self.sealer, key, base, timedelta(hours=self.city.page_link_hours))

    @cached_property
    def answering(self) -> Answering:
        """Answers one kept event."""
        from handlers.chat.desk import Answering

        return Answering(self.database, self.sealer, self.civil, self.desk)

    @cached_property
    def worker(self) -> Worker | None:
        """The worker role, or None in a process that only serves the web."""
        if not self._works:
            return None
        from scheduler.worker import Worker

        return Worker(
            self.database,
            self.sealer,
            self.gateway,
            self.answering.answer,
            companion=_companions(self),
        )

    @cached_property
    def caller(self) -> Caller:
        """Tells workers in other processes, through PostgreSQL, that events were kept."""
        from scheduler.bells import Caller

        caller = Caller(self.database)
        caller.start()
        return caller

    @cached_property
    def flask_app(self) -> Flask:
        """All doors that speak HTTP."""
        return _flask_app(self.settings, self)


def _engine(settings: Settings, database: Database) -> LiveEngine:
    from bot.answers.bundled import use_one_thread_a_question

    use_one_thread_a_question(os.environ)  # before NumPy is loaded

    import content
    from bot.answers.live import Changes, LiveEngine
    from bot.answers.models import embedder_for
    from bot.answers.stored import StoredVectors
    from bot.answers.values import Entry
    from bot.knowledge import service as knowledge

    phrases = content.toml("ignorable.toml")["phrases"]

    def changes_since(version: int) -> Changes:
        with database.reading() as session:
            new = knowledge.changes_since(session, version)
        put = tuple(Entry(e.id, e.question, e.answer, e.wordings) for e in new.put)
        ignorable = None if new.ignorable is None else [*new.ignorable, *phrases]
        return Changes(new.version, put, new.removed, new.synonyms, ignorable)

    embedder = embedder_for(settings.semantic)
    vectors = StoredVectors(settings.variable_folder / "vectors") if embedder else None
    small_talk = content.toml("small-talk.toml")["sentences"]
    live = LiveEngine(changes_since, small_talk=small_talk, embedder=embedder, vectors=vectors)
    try:
        live.refresh()
    except Exception as fault:
        # The desk opens all the same: residents get a telephone number until a round succeeds.
        log.error("the knowledge could not be loaded yet: %s", type(fault).__name__)
    return live


def _companions(house: House) -> Together:
    """What runs beside the worker: the clock, fresh knowledge, new clusters, crashed imports."""
    from bot.answers.words import word_cutter
    from bot.knowledge import importing
    from bot.questions.gathering import Gatherer
    from scheduler.rounds import Round, Together

    engine = house.engine

    def follow_knowledge() -> None:
        engine.refresh()
        engine.embed_in_background()

    gatherer = Gatherer(house.database, word_cutter())
    mailing = _mailing(house)
    return Together(
        [
            _clock(house),
            Round("knowledge", follow_knowledge, every=1.0),
            Round("clusters", gatherer.gather, every=2.0),
            Round("imports", lambda: importing.resume(house.database, house.civil()), every=20.0),
            Round("conversations", _hand_back(house).go, every=2.0),
            mailing,
            Round("announcements", _campaigns(house, mailing.wake).go, every=1.0),
            Round("classes", _class_round(house).go, every=2.0),
            Round("going online", _going_online(house).go, every=3.0),
            Round("staff notices", house.staff_notices.go, every=10.0),
        ]
    )


def _mailing(house: House) -> Mailing:
    from uuid import uuid4

    from scheduler.mailing import Mailing

    owner = f"{os.getpid()}-{uuid4().hex[:16]}"
    return Mailing(house.database, house.sealer, house.gateway, house.civil, owner)


def _campaigns(house: House, wake: Callable[[], None]) -> Campaigns:
    import content
    from bot.campaigns.rules import Terms
    from bot.speech.texts import Voice
    from scheduler.campaigns import Campaigns
    from scheduler.composing import Composer

    def voice(style: Style) -> Voice:
        return Voice(house.texts, style, house.add_readings)

    return Campaigns(
        house.database,
        house.civil,
        Terms.from_toml(content.toml("city.toml")["rules"]),
        compose=Composer(house.database, voice, house.settings.base_url),
        quota=house.quota_left,
        takes=house.gateway.takes,
        is_real_line=house.settings.line.is_real,
        wake=wake,
    )


def _hand_back(house: House) -> HandBack:
    from bot.speech.texts import Voice
    from scheduler.hand_back import HandBack

    return HandBack(
        house.database,
        house.sealer,
        house.civil,
        lambda style: Voice(house.texts, style, house.add_readings),
        house.quota_left,
    )


def _going_online(house: House) -> GoingOnline:
    from datetime import date

    import content
    from bot.knowledge.values import Procedure
    from bot.speech import plan_cards
    from bot.speech.texts import Voice
    from scheduler.going_online import GoingOnline

    def compose(style: Style, procedure: Procedure, day: date) -> list[Message]:
        voice = Voice(house.texts, style, house.add_readings)
        return plan_cards.go_live(voice, house.city, procedure, day)

    marks = content.toml("formats/common.toml")["placeholders"]["marks"]
    return GoingOnline(
        house.database,
        house.sealer,
        house.civil,
        compose=compose,
        quota=house.quota_left,
        quiet=house.plan_terms.quiet,
        marks=marks if house.settings.line.is_real else (),
    )


def _class_round(house: House) -> ClassRound:
    from bot.speech import class_cards
    from bot.speech.texts import Voice
    from scheduler.class_round import ClassRound

    def compose(_db: Session, resident: Resident, notice: Notice) -> list[Message]:
        voice = Voice(house.texts, resident.style, house.add_readings)
        return class_cards.notice(voice, house.city, notice)

    return ClassRound(
        house.database,
        house.sealer,
        house.civil,
        house.city.classes,
        compose=compose,
        quota=house.quota_left,
    )


def _clock(house: House) -> Clock:
    from datetime import timedelta

    from bot.erasure import erasures
    from bot.notices import service as notices
    from bot.staff import upkeep
    from scheduler.clock import Clock
    from scheduler.jobs import standing_jobs

    kept = house.city.retention
    database, civil = house.database, house.civil
    jobs = standing_jobs(
        database,
        civil,
        erasures(kept, civil)
        | {"notices": lambda s: notices.forget_old(s, civil() - timedelta(days=400))}
        | {"staff": lambda s: sum(upkeep.clear_away(s, database.lease_now(s), civil()).values())},
        events_kept=timedelta(days=kept.inbox_done),
        parcels_kept=timedelta(days=kept.outbox_done),
    )
    return Clock(database, civil, [*jobs, *_review_jobs(house), *_weekly_and_friends(house)])


def _weekly_and_friends(house: House) -> list[Job]:
    """The week's digest on Monday morning, and how many friends there are each night."""
    from scheduler import friends
    from scheduler.clock import Job

    def ask_line() -> None:
        friends.ask_line(house.database, house.civil(), house.gateway.followers)

    return [
        Job("weekly digest", "0 8 * * mon", start=house.staff_notices.week_is_over),
        Job("friends", "55 23 * * *", start=friends.count),
        Job("friends at LINE", "30 11 * * *", run=ask_line),
    ]


def _mail_of_staff(_session: Session, kind: Kind) -> tuple[str, ...]:
    """Who is told of a kind of thing by mail: for the digest the support team."""
    import content
    from bot.mail import addresses
    from bot.notices.rules import Kind

    held = content.toml("city.toml")["notices"]
    return addresses(held["digest_to" if kind is Kind.DIGEST else "alert_to"])


def _review_jobs(house: House) -> list[Job]:
    """What the support team finds in the morning: groups put in order, a sample to judge."""
    from datetime import timedelta

    from bot.answers.words import word_cutter
    from bot.questions import sampling
    from bot.questions.regrouping import regroup
    from scheduler.clock import JAPAN, Job

    def regroup_all() -> None:
        regroup(house.database, word_cutter())

    def draw_sample(session: Session, due: datetime) -> None:
        last_week = due.astimezone(JAPAN).date() - timedelta(days=7)
        monday = last_week - timedelta(days=last_week.weekday())
        sampling.draw(session, monday, house.city.samples_a_week, due)

    return [
        Job("regroup", "40 3 * * *", run=regroup_all),
        Job("audit sample", "0 5 * * mon", start=draw_sample),
    ]


def _flask_app(settings: Settings, house: House) -> Flask:
    from flask import Flask, redirect

    from bot.masking import mask_event
    from bot.migrations import is_current
    from handlers import announced, health, tracing, webhook

    app = Flask("madoguchi", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 6_000_000
    tracing.number_requests(app)
    secret = settings.line.channel_secret
    assert secret is not None  # `serve` has asked for it
    wake = house.worker.wake if house.worker else house.caller.wake
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
    import content
    from bot.mail import MailServer
    from handlers import console
    from handlers.console.demo_people import offered

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
        mail=MailServer.from_url(settings.smtp_url) if settings.smtp_url else None,
    )
    console.mount(app, services)


def _mount_pages(app: Flask, house: House, links: Links) -> None:
    from handlers import pages
    from handlers.pages import progress

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


def build_serving(settings: Settings) -> House:
    """What `serve` runs: with SQLite the worker role lives in its one serving process."""
    return House(settings, works=settings.is_sqlite)


def build_working(settings: Settings) -> Worker:
    """What `worker` runs."""
    worker = House(settings, works=True).worker
    assert worker is not None
    return worker


class Wiring:
    """What the commands take from here: they know the doors, not how the parts fit."""

    build_serving = staticmethod(build_serving)
    build_working = staticmethod(build_working)

    @staticmethod
    def house(environ: Mapping[str, str]) -> House:
        """The parts for one command, which takes no worker role. Raises SettingsError."""
        from bot.settings import read

        return House(read(environ), works=False)

    @staticmethod
    def next_due(cron: str, zone: str, after: datetime) -> datetime | None:
        """When a cron line is due next."""
        from scheduler.clock import next_due

        return next_due(cron, zone, after)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; 2 when it must not start."""
    from bot.settings import SettingsError
    from handlers.commands import table

    args = list(sys.argv[1:] if argv is None else argv)
    try:
        return table.run(args, os.environ, Wiring)
    except SettingsError as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
