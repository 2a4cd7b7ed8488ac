"""The operator's commands by name, each given the parts it needs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from io import StringIO
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clocks import CivilClock
    from bot.db import Database
    from bot.line.gateway import Gateway
    from bot.sealing import Sealer
    from bot.settings import Settings
    from bot.speech.texts import Voice
    from handlers.serving import House, Role


class Parts(Protocol):
    """What one command may take; each part is made when it is asked for, or SettingsError."""

    settings: Settings

    @property
    def database(self) -> Database: ...

    @property
    def sealer(self) -> Sealer: ...

    @property
    def gateway(self) -> Gateway: ...

    @property
    def civil(self) -> CivilClock: ...

    @property
    def voice(self) -> Voice: ...


class Wiring(Protocol):
    """How the parts are made; `wsgi` knows."""

    def house(self, environ: Mapping[str, str]) -> Parts: ...

    def build_serving(self, settings: Settings) -> House: ...

    def build_working(self, settings: Settings) -> Role: ...

    def next_due(self, cron: str, zone: str, after: datetime) -> datetime | None: ...


Environ = Mapping[str, str]
Command = Callable[[Sequence[str], Environ, Wiring], int]


def run(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    """Runs the command that `args` names; 2 when there is none of that name.

    Imports stand inside the commands: `serve` lives long and should be small, and no command
    waits for what only another needs.
    """
    command = COMMANDS.get(args[0]) if args else None
    if command is None:
        print(f"madoguchi: one of {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    return command(args[1:], environ, wiring)


def _demo(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import demo

    def prepare(demo_environ: Environ) -> None:
        from bot.migrations import migrate
        from bot.staff.passwords import Passwords
        from handlers.commands import seed
        from handlers.demo_people import add_sample_staff
        from handlers.demo_residents import add_sample_residents

        house = wiring.house(demo_environ)
        migrate(house.database)
        seed.load(house.database, house.civil())
        seed.load_sample_classes(house.database, house.civil())
        folder = house.settings.variable_folder
        add_sample_staff(house.database, house.sealer, house.voice, Passwords(), folder)
        add_sample_residents(house.database, house.sealer, house.civil())
        house.database.close()

    def furnish(demo_environ: Environ) -> None:
        from handlers.commands import richmenu

        house = wiring.house(demo_environ)
        with redirect_stdout(StringIO()):  # a newcomer need not read about it
            richmenu.run(["apply"], house.gateway, house.voice)

    return demo.run(args, environ, wiring.house(environ).voice, prepare, furnish)


def _serve(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import serve

    return serve.run(args, environ, wiring.build_serving)


def _worker(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import worker

    return worker.run(args, environ, wiring.build_working)


def _migrate(args: Sequence[str], environ: Environ, _wiring: Wiring) -> int:
    from handlers.commands import migrate

    return migrate.run(args, environ)


def _seed(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import seed

    house = wiring.house(environ)
    return seed.run(args, house.settings.line, house.database, house.voice, house.civil())


def _import(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import import_

    house = wiring.house(environ)
    return import_.run(args, house.database, house.voice, house.civil())


def _export(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import export

    house = wiring.house(environ)
    if args[:1] == ["ebpm"]:
        from handlers.commands import export_ebpm

        return export_ebpm.run(args[1:], house.database, house.voice, house.civil())
    return export.run(args, house.database, house.voice, house.civil())


def _forget(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import forget

    house = wiring.house(environ)
    return forget.run(args, house.database, house.sealer, house.voice)


def _staff(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from bot.settings import SettingsError
    from handlers.commands import staff

    house = wiring.house(environ)
    base_url, now = house.settings.base_url, house.civil()
    if base_url is None:
        raise SettingsError("MADOGUCHI_BASE_URL", "is needed for the set-up link")
    return staff.run(args, house.database, house.sealer, house.voice, base_url=base_url, now=now)


def _richmenu(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import richmenu

    house = wiring.house(environ)
    gateway = None if args[:1] == ["draw"] else house.gateway
    return richmenu.run(args, gateway, house.voice)


def _check(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from bot.settings import SettingsError
    from handlers.commands import check

    house = wiring.house(environ)
    gateway: Gateway | None = None
    with suppress(SettingsError):  # the check itself says what is missing
        gateway = house.gateway
    now = house.civil()
    return check.run(args, house.settings, house.database, gateway, house.voice, now=now)


def _backup(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import backup

    house = wiring.house(environ)
    return backup.run(args, house.database, house.sealer, house.voice, now=house.civil())


def _restore(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import restore

    house = wiring.house(environ)
    return restore.run(
        *(args, house.database, house.sealer, house.voice),
        civil=house.civil(),
        next_due=wiring.next_due,
    )


def _rotate_keys(args: Sequence[str], environ: Environ, wiring: Wiring) -> int:
    from handlers.commands import rotate_keys

    house = wiring.house(environ)
    return rotate_keys.run(args, house.database, house.sealer, house.voice, now=house.civil())


def _evaluate(args: Sequence[str], _environ: Environ, _wiring: Wiring) -> int:
    from handlers.commands import evaluate, evaluate_learning

    if "--learning" in args:
        return evaluate_learning.run([arg for arg in args if arg != "--learning"])
    return evaluate.run(list(args))


BENCHES = ("answers", "classes", "console", "memory", "push", "reply", "seats", "webhook")
"""Each is a module `bench_…` beside this one."""


def _bench(args: Sequence[str], environ: Environ, _wiring: Wiring) -> int:
    name = args[0] if args else ""
    if name not in BENCHES:
        print(f"madoguchi bench: one of {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"handlers.commands.bench_{name}")
    status: int = module.run(args[1:], environ)
    return status


def _torture(args: Sequence[str], environ: Environ, _wiring: Wiring) -> int:
    from handlers.commands import torture

    return torture.run(args, environ)


COMMANDS: Mapping[str, Command] = {
    "demo": _demo,
    "serve": _serve,
    "worker": _worker,
    "migrate": _migrate,
    "seed": _seed,
    "import": _import,
    "export": _export,
    "richmenu": _richmenu,
    "check": _check,
    "evaluate": _evaluate,
    "bench": _bench,
    "torture": _torture,
    "forget": _forget,
    "staff": _staff,
    "backup": _backup,
    "restore": _restore,
    "rotate-keys": _rotate_keys,
}
