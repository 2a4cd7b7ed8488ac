"""`madoguchi demo --week`: performs a city's week in a running town and writes its report."""

import shutil
import sys
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import content
from bot.emulator.civil_clock import CivilClock
from bot.speech.texts import Voice
from handlers.week import gathering, report
from handlers.week.judging import judge
from handlers.week.playing import Week, sign_in
from handlers.week.script import Script, read
from handlers.week.town import Town

JAPAN = ZoneInfo("Asia/Tokyo")
_BAR = 30


def fresh_folder(place: Path) -> Path:
    """Where the week is kept; it begins with nothing of the last one."""
    folder = place / "week"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def set_clock(file: Path, now: datetime) -> datetime:
    """Sets the demo's clock, before anything runs, to the Monday that it returns."""
    monday = next_monday(now)
    CivilClock(file).move_to(monday, now)
    return monday


def next_monday(now: datetime) -> datetime:
    """0:00 in Japan of the Monday after `now`."""
    today = now.astimezone(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def perform(town: Town, voice: Voice, monday: datetime, file: Path) -> bool:
    """Plays the week of `content/week.toml` and writes the report to `file`.

    True when nothing was lost or doubled, everyone was reached who should be, and every step went
    as the script says.
    """
    files = sorted((content.folder() / "week").glob("*.toml"))
    script = read([content.toml(f"week/{file.name}") for file in files])
    began = time.monotonic()
    week = Week(script, town, monday, _progress(sys.stdout.isatty()))
    played = week.play()
    took = time.monotonic() - began
    chats = {
        one["key"]: town.look(f"chat/{one['key']}?since=0")["messages"]
        for one in town.look("residents")["residents"]
    }
    judged = judge(played.events, town.look("log")["entries"], chats, script.reaches)
    first, last = monday.date(), (monday + timedelta(days=6)).date()
    figures = _figures(week, script, voice)
    rates = gathering.rates(figures, first, last, voice.say("console_log.export"))
    seats = gathering.seats(figures)
    whole = report.Week(script, played, judged, rates, seats, took)
    file.write_text(report.page(whole, voice), encoding="utf-8")
    print("\n".join(report.lines(whole, voice)), flush=True)
    print(voice.say("week.report_at", file=file), flush=True)
    return whole.is_good


def _figures(week: Week, script: Script, voice: Voice) -> Any:
    """The browser of the person who reads figures, freshly signed in."""
    reader = next(one for one in script.people.values() if one.writes == "figures")
    browser = week.browser(f"{reader.key} reads")
    sign_in(browser, reader)
    return browser


def _progress(is_terminal: bool) -> Callable[[int, int, str], None]:
    told: Mapping[str, list[str]] = {"day": [""]}

    def tell(done: int, whole: int, when: str) -> None:
        if is_terminal:
            full = _BAR * done // max(1, whole)
            bar = "█" * full + "░" * (_BAR - full)
            print(f"\r{bar} {done}/{whole} {when:8}", end="" if done < whole else "\n", flush=True)
        elif when[:1] != told["day"][0]:
            told["day"][0] = when[:1]
            print(f"{done}/{whole} {when}", flush=True)

    return tell
