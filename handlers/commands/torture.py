"""`madoguchi torture inbox|push`: the whole product, killed and flooded as long as one likes."""

import argparse
import base64
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from handlers.commands.ordeal import Ordeal, Plan, Program, free_port, readiness, wait_until
from handlers.emulator.launch import RunningEmulator, start

_START_WITHIN = 60.0
_DONE_WITHIN = 300.0


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """The torture that the first argument names: `inbox` or `push`."""
    if args[:1] == ["push"]:
        from handlers.commands import torture_push

        return torture_push.run(args[1:], environ)
    return _inbox(args, environ)


def _inbox(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Kills, stalls and redelivers; the verdict of the platform's log as JSON on stdout.

    SQLite: one process. With `--postgres ADDRESS` (of a server that may create a database): two
    webhook processes and two workers. 0 when nobody was lost or answered twice and the platform
    had to refuse retries, else 1.
    """
    parser = argparse.ArgumentParser(prog="madoguchi torture")
    parser.add_argument("name", choices=["inbox", "push"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=20, help="messages a second")
    parser.add_argument("--kill-every", type=float, default=4, help="seconds, on average")
    parser.add_argument("--postgres", help="postgresql+psycopg://…")
    parser.add_argument("--seed", type=int, default=8)
    asked = parser.parse_args(args)
    plan = Plan(
        seconds=asked.seconds,
        rate=asked.rate,
        kill_every=asked.kill_every,
        seed=asked.seed,
        settle=120,
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(asked.postgres, Path(folder)) as url,
    ):
        verdict = _tortured(url, Path(folder), environ, plan)
    print(json.dumps(verdict))
    return 0 if verdict["good"] and verdict["had_teeth"] else 1


def _tortured(url: str, folder: Path, environ: Mapping[str, str], plan: Plan) -> dict[str, object]:
    is_sqlite = url.startswith("sqlite")
    port = free_port()
    settings = {**environ, **fresh_settings(url, folder)}
    with ExitStack() as stack:
        often = ("--redelivery-seconds", "1,1,2,2,4,4,8,8,15,15")
        emulator = stack.enter_context(platform(settings, port, more=often))
        carry_out(settings, ["migrate"])
        serve = ["serve", "--port", str(port), "--workers", "1" if is_sqlite else "2"]
        commands = [serve] if is_sqlite else [serve, ["worker"], ["worker"]]
        programs = [Program("wsgi", command, settings) for command in commands]
        for program in programs:
            stack.callback(program.kill)
        wait_until(lambda: readiness(port), _START_WITHIN, "the product did not start")
        return Ordeal(emulator, programs, port, plan).run().as_json()


def fresh_settings(url: str, folder: Path) -> dict[str, str]:
    """An environment of its own for a product that lives as long as `folder`: new keys each."""

    def key() -> str:
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()

    return {
        "DATABASE_URL": url,
        "MADOGUCHI_VAR": str(folder),
        "MADOGUCHI_SEMANTIC": "off",
        "MADOGUCHI_SECRET_KEY": key(),
        "MADOGUCHI_DATA_KEYS": key(),
        "MADOGUCHI_LOOKUP_KEY": key(),
        "LINE_CHANNEL_SECRET": key(),
        "LINE_CHANNEL_ACCESS_TOKEN": key(),
    }


def platform(
    settings: dict[str, str], port: int, *, latency_ms: float = 0.0, more: Sequence[str] = ()
) -> RunningEmulator:
    """A platform that delivers to the product on `port`; the settings lead to it from now on."""
    started = start(
        webhook_url=f"http://127.0.0.1:{port}/callback",
        channel_secret=settings["LINE_CHANNEL_SECRET"],
        channel_token=settings["LINE_CHANNEL_ACCESS_TOKEN"],
        latency_ms=latency_ms,
        more=more,
    )
    settings["LINE_API_BASE_URL"] = started.url
    return started


def carry_out(settings: Mapping[str, str], *commands: Sequence[str]) -> None:
    """Runs the operator's commands one after the other. Raises RuntimeError for one that fails."""
    for command in commands:
        if Program("wsgi", command, settings, quiet=True).process.wait(_DONE_WITHIN):
            raise RuntimeError(f"`{command[0]}` failed")


@contextmanager
def fresh_database(server: str | None, folder: Path) -> Iterator[str]:
    """The address of an empty database: a file in `folder`, or one on the server while needed."""
    if server is None:
        yield f"sqlite:///{folder}/madoguchi.db"
        return
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"madoguchi_torture_{secrets.token_hex(4)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        admin.dispose()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
