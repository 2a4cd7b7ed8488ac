"""Starts `madoguchi demo` as a newcomer would, on ports of its own, and stops it again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Demonstration:
    """A running demo: where the product and the chat are."""

    product: str
    chat: str
    started_in: float
    log: Path

    def order(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Calls the emulator's control API; without a body it reads."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.chat}_emulator/{path}",
            data=data,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            read: dict[str, Any] = json.loads(answer.read())
        return read


def free_pair() -> int:
    """A port that is free together with the next one.

    Test processes that run side by side choose from ranges of their own: a demo takes its ports
    some seconds after they were chosen.
    """
    first = 7000 + 100 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in range(first, first + 100, 2):
        with socket.socket() as one, socket.socket() as two:
            if all(s.connect_ex(("127.0.0.1", p)) for s, p in ((one, port), (two, port + 1))):
                return port
    raise RuntimeError("no two free ports")


@contextmanager
def demonstration(folder: Path, *, semantic: str = "off") -> Iterator[Demonstration]:
    """The demo with its records in `folder`; ends with Ctrl-C, which must stop everything."""
    port = free_pair()
    environ = {
        **os.environ,
        "MADOGUCHI_VAR": str(folder),
        "MADOGUCHI_SEMANTIC": semantic,
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "demo.log"
    began = time.monotonic()
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "wsgi", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environ,
            stdout=written,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while "Ctrl-C" not in log.read_text(encoding="utf-8"):
                said = log.read_text(encoding="utf-8")
                assert process.poll() is None, said
                assert time.monotonic() - began < 90, said
                time.sleep(0.05)
            yield Demonstration(
                f"http://127.0.0.1:{port}/",
                f"http://127.0.0.1:{port + 1}/",
                time.monotonic() - began,
                log,
            )
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(40) == 0, log.read_text(encoding="utf-8")
