"""The running town: the product's program, the emulated platform, and the clock between them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.commands.ordeal import readiness
from handlers.emulator import launch

START_WITHIN = 120.0


@dataclass(slots=True)
class Town:
    """What is played in. `start` starts the product as a program of its own."""

    port: int
    emulator: str
    product: "subprocess.Popen[bytes]"
    start: Callable[[], "subprocess.Popen[bytes]"]

    @property
    def address(self) -> str:
        """The product's own address, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def order(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Orders something of the platform's control API."""
        return launch.ask(self.emulator, "POST", f"/_emulator/{path}", body)

    def look(self, path: str) -> dict[str, Any]:
        """Reads something of it."""
        return launch.ask(self.emulator, "GET", f"/_emulator/{path}")

    def withdraw_faults(self) -> None:
        """The platform is well again."""
        launch.ask(self.emulator, "DELETE", "/_emulator/faults")

    def move_to(self, moment: datetime) -> None:
        """Moves civil time, which never goes back."""
        self.order("clock", {"at": moment.isoformat()})

    def cut_power(self) -> float:
        """Kills every process of the product and starts it again; seconds until it is ready."""
        began = time.monotonic()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.product.pid, signal.SIGKILL)
        self.product.wait(10)
        self.product = self.start()
        self.until(lambda: readiness(self.port) is not None, START_WITHIN)
        return time.monotonic() - began

    def settle(self, seconds: float = 60.0) -> float:
        """Waits until nothing is on its way in the product or the platform; how long it took."""
        began = time.monotonic()
        self.until(self._is_quiet, seconds)
        return time.monotonic() - began

    @staticmethod
    def until(condition: Callable[[], bool], seconds: float) -> bool:
        """Waits for the condition; False when it did not come true in time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                return False
            time.sleep(0.03)
        return True

    def _is_quiet(self) -> bool:
        ready = readiness(self.port)
        ages = ("oldest_event_seconds", "oldest_parcel_seconds")
        is_idle = ready is not None and all(ready.get(name) is None for name in ages)
        return is_idle and not self.look("state")["waiting"]
