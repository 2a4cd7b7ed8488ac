"""`madoguchi worker`: the worker role as a process of its own, beside PostgreSQL."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

from bot.settings import Settings, SettingsError
from handlers import logs
from handlers.commands.serve import read_whole, schema_status
from handlers.serving import Role


def run(args: Sequence[str], environ: Mapping[str, str], build: Callable[[Settings], Role]) -> int:
    """Works until SIGTERM or Ctrl-C, then ends what is in flight; any number may run.

    2 when it must not start: a setting is wrong, the schema is old, or the database is SQLite,
    whose worker role belongs to `serve`.
    """
    argparse.ArgumentParser(prog="madoguchi worker").parse_args(args)
    try:
        settings = read_whole(environ)
        if settings.is_sqlite:
            raise SettingsError("DATABASE_URL", "SQLite is worked by `serve`; use PostgreSQL here")
    except SettingsError as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2
    logs.set_up(settings.log)
    status = schema_status(settings)
    if status:
        return status
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    role = build(settings)
    role.start()
    stopping.wait()
    return 0 if role.stop(20) else 1
