"""`madoguchi bench seats`: many residents tap for a few seats in the chat of the whole product."""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.classes import bookers
from bot.db import Database
from bot.line.inbound import resident_key
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.settings import read
from handlers.commands.bench_classes import open_class, seats_and_line
from handlers.commands.ordeal import Program, free_port, readiness, wait_until, wait_until_quiet
from handlers.commands.torture import carry_out, fresh_database, fresh_settings, platform
from handlers.emulator.launch import RunningEmulator

_START_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Rush:
    """How many tap for how many seats, over how many seconds."""

    people: int
    seats: int
    seconds: float


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Residents known by name tap 「はい、予約する」 one after the other; JSON on stdout.

    With `--postgres ADDRESS` (of a server that may create a database): two web processes and a
    worker, else one process on SQLite. 0 when exactly the seats were given, the line stands in
    order of arrival and everybody was answered once.
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench seats")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--seats", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=50)
    parser.add_argument("--postgres")
    asked = parser.parse_args(args)
    rush = Rush(asked.people, asked.seats, asked.seconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        fresh_database(asked.postgres, Path(folder)) as url,
    ):
        result = hold(url, Path(folder), environ, rush)
    print(json.dumps(result))
    return 0 if result["right"] else 1


def hold(url: str, folder: Path, environ: Mapping[str, str], rush: Rush) -> dict[str, Any]:
    """Starts platform and product, lets the residents tap, and judges by log and ledger."""
    port = free_port()
    settings = {**environ, **fresh_settings(url, folder)}
    with ExitStack() as stack:
        emulator = stack.enter_context(platform(settings, port, latency_ms=30))
        carry_out(settings, ["migrate"], ["seed"])
        made = emulator.post("residents", {"count": rush.people, "prefix": "seat"})
        database = Database(url)
        stack.callback(database.close)
        session_id = _prepare(database, settings, made["user_ids"], rush)
        is_sqlite = database.is_sqlite
        serve = ["serve", "--port", str(port), "--workers", "1" if is_sqlite else "2"]
        for arguments in [serve] if is_sqlite else [serve, ["worker"]]:
            stack.callback(Program("wsgi", arguments, settings).kill)
        wait_until(lambda: readiness(port), _START_WITHIN, "the product did not start")
        tapped = _tap(emulator, made["user_ids"], session_id, rush)
        wait_until_quiet(emulator, port, 60)
        return _judge(database, emulator, tapped, session_id, rush)


def _prepare(
    database: Database, settings: Mapping[str, str], user_ids: Sequence[str], rush: Rush
) -> int:
    keys = read(settings)
    assert keys.lookup_key is not None
    sealer, now = Sealer(keys.data_keys, keys.lookup_key), datetime.now(UTC)
    with database.writing() as db:
        made = open_class(db, rush.seats, now)
        for number, user_id in enumerate(user_ids):
            key = resident_key(sealer, user_id)
            residents.meet(db, sealer, key, user_id, now)
            given = bookers.Particulars("見本 太郎", "ミホン タロウ", f"090{number:08}")
            bookers.enter_own(db, sealer, key, given, now)
    return made


def _tap(
    emulator: RunningEmulator, user_ids: Sequence[str], session_id: int, rush: Rush
) -> dict[str, float]:
    """When each event was sent, by its id."""
    action = {"type": "postback", "data": f"to=class_book&s={session_id}"}
    tapped: dict[str, float] = {}
    began = time.time()
    for place, user_id in enumerate(user_ids):
        time.sleep(max(0.0, began + place * rush.seconds / rush.people - time.time()))
        sent = time.time()
        done = emulator.post("tap", {"resident": user_id, "action": action})
        tapped[str(done["event_id"])] = sent
    return tapped


def _replies(emulator: RunningEmulator, tapped: Mapping[str, float]) -> dict[str, list[float]]:
    """Of each event the accepted replies, as milliseconds after the tap."""
    took: dict[str, list[float]] = {event: [] for event in tapped}
    for entry in emulator.get("log?kind=api")["entries"]:
        event = entry.get("event_id") or ""
        if event in took and entry["endpoint"] == "reply" and entry["verdict"] == "accepted":
            at = datetime.fromisoformat(entry["at"]).timestamp()
            took[event].append((at - tapped[event]) * 1000)
    return took


def _judge(
    database: Database,
    emulator: RunningEmulator,
    tapped: Mapping[str, float],
    session_id: int,
    rush: Rush,
) -> dict[str, Any]:
    until = time.monotonic() + 10
    while not all((took := _replies(emulator, tapped)).values()) and time.monotonic() < until:
        time.sleep(0.2)  # the last reply may still be on the wire when nothing waits any more
    with database.reading() as db:
        seated, waiting, in_order = seats_and_line(db, session_id)
    times = sorted(one[0] for one in took.values() if one)
    answers = Counter(len(one) for one in took.values())
    once = answers == {1: rush.people}
    is_right = once and in_order and seated == rush.seats and waiting == rush.people - seated
    return {
        "engine": "sqlite" if database.is_sqlite else "postgresql",
        "people": rush.people,
        "seated": seated,
        "waiting": waiting,
        "line_in_order": in_order,
        "answered_once": answers[1],
        "p50_ms": round(times[len(times) // 2], 1) if times else None,
        "p95_ms": round(times[min(len(times) - 1, len(times) * 95 // 100)], 1) if times else None,
        "load": round(os.getloadavg()[0], 1),
        "right": bool(is_right),
    }


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
