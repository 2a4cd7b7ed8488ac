"""`madoguchi bench reply`: from a resident's message to the reply at the platform."""

import argparse
import json
import os
import random
import sys
import tempfile
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import content
from handlers.commands.ordeal import Program, free_port, readiness, wait_until, wait_until_quiet
from handlers.commands.torture import carry_out, fresh_settings, platform
from handlers.emulator.launch import RunningEmulator

_START_WITHIN = 120.0


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Asks the seeded product at a steady rate and times each reply; one JSON object on stdout.

    The platform answers every call after `--latency-ms`. MADOGUCHI_SEMANTIC decides whether
    meaning is used. 1 when a question was not answered.
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench reply")
    parser.add_argument("--rate", type=float, default=50, help="messages a second")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--latency-ms", type=float, default=30)
    asked = parser.parse_args(args)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        port = free_port()
        settings = {
            **environ,
            **fresh_settings(f"sqlite:///{folder}/madoguchi.db", Path(folder)),
            "MADOGUCHI_SEMANTIC": environ.get("MADOGUCHI_SEMANTIC") or "auto",
        }
        emulator = stack.enter_context(platform(settings, port, latency_ms=asked.latency_ms))
        carry_out(settings, ["migrate"], ["seed"])
        stack.callback(Program("wsgi", ["serve", "--port", str(port)], settings).kill)
        wait_until(lambda: readiness(port), _START_WITHIN, "the product did not start")
        _ask(emulator, 5, 10)
        wait_until_quiet(emulator, port, 60)
        asked_at = _ask(emulator, asked.seconds, asked.rate)
        wait_until_quiet(emulator, port, 60)
        took = _times(emulator, asked_at)
    print(json.dumps(_figures(asked.rate, len(asked_at), took, settings["MADOGUCHI_SEMANTIC"])))
    return 0 if len(took) == len(asked_at) else 1


def _ask(emulator: RunningEmulator, seconds: float, rate: float) -> dict[str, float]:
    wordings = _wordings()
    chance = random.Random(50)  # noqa: S311 (the same questions each time)
    asked_at: dict[str, float] = {}
    began = time.time()
    for number in range(int(seconds * rate)):
        time.sleep(max(0.0, began + number / rate - time.time()))
        resident = f"t{chance.randrange(200)}"
        sent = time.time()
        said = emulator.post("say", {"resident": resident, "text": chance.choice(wordings)})
        asked_at[said["event_id"]] = sent
    return asked_at


def _wordings() -> list[str]:
    found = []
    for file in sorted((content.folder() / "faq").glob("*.toml")):
        held = tomllib.loads(file.read_text(encoding="utf-8"))
        found += [words for entry in held["entry"] for words in entry.get("wordings", ())]
    return found


def _times(emulator: RunningEmulator, asked_at: Mapping[str, float]) -> list[float]:
    from datetime import datetime

    took = []
    for entry in emulator.get("log?kind=api")["entries"]:
        sent = asked_at.get(entry.get("event_id") or "")
        if sent is not None and entry["endpoint"] == "reply" and entry["verdict"] == "accepted":
            took.append((datetime.fromisoformat(entry["at"]).timestamp() - sent) * 1000)
    return sorted(took)


def _figures(rate: float, asked: int, took: list[float], semantic: str) -> dict[str, object]:
    def at(share: float) -> float:
        return round(took[min(len(took) - 1, int(len(took) * share))], 1)

    figures = {"p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)} if took else {}
    return {"rate": rate, "asked": asked, "answered": len(took), "semantic": semantic, **figures}


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
