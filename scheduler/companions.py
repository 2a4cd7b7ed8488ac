"""What runs beside the worker: the clock and its jobs, and the rounds that go every few seconds."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import uuid4

from sqlalchemy.orm import Session

import content
from bot.answers.live import LiveEngine
from bot.answers.words import word_cutter
from bot.campaigns import series
from bot.campaigns.firing import Making
from bot.campaigns.rules import Terms
from bot.city import JAPAN, City
from bot.classes.notices import Notice
from bot.clocks import CivilClock
from bot.db import Database
from bot.erasure import erasures
from bot.knowledge import importing
from bot.knowledge.values import Procedure
from bot.line.gateway import Gateway
from bot.line.limits import Message
from bot.notices import service as notices
from bot.plan.measures import Plan
from bot.plan.recording import Terms as PlanTerms
from bot.questions import sampling
from bot.questions.gathering import Gatherer
from bot.questions.regrouping import regroup
from bot.residents.rules import Resident, Style
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from bot.settings import Settings
from bot.speech import class_cards, plan_cards
from bot.speech.texts import Texts, Voice
from bot.staff import upkeep
from scheduler import friends
from scheduler.campaigns import Campaigns
from scheduler.class_round import ClassRound
from scheduler.clock import Clock, Job
from scheduler.composing import Composer
from scheduler.going_online import GoingOnline
from scheduler.hand_back import HandBack
from scheduler.jobs import standing_jobs
from scheduler.mailing import Mailing
from scheduler.repeating import checking, drafting, draw_ahead, repeating, sums_of
from scheduler.right_of_way import RightOfWay
from scheduler.rounds import Round, Together
from scheduler.staff_notices import StaffNotices, at_house


class House(Protocol):
    """The parts that are used here; `wsgi` makes them."""

    settings: Settings

    @property
    def database(self) -> Database: ...

    @property
    def sealer(self) -> Sealer: ...

    @property
    def civil(self) -> CivilClock: ...

    @property
    def gateway(self) -> Gateway: ...

    @property
    def city(self) -> City: ...

    @property
    def texts(self) -> Texts: ...

    @property
    def voice(self) -> Voice: ...

    @property
    def engine(self) -> LiveEngine: ...

    @property
    def plan(self) -> Plan: ...

    @property
    def plan_terms(self) -> PlanTerms: ...

    def quota_left(self) -> int | None: ...

    def add_readings(self, words: str) -> str: ...


def companions(house: House, way: RightOfWay) -> Together:
    """What runs beside the worker: the clock, fresh knowledge, new clusters, crashed imports.

    What answers holds the right of `way`; announcements give it.
    """
    engine = house.engine

    def follow_knowledge() -> None:
        engine.refresh()
        engine.embed_in_background()

    gatherer = Gatherer(house.database, word_cutter())
    mailing = _mailing(house, way)
    staff_notices = at_house(house)
    return Together(
        [
            _clock(house, staff_notices),
            Round("knowledge", follow_knowledge, every=1.0),
            Round("clusters", gatherer.gather, every=2.0),
            Round("imports", lambda: importing.resume(house.database, house.civil()), every=20.0),
            Round("conversations", _hand_back(house).go, every=2.0),
            mailing,
            Round("announcements", _campaigns(house, way, mailing.wake).go, every=1.0),
            Round("classes", _class_round(house).go, every=2.0),
            Round("going online", _going_online(house).go, every=3.0),
            Round("staff notices", staff_notices.go, every=10.0),
        ]
    )


def _voices(house: House) -> Callable[[Style], Voice]:
    return lambda style: Voice(house.texts, style, house.add_readings)


def _mailing(house: House, way: RightOfWay) -> Mailing:
    owner = f"{os.getpid()}-{uuid4().hex[:16]}"
    return Mailing(
        house.database, house.sealer, house.gateway, house.civil, owner, make_way=way.give
    )


def _campaigns(house: House, way: RightOfWay, wake: Callable[[], None]) -> Campaigns:
    return Campaigns(
        house.database,
        house.civil,
        _news_terms(),
        compose=Composer(house.database, _voices(house), house.settings.base_url),
        quota=house.quota_left,
        takes=house.gateway.takes,
        sums=sums_of(house.gateway),
        is_real_line=house.settings.line.is_real,
        wake=wake,
        make_way=way.give,
    )


def _hand_back(house: House) -> HandBack:
    return HandBack(
        house.database,
        house.sealer,
        house.civil,
        _voices(house),
        house.quota_left,
    )


def _going_online(house: House) -> GoingOnline:
    voice = _voices(house)

    def compose(style: Style, procedure: Procedure, day: date) -> list[Message]:
        return plan_cards.go_live(voice(style), house.city, procedure, day)

    return GoingOnline(
        house.database,
        house.sealer,
        house.civil,
        compose=compose,
        quota=house.quota_left,
        quiet=house.plan_terms.quiet,
        is_real_line=house.settings.line.is_real,
    )


def _class_round(house: House) -> ClassRound:
    voice = _voices(house)

    def compose(resident: Resident, notice: Notice) -> list[Message]:
        return class_cards.notice(voice(resident.style), house.city, notice)

    return ClassRound(
        house.database,
        house.sealer,
        house.civil,
        house.city.classes,
        compose=compose,
        quota=house.quota_left,
    )


def _clock(house: House, staff_notices: StaffNotices) -> Clock:
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
        failures_kept=timedelta(days=kept.outbox_failed),
    )
    return Clock(
        database,
        civil,
        [*jobs, *_review_jobs(house), *_weekly_and_friends(house, staff_notices)],
        {series.FAMILY: repeating(civil, _making(house))},
    )


def _making(house: House) -> Making:
    generate = drafting(_voices(house)(Style.PLAIN), house.plan, house.settings.base_url)
    topics = NewsTopics.from_toml(content.toml("topics.toml"))
    faults = checking(
        _voices(house),
        [topic.key for topic in topics.all],
        is_real_line=house.settings.line.is_real,
    )
    return Making(generate, _news_terms(), faults)


def _news_terms() -> Terms:
    return Terms.from_toml(content.toml("city.toml")["rules"])


def _weekly_and_friends(house: House, staff_notices: StaffNotices) -> list[Job]:
    """The week's digest on Monday morning, and how many friends there are each night."""

    def ask_line() -> None:
        friends.ask_line(house.database, house.civil(), house.gateway.followers)

    def draw() -> None:
        draw_ahead(house.database, house.plan, house.civil())

    return [
        staff_notices.weekly(),
        Job("friends", "55 23 * * *", start=friends.count),
        Job("friends at LINE", "30 11 * * *", run=ask_line),
        Job("picture of the plan", "50 * * * *", run=draw),
    ]


def _review_jobs(house: House) -> list[Job]:
    """What the support team finds in the morning: groups put in order, a sample to judge."""

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
