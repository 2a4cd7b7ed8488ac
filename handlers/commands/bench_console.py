"""`madoguchi bench console`: fifty staff at work over a city's log, page by page."""

import argparse
import http.client
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from handlers.commands.ordeal import Program, free_port, readiness, wait_until
from handlers.commands.torture import carry_out, fresh_settings

_START_WITHIN = 300.0
_RAMP = 5.0


@dataclass(frozen=True, slots=True)
class Page:
    """A page as staff open it: how often among the others, and what it is held to."""

    name: str
    path: str
    weight: int = 1
    is_search: bool = False


@dataclass(slots=True)
class Times:
    """Milliseconds of each answer by page, and answers that were none."""

    taken: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, name: str, milliseconds: float) -> None:
        """One answer; called from many threads."""
        with self._lock:
            self.taken.setdefault(name, []).append(milliseconds)

    def of(self, names: Sequence[str]) -> list[float]:
        """All answers of these pages."""
        return sorted(ms for name in names for ms in self.taken.get(name, ()))


class Clerk:
    """One signed-in person's browser over a connection that is kept."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": f"madoguchi={token}"}

    def get(self, path: str) -> tuple[int, str]:
        """Status and page."""
        return self._ask("GET", path, None, {})

    def post(self, path: str, fields: Mapping[str, str]) -> tuple[int, str]:
        """The same for a form, with the origin that a browser names."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(fields), {**kind, "Sec-Fetch-Site": "same-origin"})

    def _ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[int, str]:
        try:
            self._connection.request(method, path, body, {**self._headers, **headers})
            answer = self._connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()  # a kept connection may have ended; the next ask opens anew
            return 0, ""


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Fills a database, serves it, lets staff work and prints one JSON object on stdout.

    DATABASE_URL may name an empty database; else an SQLite file of its own is made. Each of the
    staff opens a page, reads for `--think` seconds on average, and goes on. The two pages that
    ask the engine many times are measured one at a time afterwards. 1 when a page failed.
    """
    asked = _parse(args)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = environ.get("DATABASE_URL") or f"sqlite:///{folder}/madoguchi.db"
        settings = {**environ, **fresh_settings(url, Path(folder))}
        settings["LINE_API_BASE_URL"] = "http://127.0.0.1:9"
        carry_out(settings, ["migrate"])
        filled = _fill(settings, asked)
        port = free_port()
        stack.callback(Program("wsgi", ["serve", "--port", str(port)], settings).kill)
        wait_until(lambda: readiness(port), _START_WITHIN, "the product did not start")
        times = Times()
        _visit_each(port, filled.tokens[0], _pages(filled.group, filled.question))
        _work(port, filled.tokens, _pages(filled.group, filled.question), asked, times)
        single = _one_at_a_time(port, filled.tokens[0], filled.group, times)
    print(json.dumps(_figures(asked, url, times, single), ensure_ascii=False))
    return 1 if times.faults else 0


def _parse(args: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="madoguchi bench console")
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=5_000)
    parser.add_argument("--staff", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=10, help="seconds between two pages")
    return parser.parse_args(args)


@dataclass(frozen=True, slots=True)
class _Filled:
    tokens: Sequence[str]
    group: int
    question: int


def _fill(settings: Mapping[str, str], asked: argparse.Namespace) -> _Filled:
    from bot.db import Database
    from bot.sealing import Sealer
    from bot.settings import read
    from handlers.commands import bench_city

    known = read(settings)
    assert known.lookup_key is not None
    database = Database(known.database_url)
    sealer = Sealer(known.data_keys, known.lookup_key)
    try:
        bench_city.fill(database, questions=asked.questions, entries=asked.entries)
        tokens = bench_city.sign_in(database, sealer, asked.staff)
        return _Filled(tokens, bench_city.largest_group(database), asked.questions // 2)
    finally:
        database.close()


def _pages(group: int, question: int) -> tuple[Page, ...]:
    def search(name: str, path: str) -> Page:
        return Page(name, path, is_search=True)

    return (
        Page("today", "", 4),
        Page("unanswered", "unanswered", 4),
        Page("group", f"unanswered/{group}", 4),
        Page("new answer", f"unanswered/{group}/new", 1),
        Page("knowledge", "knowledge", 2),
        Page("entry", "knowledge/faq/e7", 2),
        Page("edit", "knowledge/faq/e7/edit", 1),
        Page("log", "log", 2),
        Page("story", f"log/{question}", 1),
        Page("rates", "rates", 1),
        Page("rates, 3 months", f"rates?since={_days_ago(91)}", 1),
        Page("most asked, 3 months", f"rates/most?since={_days_ago(91)}", 1),
        search("everything searched", f"search?q={quote('住民票')}"),
        search("log searched", f"log?q={quote('住民票 郵送')}"),
        search("log searched in vain", f"log?q={quote('どこにもない言葉')}"),
        search("log by district", f"log?district={quote('常磐')}"),
        search("unanswered searched", f"unanswered?q={quote('住民票')}"),
        search("knowledge searched", f"knowledge?q={quote('住民票')}"),
        search("counter", f"counter?q={quote('住民票の写しがほしい')}"),
    )


def _days_ago(days: int) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def _visit_each(port: int, token: str, pages: Sequence[Page]) -> None:
    """Each page once, uncounted: templates are read and the engine is made at the first asking."""
    clerk = Clerk(port, token)
    for page in pages:
        clerk.get(f"/console/{page.path}")


def _work(
    port: int,
    tokens: Sequence[str],
    pages: Sequence[Page],
    asked: argparse.Namespace,
    times: Times,
) -> None:
    until = time.monotonic() + _RAMP + asked.seconds
    bag = [page for page in pages for _ in range(page.weight)]

    def work(number: int, token: str) -> None:
        chance = random.Random(number)  # noqa: S311 (the same walk each time)
        clerk = Clerk(port, token)
        time.sleep(chance.uniform(0, min(asked.think, _RAMP)))
        while time.monotonic() < until:
            page = chance.choice(bag)
            _timed(clerk, page, times)
            time.sleep(chance.uniform(0.5, 1.5) * asked.think)

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(tokens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _timed(clerk: Clerk, page: Page, times: Times) -> None:
    began = time.perf_counter()
    status, _ = clerk.get(f"/console/{page.path}")
    times.keep(page.name, (time.perf_counter() - began) * 1000)
    if status != 200:
        times.faults.append(f"{page.name}: {status}")


def _one_at_a_time(port: int, token: str, group: int, times: Times) -> dict[str, list[float]]:
    """A look before publishing, with regressions, and the test box of knowledge."""
    clerk = Clerk(port, token)
    taken: dict[str, list[float]] = {"look before publishing": [], "test box": []}
    _, form = clerk.get("/console/knowledge/faq/e7/edit")
    fields = dict(_fields(form), tried="住民票の写しを郵送でほしい")
    for _ in range(10):
        began = time.perf_counter()
        status, _ = clerk.get(f"/console/unanswered/{group}/with/e7")
        taken["look before publishing"].append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        tried, _ = clerk.post("/console/knowledge/try/faq?part=tried", fields)
        taken["test box"].append((time.perf_counter() - began) * 1000)
        if (status, tried) != (200, 200):
            times.faults.append(f"one at a time: {status}, {tried}")
    return {name: sorted(held) for name, held in taken.items()}


def _fields(page: str) -> Iterator[tuple[str, str]]:
    form = page.partition('id="edit"')[2].partition("</form>")[0]
    yield from re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)
    yield from re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S)


def _figures(
    asked: argparse.Namespace, url: str, times: Times, single: Mapping[str, list[float]]
) -> dict[str, object]:
    every = _pages(0, 0)
    pages = [page.name for page in every if not page.is_search]
    searches = [page.name for page in every if page.is_search]
    return {
        "engine": url.partition(":")[0].partition("+")[0],
        "questions": asked.questions,
        "entries": asked.entries,
        "staff": asked.staff,
        "opened": sum(map(len, times.taken.values())),
        "page_p95_ms": _at(times.of(pages), 0.95),
        "search_p95_ms": _at(times.of(searches), 0.95),
        "p95_ms": {name: _at(sorted(held), 0.95) for name, held in sorted(times.taken.items())},
        "single_p95_ms": {name: _at(held, 0.95) for name, held in single.items()},
        "faults": times.faults[:20],
        "load": round(os.getloadavg()[0], 1),
    }


def _at(taken: Sequence[float], share: float) -> float | None:
    return round(taken[min(len(taken) - 1, int(len(taken) * share))], 1) if taken else None


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
