"""Starts the emulator as a process of its own and waits until it answers, for demo and tests."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class RunningEmulator:
    """An emulator in another process. `url` has no slash at its end; `stop` may be called twice."""

    url: str
    process: "subprocess.Popen[str]"

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def post(self, path: str, body: Json | None = None) -> Json:
        """Orders something of the control API: `post("say", {"resident": "r74", "text": "…"})`."""
        return ask(self.url, "POST", f"/_emulator/{path}", body or {})

    def get(self, path: str) -> Json:
        return ask(self.url, "GET", f"/_emulator/{path}")

    def delete(self, path: str) -> Json:
        return ask(self.url, "DELETE", f"/_emulator/{path}")

    def __enter__(self) -> "RunningEmulator":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Refused(Exception):
    """The control API said no; the words say why."""


def start(
    *,
    webhook_url: str,
    channel_secret: str,
    channel_token: str,
    port: int = 0,
    product_url: str = "",
    clock_file: Path | None = None,
    log_file: Path | None = None,
    data_dir: Path | None = None,
    latency_ms: float = 0.0,
    more: Sequence[str] = (),
    seconds: float = 20.0,
) -> RunningEmulator:
    """Starts on `port` (0: a free one); RuntimeError when it is not ready within `seconds`.

    `more` holds further arguments of the command line, e.g. ("--reply-token-seconds", "2").
    """
    asked = {
        "--port": port,
        "--webhook": webhook_url,
        "--channel-secret": channel_secret,
        "--channel-token": channel_token,
        "--latency-ms": latency_ms,
        "--product-url": product_url,
        "--clock-file": clock_file,
        "--log-file": log_file,
        "--data-dir": data_dir,
    }
    said = [f"{name}={value}" for name, value in asked.items() if value not in (None, "")]
    return _run([*said, *more], time.monotonic() + seconds)


def _run(arguments: Sequence[str], until: float) -> RunningEmulator:
    process = subprocess.Popen(  # noqa: S603 (our own program)
        [sys.executable, "-m", "handlers.emulator", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    )
    line = process.stdout.readline() if process.stdout else ""
    if "ready at " not in line:
        process.kill()
        process.wait(5)
        raise RuntimeError(f"the emulator did not start (exit status {process.returncode})")
    running = RunningEmulator(line.split("ready at ")[1].strip().rstrip("/"), process)
    _wait(running, until)
    return running


def _wait(running: RunningEmulator, until: float) -> None:
    while True:
        try:
            running.get("state")
            return
        except OSError:
            if time.monotonic() > until or running.process.poll() is not None:
                running.stop()
                raise RuntimeError("the emulator does not answer") from None
            time.sleep(0.05)


def ask(url: str, method: str, path: str, body: Json | None = None) -> Json:
    """One JSON request; Refused when the answer is not 2xx."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=90)
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer: Json = json.loads(response.read() or b"{}")
        if response.status >= 300:
            raise Refused(answer.get("error", f"status {response.status}"))
        return answer
    finally:
        connection.close()
