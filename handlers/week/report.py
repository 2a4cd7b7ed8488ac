"""The week's report: one page with pictures and the tables behind them, and a few lines to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.speech import dates
from bot.speech.texts import Voice
from handlers.week.gathering import Table
from handlers.week.judging import Judged
from handlers.week.playing import QUOTA, Played
from handlers.week.script import DAYS, Script

_ENDINGS = 5
"""Columns of the rates after the first that say how questions ended."""
_WIDE, _HIGH, _LEFT, _BELOW = 560, 200, 48, 28


@dataclass(frozen=True, slots=True)
class Week:
    """All that the report tells."""

    script: Script
    monday: date
    played: Played
    judged: Judged
    rates: Table
    seats: Table
    took: float
    semantic: str

    @property
    def is_good(self) -> bool:
        """True when every promise was kept and every step went as written."""
        return self.judged.is_good and not self.played.misses


@dataclass(frozen=True, slots=True)
class Bar:
    """One column of a picture, in pixels."""

    label: str
    number: int
    x: float
    y: float
    width: float
    height: float


def page(week: Week, voice: Voice) -> str:
    """The report as one HTML file that needs nothing beside it."""
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    held = len(week.script.held_back)
    evenings = [(DAYS[day], right) for day, right in week.played.evenings]
    names = {person.key: person.name for person in week.script.people.values()}
    return templates.get_template("report.html").render(
        say=voice.say,
        about=about(week, voice),
        answered=answered(week, voice),
        week=week,
        learning=bars(evenings, held),
        held=held,
        asked=bars(_by_day(week.rates), None),
        rates=shares(week.rates),
        quota=QUOTA,
        names=names,
        wide=_WIDE,
        high=_HIGH + _BELOW,
        left=_LEFT,
        bottom=_HIGH,
    )


def lines(week: Week, voice: Voice) -> list[str]:
    """The report for the terminal."""
    judged, played = week.judged, week.played
    held = len(week.script.held_back)
    said = [
        voice.say("week.title"),
        about(week, voice),
        answered(week, voice),
        *(f"  {name}: {count} {share}".rstrip() for name, count, share in shares(week.rates)),
        voice.say(
            "week.learnt",
            evenings=" → ".join(f"{DAYS[day]} {right}/{held}" for day, right in played.evenings),
        ),
        *_courses(week.seats, voice),
        *(
            voice.say(
                "week.reached",
                what=one.what,
                should=one.should,
                missed=len(one.missed),
                unasked=len(one.unasked),
            )
            for one in judged.reached
        ),
        voice.say("week.sent", ways=_ways(judged), used=judged.used, most=QUOTA),
        *(
            voice.say("week.trouble", when=one.when, what=one.what, seconds=_seconds(one.seconds))
            for one in played.troubles
        ),
        voice.say("week.speed", ack=round(judged.slowest_ack), reply=round(judged.slowest_reply)),
        voice.say("week.kept", lost=len(judged.lost), doubled=len(judged.doubled)),
    ]
    said += [
        voice.say("week.missed", when=one.when, who=one.who, why=one.why) for one in played.misses
    ]
    return said


def shares(rates: Table) -> list[tuple[str, int, str]]:
    """What became of the questions, with its part of all of them; what people felt, with its part
    of those answered at once or chosen."""
    names = rates.heading[2:]
    if not names:
        return []
    counts = [rates.total(name) for name in names]
    wholes = [0, *[counts[0]] * _ENDINGS, *[sum(counts[1:3])] * (len(names) - 1 - _ENDINGS)]
    told = (
        f"{100 * n / whole:.0f}%" if whole else "" for n, whole in zip(counts, wholes, strict=True)
    )
    return list(zip(names, counts, told, strict=True))


def about(week: Week, voice: Voice) -> str:
    """Who lived through which week, and how long that took."""
    return voice.say(
        "week.about",
        day=dates.say_day(week.monday),
        people=len(week.script.people),
        steps=week.played.steps,
        seconds=round(week.took),
    )


def answered(week: Week, voice: Voice) -> str:
    """By what means questions were answered."""
    return voice.say("week.words_alone" if week.semantic == "off" else "week.with_meaning")


def _courses(seats: Table, voice: Voice) -> list[str]:
    """The courses that somebody booked or waited for."""
    blanks = {"seats": 3, "booked": 4, "came": 5, "away": 6, "waited": 8}
    return [
        voice.say(
            "week.course", title=row[0], **{name: int(row[at]) for name, at in blanks.items()}
        )
        for row in seats.rows
        if any(int(row[at]) for at in (4, 5, 6, 8))
    ]


def bars(given: Sequence[tuple[str, int]], most: int | None) -> list[Bar]:
    """Columns from zero up to `most`, or to the highest of them."""
    top = max(most or 0, 1, *(number for _, number in given), 1)
    step = (_WIDE - _LEFT) / max(1, len(given))
    return [
        Bar(
            label,
            number,
            round(_LEFT + place * step + step * 0.2, 1),
            round(_HIGH - (_HIGH - 20) * number / top, 1),
            round(step * 0.6, 1),
            round((_HIGH - 20) * number / top, 1),
        )
        for place, (label, number) in enumerate(given)
    ]


def _by_day(rates: Table) -> list[tuple[str, int]]:
    return [(DAYS[place % 7], int(row[2] or 0)) for place, row in enumerate(rates.rows)]


def _ways(judged: Judged) -> str:
    return "、".join(f"{way} {count}" for way, count in judged.sent.items())


def _seconds(seconds: float | None) -> Any:
    return "–" if seconds is None else f"{seconds:.1f}"
