"""Floods, stalls and kills the product while an emulated platform watches."""

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from handlers.commands.verdict import Verdict, judge
from handlers.emulator.launch import RunningEmulator


class Program:
    """A program of ours with all its processes, which can be killed as by a power cut."""

    def __init__(
        self, module: str, args: Sequence[str], environ: Mapping[str, str], *, quiet: bool = False
    ) -> None:
        self._command = [sys.executable, "-m", module, *args]
        self._environ = dict(environ)
        self._out = subprocess.DEVNULL if quiet else None
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(  # noqa: S603 (our own program)
            self._command, env=self._environ, stdout=self._out, start_new_session=True
        )

    def kill(self) -> None:
        """Ends every process of the program at once; nothing is tidied up."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> None:
        """Kills and starts again."""
        self.kill()
        self.process = self._start()

    def stop(self, seconds: float = 40) -> int:
        """Asks the program to end in order; its exit status."""
        self.process.terminate()
        try:
            return self.process.wait(seconds)
        finally:
            self.kill()


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard it gets. Rates are a second; probabilities are of each delivery or call."""

    seconds: float = 10
    rate: float = 20
    residents: int = 40
    kill_every: float = 1.5
    redelivery: float = 0.2
    busy: float = 0.03
    broken: float = 0.03
    cut_after_accept: float = 0.05
    slow_after_accept: float = 0.01
    settle: float = 60
    seed: int = 8


@dataclass(slots=True)
class Ordeal:
    """One run: `programs` are killed in turn by chance; `port` tells how much is waiting."""

    emulator: RunningEmulator
    programs: Sequence[Program]
    port: int
    plan: Plan
    asked: dict[str, str] = field(default_factory=dict)
    kills: list[datetime] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> Verdict:
        """Asks and kills for `plan.seconds`, waits until all is quiet, and judges."""
        chance = random.Random(self.plan.seed)  # noqa: S311 (a coin for tests, not a secret)
        self._order_faults()
        killer = threading.Thread(target=self._kill_now_and_then, args=(chance,), daemon=True)
        killer.start()
        self._ask(random.Random(self.plan.seed + 1))  # noqa: S311
        self._over.set()
        killer.join()
        # The faults stay until all is quiet: on a slow machine most replies go out only now.
        wait_until_quiet(self.emulator, self.port, self.plan.settle)
        self.emulator.delete("faults")
        entries = self.emulator.get("log")["entries"]
        return judge(self.asked, entries, self.kills)

    def _order_faults(self) -> None:
        plan = self.plan
        for kind, probability, seconds in (
            ("duplicate-webhook", plan.redelivery, 0.0),
            ("429", plan.busy, 0.0),
            ("500", plan.broken, 0.0),
            ("reset", plan.broken, 0.0),
            ("reset-after-accept", plan.cut_after_accept, 0.0),
            ("timeout-after-accept", plan.slow_after_accept, 6.0),
        ):
            if probability:
                where = {} if kind == "duplicate-webhook" else {"endpoint": "reply"}
                order = {"kind": kind, "probability": probability, "seconds": seconds}
                self.emulator.post("faults", order | where)

    def _ask(self, chance: random.Random) -> None:
        made = self.emulator.post("residents", {"count": self.plan.residents, "prefix": "t"})
        began = time.monotonic()
        number = 0
        while (now := time.monotonic() - began) < self.plan.seconds:
            if number > now * self.plan.rate:
                time.sleep(0.005)
                continue
            resident = chance.choice(made["user_ids"])
            said = self.emulator.post("say", {"resident": resident, "text": f"{number}?"})
            self.asked[said["event_id"]] = resident
            number += 1

    def _kill_now_and_then(self, chance: random.Random) -> None:
        while self.plan.kill_every and not self._over.wait(
            self.plan.kill_every * chance.uniform(0.5, 1.5)
        ):
            self.kills.append(datetime.now(UTC))
            chance.choice(self.programs).restart()


def wait_until_quiet(emulator: RunningEmulator, port: int, seconds: float) -> bool:
    """True when nothing is on its way any more in the platform or the product."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ready = readiness(port)
        quiet = ready is not None and not any(
            ready.get(name) is not None
            for name in ("oldest_event_seconds", "oldest_parcel_seconds")
        )
        if quiet and not emulator.get("state")["waiting"]:
            return True
        time.sleep(0.2)
    return False


def readiness(port: int) -> dict[str, Any] | None:
    """What `/readyz` says, or None when the product does not answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        said: dict[str, Any] = json.loads(answer.read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    return said if answer.status == 200 else None


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Raises RuntimeError naming `what` when the condition does not come true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise RuntimeError(what)
        time.sleep(0.05)


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def log_lines(file: Path) -> list[dict[str, Any]]:
    """The platform's log from its file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
