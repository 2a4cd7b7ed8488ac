"""Wires settings, database, desk and doors together; also the console script `madoguchi`.

Imports stand inside the functions: the parent of `serve` lives long and stays small, and every
part is made in the process that uses it, after the fork.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cached_property
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from bot.answers.engine import Engine
    from bot.city import City
    from bot.clocks import CivilClock
    from bot.db import Database
    from bot.line.gateway import Gateway
    from bot.sealing import Sealer
    from bot.settings import Settings
    from bot.speech.texts import Texts, Voice
    from handlers.chat.desk import Answering
    from handlers.chat.turn import Desk
    from scheduler.clock import Clock
    from scheduler.worker import Worker


class House:
    """Everything one process shares, each part made when it is first needed."""

    def __init__(self, settings: Settings, *, works: bool) -> None:
        self._settings = settings
        self._works = works

    @cached_property
    def database(self) -> Database:
        """The one database."""
        from bot.db import Database

        return Database(self._settings.database_url)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals personal data and finds it again. Raises SettingsError when a key is missing."""
        from bot.sealing import Sealer
        from bot.settings import require_keys

        require_keys(self._settings)
        assert self._settings.lookup_key is not None
        return Sealer(self._settings.data_keys, self._settings.lookup_key)

    @cached_property
    def civil(self) -> CivilClock:
        """Civil time; only a demo can move it."""
        from bot.clocks import MovedTime, real_time

        moved = self._settings.demo_clock
        return real_time if moved is None else MovedTime(moved)

    @cached_property
    def gateway(self) -> Gateway:
        """The only way to LINE. Raises SettingsError when its settings are missing."""
        from bot.line.gateway import Gateway
        from bot.settings import require_line

        require_line(self._settings)
        return Gateway(self._settings.line)

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

    @property
    def voice(self) -> Voice:
        """Speaks to the operator."""
        from bot.speech.texts import Voice

        return Voice(self.texts)

    @cached_property
    def engine(self) -> Engine:
        """The answer engine over what the database knows, refreshed while it runs."""
        return _engine(self._settings, self.database)

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
            add_readings=Furigana(word_cutter()),
        )

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
            companion=_clock(self),
        )

    @cached_property
    def flask_app(self) -> Flask:
        """All doors that speak HTTP."""
        return _flask_app(self._settings, self)


def _engine(settings: Settings, database: Database) -> Engine:
    # Before NumPy is loaded: with more threads a question takes five times as long.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from bot.answers.engine import Engine
    from bot.answers.values import Entry
    from bot.knowledge import service as knowledge

    with database.reading() as session:
        known = knowledge.changes_since(session, 0)
    entries = [Entry(e.id, e.question, e.answer, e.wordings) for e in known.put]
    return Engine.build(entries, synonyms=known.synonyms or (), ignorable=known.ignorable or ())


def _clock(house: House) -> Clock:
    from datetime import timedelta

    from bot.erasure import erasures
    from scheduler.clock import Clock
    from scheduler.jobs import standing_jobs

    kept = house.city.retention
    jobs = standing_jobs(
        house.database,
        house.civil,
        erasures(kept, house.civil),
        events_kept=timedelta(days=kept.inbox_done),
        parcels_kept=timedelta(days=kept.outbox_done),
    )
    return Clock(house.database, house.civil, jobs)


def _flask_app(settings: Settings, house: House) -> Flask:
    from flask import Flask, redirect

    from bot.masking import mask_event
    from bot.migrations import is_current
    from handlers import health, webhook

    app = Flask("madoguchi", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 6_000_000
    secret = settings.line.channel_secret
    assert secret is not None  # `serve` has asked for it
    wake = house.worker.wake if house.worker else _nobody_to_wake
    app.register_blueprint(
        webhook.blueprint(secret, house.database, house.sealer, mask_event, wake)
    )
    app.register_blueprint(health.blueprint(house.database, is_current, settings.metrics_token))
    emulator = settings.demo_emulator
    if emulator is not None:
        app.add_url_rule("/emulator/", "emulator", lambda: redirect(emulator))
        app.add_url_rule("/", "front", lambda: redirect(emulator))
    return app


def _nobody_to_wake() -> None:
    """On PostgreSQL the workers are other processes; they hear of it from the database."""


def build_serving(settings: Settings) -> House:
    """What `serve` runs: with SQLite the worker role lives in its one serving process."""
    return House(settings, works=settings.is_sqlite)


def build_working(settings: Settings) -> Worker:
    """What `worker` runs."""
    worker = House(settings, works=True).worker
    assert worker is not None
    return worker


def _demo(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from bot.settings import read
    from handlers.commands import demo

    def prepare(demo_environ: Mapping[str, str]) -> None:
        from bot.migrations import migrate
        from handlers.commands import seed

        house = House(read(demo_environ), works=False)
        migrate(house.database)
        seed.load(house.database, house.civil())
        house.database.close()

    def furnish(demo_environ: Mapping[str, str]) -> None:
        from handlers.commands import richmenu

        house = House(read(demo_environ), works=False)
        with redirect_stdout(StringIO()):  # a newcomer need not read about it
            richmenu.run(["apply"], house.gateway, house.voice)

    return demo.run(args, environ, House(read(environ), works=False).voice, prepare, furnish)


def _serve(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import serve

    return serve.run(args, environ, build_serving)


def _worker(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import worker

    return worker.run(args, environ, build_working)


def _migrate(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import migrate

    return migrate.run(args, environ)


def _house(environ: Mapping[str, str]) -> House:
    from bot.settings import read

    return House(read(environ), works=False)


def _seed(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from bot.settings import read
    from handlers.commands import seed

    house = _house(environ)
    return seed.run(args, read(environ).line, house.database, house.voice, house.civil())


def _import(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import import_

    house = _house(environ)
    return import_.run(args, house.database, house.voice, house.civil())


def _export(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import export

    house = _house(environ)
    return export.run(args, house.database, house.voice)


def _forget(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import forget

    house = _house(environ)
    return forget.run(args, house.database, house.sealer, house.voice)


def _richmenu(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import richmenu

    house = _house(environ)
    return richmenu.run(args, house.gateway if args[:1] != ["draw"] else None, house.voice)


def _check(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from bot.settings import SettingsError, read
    from handlers.commands import check

    house = _house(environ)
    try:
        gateway = house.gateway
    except SettingsError:
        gateway = None
    settings = read(environ)
    return check.run(args, settings, house.database, gateway, house.voice, now=house.civil())


def _backup(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import backup

    house = _house(environ)
    return backup.run(args, house.database, house.sealer, house.voice, now=house.civil())


def _restore(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import restore
    from scheduler.clock import next_due

    house = _house(environ)
    return restore.run(
        *(args, house.database, house.sealer, house.voice),
        civil=house.civil(),
        next_due=next_due,
    )


def _rotate_keys(args: Sequence[str], environ: Mapping[str, str]) -> int:
    from handlers.commands import rotate_keys

    house = _house(environ)
    return rotate_keys.run(args, house.database, house.sealer, house.voice, now=house.civil())


COMMANDS: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], int]] = {
    "demo": _demo,
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "seed": _seed,
    "import": _import,
    "export": _export,
    "forget": _forget,
    "richmenu": _richmenu,
    "check": _check,
    "backup": _backup,
    "restore": _restore,
    "rotate-keys": _rotate_keys,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; 2 when it must not start."""
    from bot.settings import SettingsError

    args = list(sys.argv[1:] if argv is None else argv)
    command = COMMANDS.get(args[0]) if args else None
    if command is None:
        print(f"madoguchi: one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    try:
        return command(args[1:], os.environ)
    except SettingsError as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
