"""The week's report: one page with pictures and the tables behind them, and a few lines to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.speech import dates
from bot.speech.texts import Voice
from handlers.week.gathering import Table
from handlers.week.judging import Judged, Reached
from handlers.week.playing import QUOTA, Played, Trouble
from handlers.week.script import DAYS, Script

_ENDINGS = 5
"""Columns of the rates after the first that say how questions ended."""
_WIDE, _HIGH, _ABOVE, _BELOW = 560, 200, 32, 28
_COURSE = {"seats": 3, "booked": 4, "came": 5, "away": 6, "waited": 8}
"""Columns of the console's figures of classes that the report shows beside the title."""


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

    @property
    def courses(self) -> list[tuple[str, ...]]:
        """The courses that somebody booked or waited for."""
        places = [at for name, at in _COURSE.items() if name != "seats"]
        return [row for row in self.seats.rows if any(int(row[at]) for at in places)]

    def held(self, trouble: Trouble) -> bool:
        """True when people noticed no more of it than they should."""
        spoilt = any(miss.part == trouble.what for miss in self.played.misses)
        return not (spoilt or self.judged.lost or self.judged.doubled)


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
    places = (0, *_COURSE.values())
    return templates.get_template("report.html").render(
        say=voice.say,
        about=about(week, voice),
        answered=answered(week, voice),
        kept=kept(week, voice),
        ways=ways(week.judged, voice),
        week=week,
        learning=bars(evenings, held),
        held=held,
        asked=bars(_by_day(week.rates), None),
        ended=shares(week.rates)[: 1 + _ENDINGS],
        felt=shares(week.rates)[1 + _ENDINGS :],
        course_names=[week.seats.heading[at] for at in places if week.seats.heading],
        courses=[[row[at] for at in places] for row in week.courses],
        reached=[(one, wrong(one, week, voice)) for one in week.judged.reached],
        troubles=[(one, held_words(one, week, voice)) for one in week.played.troubles],
        seconds=lambda one: _seconds(one.seconds, voice),
        names=_names(week),
        quota=QUOTA,
        wide=_WIDE,
        high=_HIGH + _BELOW,
        bottom=_HIGH,
    )


def lines(week: Week, voice: Voice) -> list[str]:
    """The report for the terminal."""
    judged, played = week.judged, week.played
    held = len(week.script.held_back)
    told = [
        *(f"{name}: {count} {share}".rstrip() for name, count, share in shares(week.rates)),
        voice.say(
            "week.learnt",
            evenings=" → ".join(f"{DAYS[day]} {right}/{held}" for day, right in played.evenings),
        ),
        *_courses(week, voice),
        *_announced(week, voice),
        voice.say("week.sent", ways=_listed(ways(judged, voice)), used=judged.used, most=QUOTA),
        *_suffered(week, voice),
        voice.say("week.speed", ack=round(judged.slowest_ack), reply=round(judged.slowest_reply)),
    ]
    amiss = [
        *(voice.say("week.stray", words=stray) for stray in judged.strays),
        *(
            voice.say("week.missed", when=one.when, who=one.who, why=one.why)
            for one in played.misses
        ),
    ]
    return [
        voice.say("week.title"),
        about(week, voice),
        answered(week, voice),
        *(f"  {line}" for line in told),
        kept(week, voice),
        *(f"  {line}" for line in amiss),
    ]


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


def kept(week: Week, voice: Voice) -> str:
    """What was lost, came twice, came although nothing was to come, or went off the script."""
    return voice.say(
        "week.kept",
        lost=len(week.judged.lost),
        doubled=len(week.judged.doubled),
        strays=len(week.judged.strays),
        misses=len(week.played.misses),
    )


def wrong(one: Reached, week: Week, voice: Voice) -> str:
    """Who was not told as they should have been, by name."""
    names = _names(week)
    told = [
        voice.say(f"week.got_{how}", count=len(who), names="、".join(names.get(k, k) for k in who))
        for how in ("missed", "unasked", "twice", "early")
        if (who := getattr(one, how))
    ]
    return "、".join(told) or voice.say("week.right")


def held_words(one: Trouble, week: Week, voice: Voice) -> str:
    """Whether people noticed no more of it than they should."""
    return voice.say("week.held_yes" if week.held(one) else "week.held_no")


def ways(judged: Judged, voice: Voice) -> list[tuple[str, int]]:
    """How many messages went by which way."""
    return [(voice.say(f"week.way_{way}"), count) for way, count in judged.sent.items()]


def _courses(week: Week, voice: Voice) -> list[str]:
    return [
        voice.say(
            "week.course", title=row[0], **{name: int(row[at]) for name, at in _COURSE.items()}
        )
        for row in week.courses
    ]


def _announced(week: Week, voice: Voice) -> list[str]:
    return [
        voice.say(
            "week.reached",
            what=one.what,
            should=one.should,
            got=one.got,
            wrong=wrong(one, week, voice),
        )
        for one in week.judged.reached
    ]


def _suffered(week: Week, voice: Voice) -> list[str]:
    return [
        voice.say(
            "week.trouble",
            when=one.when,
            what=one.what,
            means=one.means,
            held=held_words(one, week, voice),
            seconds=_seconds(one.seconds, voice),
        )
        for one in week.played.troubles
    ]


def _names(week: Week) -> dict[str, str]:
    return {person.key: person.name for person in week.script.people.values()}


def bars(given: Sequence[tuple[str, int]], most: int | None) -> list[Bar]:
    """Columns from zero up to `most`, or to the highest of them."""
    top = max(most or 0, 1, *(number for _, number in given), 1)
    step = _WIDE / max(1, len(given))
    return [
        Bar(
            label,
            number,
            round(place * step + step * 0.2, 1),
            round(_HIGH - (_HIGH - _ABOVE) * number / top, 1),
            round(step * 0.6, 1),
            round((_HIGH - _ABOVE) * number / top, 1),
        )
        for place, (label, number) in enumerate(given)
    ]


def _by_day(rates: Table) -> list[tuple[str, int]]:
    return [(DAYS[place % 7], int(row[2] or 0)) for place, row in enumerate(rates.rows)]


def _listed(ways: Sequence[tuple[str, int]]) -> str:
    return "、".join(f"{way} {count}" for way, count in ways)


def _seconds(seconds: float | None, voice: Voice) -> str:
    return "–" if seconds is None else voice.say("week.seconds", seconds=f"{seconds:.1f}")
