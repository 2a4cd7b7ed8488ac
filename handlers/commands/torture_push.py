"""`madoguchi torture push`: announcements sent by a product that is killed again and again."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from bot.settings import read
from handlers.commands.ordeal import Program, free_port
from handlers.commands.push_ordeal import PushOrdeal, PushPlan, PushVerdict
from handlers.commands.torture import fresh_database, fresh_settings, platform


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """So many runs, each a verdict of the platform's log as a line of JSON, then their sum.

    SQLite: one process. With `--postgres ADDRESS`: two workers. 0 when in every run everybody got
    each announcement once, and the platform had to refuse retries.
    """
    parser = argparse.ArgumentParser(prog="madoguchi torture push")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--people", type=int, default=30_000)
    parser.add_argument("--announcements", type=int, default=1, help="of each run")
    parser.add_argument("--kills", type=int, default=4, help="of each announcement")
    parser.add_argument("--postgres", help="postgresql+psycopg://…")
    parser.add_argument("--seed", type=int, default=5)
    asked = parser.parse_args(args)
    began, verdicts = time.monotonic(), []
    for number in range(asked.runs):
        plan = PushPlan(
            people=asked.people,
            announcements=asked.announcements,
            kills=asked.kills,
            kill_within=1.0,
            cut_after_accept=0.12,
            settle=300,
            seed=asked.seed + number,
        )
        verdict = _tortured(asked.postgres, environ, plan)
        verdicts.append(verdict)
        print(json.dumps({"run": number + 1, **verdict.as_json()}), flush=True)
    good = all(verdict.is_good and verdict.had_teeth for verdict in verdicts)
    print(json.dumps(_sum(verdicts, good, time.monotonic() - began)))
    return 0 if good else 1


def _sum(verdicts: Sequence[PushVerdict], good: bool, seconds: float) -> dict[str, object]:
    names = ("expected", "reached", "missing", "doubled", "changed", "strangers", "unfinished")
    more = ("refused_retries", "calls", "kills")
    summed = {name: sum(getattr(one, name) for one in verdicts) for name in (*names, *more)}
    return {"runs": len(verdicts), **summed, "seconds": round(seconds), "good": good}


def _tortured(server: str | None, environ: Mapping[str, str], plan: PushPlan) -> PushVerdict:
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(server, Path(folder)) as url,
        ExitStack() as stack,
    ):
        port = free_port()
        settings = {**environ, **fresh_settings(url, Path(folder))}
        emulator = stack.enter_context(platform(settings, port, latency_ms=100))
        database = Database(url)
        migrate(database)
        stack.callback(database.close)
        keys = read(settings)
        assert keys.lookup_key is not None
        serve = ["serve", "--port", str(port)]
        commands = [serve] if database.is_sqlite else [["worker"], ["worker"]]
        programs = [Program("wsgi", command, settings, quiet=True) for command in commands]
        for program in programs:
            stack.callback(program.kill)
        sealer = Sealer(keys.data_keys, keys.lookup_key)
        return PushOrdeal(emulator, programs, database, sealer, plan).run()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
