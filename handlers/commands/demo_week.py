"""`madoguchi demo --week`: performs a city's week in a running town and writes its report."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import content
from bot.city import City, Opening
from bot.emulator.civil_clock import CivilClock
from bot.speech.texts import Voice
from handlers.week import outcome, report
from handlers.week.browser import Lost
from handlers.week.gathering import Table, rates, seats
from handlers.week.judging import Judged, judge
from handlers.week.playing import Week, is_signed_in, sign_in
from handlers.week.script import Script, read
from handlers.week.town import Town

JAPAN = ZoneInfo("Asia/Tokyo")
LOG = "MADOGUCHI_DEMO_LOG"
"""Names the file that the demo's programs write their logs to, if not to the terminal."""
_BAR = 30


def fresh_folder(place: Path) -> Path:
    """Where the week is kept; it begins with nothing of the last one."""
    folder = place / "week"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def settings(environ: Mapping[str, str], held: Mapping[str, str]) -> dict[str, str]:
    """Settings of the week beside the demo's: words alone answer unless meaning is asked for, so
    that two weeks on two machines are alike, and the programs' logs go to a file."""
    return {
        "MADOGUCHI_SEMANTIC": environ.get("MADOGUCHI_SEMANTIC") or "off",
        LOG: str(Path(held["MADOGUCHI_VAR"]).resolve() / "product.log"),
    }


def set_clock(file: Path, now: datetime) -> datetime:
    """Sets the demo's clock, before anything runs, to the Monday that it returns."""
    monday = plain_monday(now, City.from_toml(content.toml("city.toml")).opening)
    CivilClock(file).move_to(monday, now)
    return monday


def plain_monday(now: datetime, opening: Opening) -> datetime:
    """0:00 in Japan of the next Monday that begins two weeks without a holiday.

    Sample classes stand on the same days in every such week.
    """
    today = now.astimezone(JAPAN).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today + timedelta(days=7 - today.weekday())
    work = [day for day in range(14) if day % 7 < 5]
    while not all(opening.is_working_day((monday + timedelta(days=d)).date()) for d in work):
        monday += timedelta(days=7)
    return monday


def perform(
    town: Town, voice: Voice, monday: datetime, folder: Path, parts: Collection[str] = ()
) -> bool:
    """Plays the week of `content/week`, or these parts of it; writes `week.html` and `week.json`.

    True when nothing was lost or doubled, exactly those were told who should be, at their time,
    and every step went as the script says.
    """
    files = sorted((content.folder() / "week").glob("*.toml"))
    script = read([content.toml(f"week/{file.name}") for file in files])
    if parts:
        script = script.only(parts)
    print(voice.say("week.playing", chat=town.emulator), flush=True)
    began = time.monotonic()
    week = Week(script, town, monday, _progress(sys.stdout.isatty()))
    played = week.play()
    whole = report.Week(
        script=script,
        monday=monday.date(),
        played=played,
        judged=_judged(town, week),
        **_tables(week, script, voice, monday.date()),
        took=time.monotonic() - began,
        semantic=os.environ.get("MADOGUCHI_SEMANTIC") or "off",
    )
    file = folder / "week.html"
    file.write_text(report.page(whole, voice), encoding="utf-8")
    (folder / "week.json").write_text(outcome.written(whole), encoding="utf-8")
    print("\n".join(report.lines(whole, voice)), flush=True)
    print(voice.say("week.report_at", file=file), flush=True)
    return whole.is_good


def _judged(town: Town, week: Week) -> Judged:
    chats = {
        one["key"]: town.look(f"chat/{one['key']}?since=0")["messages"]
        for one in town.look("residents")["residents"]
    }
    entries = town.look("log")["entries"]
    return judge(week.played.events, entries, chats, week.awaited(), week.played.heard)


def _tables(week: Week, script: Script, voice: Voice, monday: date) -> dict[str, Table]:
    """What staff read in the console; a table that is not to be had is a miss of the week."""
    sunday, month = monday + timedelta(days=6), monday + timedelta(days=27)
    reader = next(one for one in script.people.values() if one.writes == "figures")
    browser = week.browser(reader.key)
    wanted: dict[str, Callable[[], Table]] = {
        "rates": lambda: rates(browser, monday, sunday, voice.say("console_log.export")),
        "seats": lambda: seats(browser, monday, month, voice.say("console_classes.csv")),
    }
    found = dict.fromkeys(wanted, Table((), ()))
    try:
        browser.open("/console/")
        if not is_signed_in(browser):
            sign_in(browser, reader)
        for name, fetch in wanted.items():
            found[name] = fetch()
    except Lost as lost:
        week.note(reader.key, str(lost))
    return found


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
