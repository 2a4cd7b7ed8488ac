"""How long something takes, judged fairly on a machine that others may be at work on."""

import math
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.flows.console_at_work import Browser

TIMES = 20


@dataclass(frozen=True)
class Page:
    """A page, the seconds it may take, and how often it is asked for."""

    path: str
    most: float
    times: int = TIMES


def is_busy() -> bool:
    """More is waiting to be computed than there are processors; this test is one of it."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def late(browser: Browser, engine: str, pages: Sequence[Page]) -> list[str]:
    """Of the pages those that took too long."""
    return [one for page in pages for one in _late(browser, engine, page)]


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """What stands inside takes no longer, measured once."""
    started, computed = time.perf_counter(), time.process_time()
    yield
    took, computed = time.perf_counter() - started, time.process_time() - computed
    print(f"{what}: {took * 1000:.0f} ms, computing {computed * 1000:.0f} ms")
    assert _judged(took, computed) <= seconds


def _late(browser: Browser, engine: str, page: Page) -> list[str]:
    took, computed = _ninety_fifth(browser, page)
    name = f"{engine} /console/{page.path}"
    print(f"{name}: p95 {took * 1000:.0f} ms, computing {computed * 1000:.0f} ms")
    judged = _judged(took, computed)
    return [f"{page.path}: {judged * 1000:.0f} ms"] if judged > page.most else []


def _ninety_fifth(browser: Browser, page: Page) -> tuple[float, float]:
    """Seconds within which 95 of 100 answers came (of fewer than 20: every one), and the seconds
    of computing for one."""
    took = []
    computed = time.process_time()
    for _ in range(page.times):
        started = time.perf_counter()
        assert browser.get(f"/console/{page.path}").status_code == 200
        took.append(time.perf_counter() - started)
    computed = time.process_time() - computed
    return sorted(took)[math.ceil(page.times * 0.95) - 1], computed / page.times


def _judged(took: float, computed: float) -> float:
    # A machine that is busy otherwise says nothing of the time on the wall.
    return computed if is_busy() else took
