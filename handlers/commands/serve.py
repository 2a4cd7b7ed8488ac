"""`madoguchi serve`: the webhook, the console and the residents' pages, in production."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot import settings as reading
from bot.settings import Settings, SettingsError
from handlers import logs
from handlers.owning import own
from handlers.serving import House, Server


def run(args: Sequence[str], environ: Mapping[str, str], build: Callable[[Settings], House]) -> int:
    """Serves until it is told to stop; 0 after an orderly end, 2 when it must not start.

    `build` is called in the serving processes only and imports what they need: this process
    keeps to the standard library, gunicorn and the settings.
    """
    parser = argparse.ArgumentParser(prog="madoguchi serve")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=8)
    asked = parser.parse_args(args)
    try:
        settings = read_whole(environ)
    except SettingsError as error:
        return _refuse(str(error))
    logs.set_up(settings.log)
    if settings.is_sqlite:
        if asked.workers != 1:
            return _refuse("--workers: SQLite is served by one process; use PostgreSQL for more")
        if own(sqlite_file(settings)) is None:
            return _refuse("DATABASE_URL: another process already serves this database")
    # `demo` has migrated this very database a moment ago, and a newcomer waits.
    status = 0 if settings.demo_emulator else _in_child(lambda: schema_status(settings))
    if status:
        return status
    server = Server(
        lambda: build(settings),
        host=asked.host,
        port=asked.port,
        workers=asked.workers,
        threads=asked.threads,
    )
    try:
        server.run()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def read_whole(environ: Mapping[str, str]) -> Settings:
    """The settings that `serve` and `worker` need. Raises SettingsError."""
    settings = reading.read(environ)
    reading.require_line(settings)
    reading.require_keys(settings)
    return settings


def sqlite_file(settings: Settings) -> Path:
    """The file of an embedded database."""
    return Path(settings.database_url.removeprefix("sqlite:///"))


def schema_status(settings: Settings) -> int:
    """0 when the database answers with the newest schema, else 2 after a sentence saying why."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.db import Database
    from bot.migrations import is_current

    database = Database(settings.database_url)
    try:
        if is_current(database):
            return 0
    except SQLAlchemyError as error:
        return _refuse(f"DATABASE_URL: the database does not answer ({type(error).__name__})")
    finally:
        database.close()
    return _refuse("DATABASE_URL: the schema is not the newest; run `madoguchi migrate`")


def _in_child(check: Callable[[], int]) -> int:
    # What the check imports goes with the child: the parent lives long and should be small.
    child = os.fork()
    if child == 0:
        status = 2
        try:
            status = check()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _refuse(sentence: str) -> int:
    print(f"madoguchi: {sentence}", file=sys.stderr)
    return 2
