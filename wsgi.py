"""Wires settings, database, desk and doors together; also the console script `madoguchi`.

Imports stand inside the functions: the parent of `serve` lives long and stays small, and every
part is made in the process that uses it, after the fork.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Flask

    from bot.answers.engine import Engine
    from bot.answers.live import LiveEngine
    from bot.city import City
    from bot.clocks import CivilClock
    from bot.db import Database
    from bot.line.gateway import Gateway
    from bot.links.service import Links
    from bot.plan.measures import Plan
    from bot.plan.recording import Terms
    from bot.residents.topics import NewsTopics
    from bot.sealing import Sealer
    from bot.settings import Settings
    from bot.speech.texts import Texts, Voice
    from handlers.chat.desk import Answering
    from handlers.chat.turn import Desk
    from scheduler.bells import Caller
    from scheduler.worker import Worker


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

    @property
    def voice(self) -> Voice:
        """Speaks to the operator."""
        from bot.speech.texts import Voice

        return Voice(self.texts)

    @cached_property
    def engine(self) -> LiveEngine:
        """The answer engine over what the database knows, refreshed while it runs."""
        import content
        from bot.answers.following import following

        return following(
            self.database,
            semantic=self.settings.semantic,
            folder=self.settings.variable_folder / "vectors",
            phrases=content.toml("ignorable.toml")["phrases"],
            small_talk=content.toml("small-talk.toml")["sentences"],
        )

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

    @staticmethod
    def next_due(cron: str, zone: str, after: datetime) -> datetime | None:
        """When a cron line is due next."""
        from scheduler.clock import next_due

        return next_due(cron, zone, after)

    def add_readings(self, words: str) -> str:
        """Words with readings, for residents who chose furigana."""
        return self.desk.add_readings(words)

    @cached_property
    def desk(self) -> Desk:
        """What the city knows and how it speaks."""
        import content
        from bot.answers.danger import Dangers
        from bot.answers.words import word_cutter
        from bot.campaigns import emergency
        from bot.speech.furigana import Furigana
        from bot.speech.proper_names import Names
        from handlers.chat.anger import Anger
        from handlers.chat.class_wishes import ClassWishes
        from handlers.chat.life_menu import LifeMenu
        from handlers.chat.other_languages import OtherLanguages
        from handlers.chat.turn import Desk
        from handlers.chat.typed import FollowUps, TypedWords

        readings = content.toml("readings.toml")
        places = content.toml("classes.toml")["venue"]
        names = Names.from_toml(content.toml("city.toml"), places, readings)
        return Desk(
            city=self.city,
            texts=self.texts,
            engine=self.engine,
            dangers=Dangers.from_toml(content.toml("danger.toml")),
            typed=TypedWords(content.toml("typed.toml"), content.toml("stop-news.toml")),
            anger=Anger.from_toml(content.toml("anger.toml")),
            other_languages=OtherLanguages.from_toml(content.toml("other-languages.toml")),
            follow_ups=FollowUps(content.toml("follow-ups.toml")),
            class_wishes=ClassWishes.from_toml(content.toml("class-wishes.toml")),
            life_menu=LifeMenu.from_toml(content.toml("life-events.toml")),
            add_readings=Furigana(word_cutter(), readings["words"], names),
            plan=self.plan,
            news_topics=self.news_topics,
            links=self.links,
            alarms=emergency.active,
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
        answer = self.answering.answer  # the engine first: it settles how NumPy is loaded
        from scheduler.companions import companions
        from scheduler.right_of_way import RightOfWay
        from scheduler.worker import Worker

        way = RightOfWay()

        return Worker(
            self.database,
            self.sealer,
            self.gateway,
            answer,
            companion=companions(self, way),
            way=way,
        )

    @cached_property
    def caller(self) -> Caller:
        """Tells workers in other processes, through PostgreSQL, that events were kept.

        Staff are told from here too: that the workers stand still, no worker could tell.
        """
        from scheduler import staff_notices
        from scheduler.bells import Caller
        from scheduler.rounds import Round

        caller = Caller(self.database)
        caller.start()
        Round("staff notices", staff_notices.at_house(self).go, every=30.0).start()
        return caller

    @cached_property
    def flask_app(self) -> Flask:
        """All doors that speak HTTP."""
        from handlers.doors import flask_app

        wake = self.worker.wake if self.worker else self.caller.wake
        return flask_app(self.settings, self, wake)


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

    next_due = staticmethod(House.next_due)


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
