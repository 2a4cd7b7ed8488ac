"""Reads the week's script: who does what, when, and what they should see."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from bot.speech import dates

DAYS = "月火水木金土日翌"
"""翌 is the Monday after."""
_WHEN = re.compile(rf"([{DAYS}]) (\d\d):(\d\d)")
ACTS = ("says", "taps", "opens", "presses", "hears", "does")
"""What one step can be; each step is exactly one of them."""


_WORDS = ("says", "taps", "opens", "presses", "hears", "fills", "sees", "misses", "near")


class ScriptFault(Exception):
    """The script cannot be played as it is written; the words say which step and why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the week. `role` is `resident` or `staff`; `name` is a sample's."""

    key: str
    name: str
    role: str
    writes: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing somebody does. `after` counts from Monday, 0:00.

    Residents: `says` a text, `taps` a button by its words, `opens` a link by its words, `hears`
    a message that comes by itself. On pages, and staff in the console: `opens` an address or a
    link, `presses` a button once the fields in `fills` hold what is given. `does` is for what no
    person does. `sees` are words that must stand in the answer or on the page, `misses` are words
    that must not. `near` picks, of several buttons with the same words, the one on the card with
    these words. `keeps` remembers what a page shows in the element of that class; `{name}` in later
    steps stands for it, and so do the days of this week and the next (`days`). `part` groups
    steps for the report, which says of trouble what it `means` to people.
    """

    number: int
    after: timedelta
    who: str
    part: str = ""
    says: str | None = None
    taps: str | None = None
    opens: str | None = None
    presses: str | None = None
    hears: str | None = None
    does: str | None = None
    fills: Mapping[str, str] | None = None
    sees: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    waits: bool = True
    near: str = ""
    keeps: str = ""
    means: str = ""

    def filled(self, kept: Mapping[str, Any]) -> "Step":
        """With every `{name}` of its words replaced by what is kept under that name.

        Raises ScriptFault for a name under which nothing is kept.
        """
        try:
            return replace(
                self,
                **{name: _filled(getattr(self, name), kept) for name in _WORDS},
            )
        except KeyError as missing:
            raise ScriptFault(f"{self.when} {self.who}: nothing is kept as {missing}") from None

    @property
    def enters(self) -> bool:
        """True for becoming a friend and for signing in."""
        return self.does in ("follows", "signs_in")

    @property
    def day(self) -> int:
        """0 is Monday."""
        return self.after.days

    @property
    def when(self) -> str:
        """As the script says it: 月 09:00."""
        minutes = self.after.seconds // 60
        return f"{DAYS[self.day]} {minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class Reach:
    """Who should have been told something, known by words of the message, and nobody else.

    Nobody hears it before `not_before`, counted from Monday, 0:00: the hour for which a second
    person approved it. `also` are words of further messages that come with it.
    """

    what: str
    words: str
    who: tuple[str, ...]
    part: str = ""
    not_before: timedelta | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A wording nobody asks in the week, and words of the answer that would be right."""

    asks: str
    right: str


@dataclass(frozen=True, slots=True)
class Script:
    """The whole week in order of time."""

    people: Mapping[str, Person]
    steps: tuple[Step, ...]
    reaches: tuple[Reach, ...]
    held_back: tuple[HeldBack, ...]

    def only(self, parts: Collection[str]) -> "Script":
        """These parts alone; whoever acts in them becomes a friend or signs in beforehand.

        Raises ScriptFault when there is no such part.
        """
        if unknown := set(parts) - {step.part for step in self.steps}:
            raise ScriptFault(f"no part is called {', '.join(sorted(unknown))}")
        acting = {step.who for step in self.steps if step.part in parts}
        kept = [s for s in self.steps if s.part in parts or (s.enters and s.who in acting)]
        reaches = tuple(one for one in self.reaches if one.part in parts)
        return replace(self, steps=tuple(kept), reaches=reaches)


def read(files: Sequence[Mapping[str, Any]]) -> Script:
    """The script from its TOML files. Raises ScriptFault for a step that makes no sense.

    Steps that stand under one `[[scene]]` share its `who` and `part` and may leave out `at`: then
    they follow the one before by a minute.
    """
    people = {one["key"]: Person(**one) for one in _all(files, "person")}
    steps: list[Step] = []
    for scene in _all(files, "scene"):
        steps += _steps_of(scene, len(steps), people)
    steps.sort(key=lambda step: (step.after, step.number))
    return Script(
        people,
        tuple(steps),
        tuple(_reach(one) for one in _all(files, "reach")),
        tuple(HeldBack(**one) for one in _all(files, "held_back")),
    )


class Day(date):
    """A day as the chat says it, 12月3日（木）; `{name:iso}` as a form's field wants it."""

    def __format__(self, spec: str) -> str:
        return self.isoformat() if spec == "iso" else dates.say_short_day(self)


def days(monday: date) -> dict[str, Any]:
    """The days that the script may speak of: 今週月 … 今週日 and 来週月 … 来週日."""
    return {
        f"{week}{DAYS[place]}": Day.fromordinal(monday.toordinal() + later + place)
        for week, later in (("今週", 0), ("来週", 7))
        for place in range(7)
    }


def _filled(value: Any, kept: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format(**kept) if "{" in value else value
    if isinstance(value, tuple):
        return tuple(_filled(one, kept) for one in value)
    if isinstance(value, Mapping):
        return {_filled(key, kept): _filled(one, kept) for key, one in value.items()}
    return value


def _all(files: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [one for file in files for one in file.get(name, ())]


def _reach(given: Mapping[str, Any]) -> Reach:
    hour = given.get("not_before")
    return Reach(
        what=given["what"],
        words=given["words"],
        who=tuple(given["who"]),
        part=given.get("part", ""),
        not_before=None if hour is None else _after(hour, f"reach 「{given['what']}」"),
        also=tuple(given.get("also", ())),
    )


def _steps_of(scene: Mapping[str, Any], first: int, people: Mapping[str, Person]) -> list[Step]:
    at = _after(scene.get("at", ""), f"scene 「{scene.get('part', '')}」")
    made = []
    for place, given in enumerate(scene.get("step", ())):
        number = first + place
        name = f"scene 「{scene.get('part', '')}」, step {place + 1}"
        if "at" in given:
            at = _after(given["at"], name)
        elif place:
            at += timedelta(minutes=1)
        made.append(
            _step(
                {"who": scene.get("who"), "part": scene.get("part", ""), **given},
                number,
                at,
                name,
                people,
            )
        )
    return made


def _step(
    given: Mapping[str, Any],
    number: int,
    at: timedelta,
    name: str,
    people: Mapping[str, Person],
) -> Step:
    known = {one.name for one in fields(Step)} | {"at"}
    if unknown := set(given) - known:
        raise ScriptFault(f"{name}: unknown {', '.join(sorted(unknown))}")
    if sum(act in given for act in ACTS) != 1:
        raise ScriptFault(f"{name}: exactly one of {', '.join(ACTS)}")
    if given.get("who") not in people and "does" not in given:
        raise ScriptFault(f"{name}: nobody is called {given.get('who')!r}")
    values = {key: value for key, value in given.items() if key != "at"}
    for many in ("sees", "misses"):
        held = values.get(many, ())
        values[many] = (held,) if isinstance(held, str) else tuple(held)
    return Step(**{"who": "", **values, "number": number, "after": at})


def _after(words: str, name: str) -> timedelta:
    found = _WHEN.fullmatch(words)
    if found is None:
        raise ScriptFault(f"{name}: a time looks like 月 09:00, not {words!r}")
    day, hour, minute = found.groups()
    return timedelta(days=DAYS.index(day), hours=int(hour), minutes=int(minute))
