"""Plays the script: each step through the door its person would use, each look noted."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from handlers.week.browser import Browser, Lost
from handlers.week.chatting import Phone
from handlers.week.judging import Awaited
from handlers.week.script import Person, Script, Step, days
from handlers.week.town import Town

QUOTA = 200
"""Messages a month that LINE's smallest plan includes."""
_ANSWER = "/counter/entry/"
_POISON = {"type": "text", "id": 7, "text": {"a": "\ud800"}}
_OUTAGE = ("500", "reset")
_FIRST_DELIVERIES_LATE = 1.0
_AFTER_ALL = 60.0
"""Seconds within which even an answer that a power cut interrupted must come."""
_TRIES_FOR = 15.0
"""Seconds for which a colleague opens a page again: groups of questions come some moments later,
and announcements take a while to go out."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A step that did not go as the script says."""

    when: str
    who: str
    why: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was done to the desk, what people should notice of it, and how long it took until all
    was well again (None: nothing had to recover)."""

    when: str
    what: str
    means: str
    seconds: float | None = None


@dataclass(slots=True)
class Played:
    """What happened."""

    misses: list[Miss] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    evenings: list[tuple[int, int]] = field(default_factory=list)
    """Of each evening: the day, and how many held-back wordings found their answer."""
    events: dict[str, str] = field(default_factory=dict)
    """Each event a resident caused, and who it was."""
    heard: dict[str, list[str]] = field(default_factory=dict)
    """The words of what each resident was to hear by itself."""
    steps: int = 0


class Week:
    """One playing of the script, from `monday` (0:00 in Japan) on."""

    def __init__(
        self, script: Script, town: Town, monday: datetime, tell: Callable[[int, int, str], None]
    ) -> None:
        self._script, self._town, self._monday, self._tell = script, town, monday, tell
        self._phones: dict[str, Phone] = {}
        self._browsers: dict[str, Browser] = {}
        self._is_down = False
        self._kept: dict[str, Any] = days(monday.date())
        self._moments: list[tuple[timedelta, datetime]] = []
        self.played = Played()

    def play(self) -> Played:
        """Every step in order of time; what goes wrong is noted and the week goes on."""
        steps = self._script.steps
        self._town.order("quota", {"limit": QUOTA})
        for person in self._script.people.values():
            if person.role == "resident":
                stranger = {"key": person.key, "name": person.name, "following": False}
                self._town.order("residents", stranger)
        for place, step in enumerate(steps):
            self._tell(place, len(steps), step.when)
            self._moments.append((step.after, datetime.now(UTC)))
            self._town.move_to(self._monday + step.after)
            try:
                self._step(step.filled(self._kept))
            except Lost as lost:
                self.played.misses.append(Miss(step.when, step.who, str(lost), step.part))
            self.played.steps += 1
        self._tell(len(steps), len(steps), "")
        self._town.settle()
        for key, phone in self._phones.items():
            self.played.events |= dict.fromkeys(phone.events, key)
        return self.played

    def note(self, who: str, why: str) -> None:
        """Something went wrong after the last step."""
        self.played.misses.append(Miss("", who, why))

    def awaited(self) -> list[Awaited]:
        """Who should have been told what, in this week's days, and from when on in real time."""
        return [
            Awaited(
                what=one.what,
                words=one.words.format(**self._kept),
                who=one.who,
                since=None if one.not_before is None else self._moment(one.not_before),
                also=one.also,
            )
            for one in self._script.reaches
        ]

    def browser(self, key: str) -> Browser:
        """The browser of a person, with what it kept from before."""
        return self._browsers.setdefault(key, Browser(self._town.address + "/"))

    def _moment(self, after: timedelta) -> datetime:
        """When the week came to this hour, in real time; if it has not yet, now."""
        reached = (moment for hour, moment in self._moments if hour >= after)
        return next(reached, datetime.now(UTC))

    def _step(self, step: Step) -> None:
        if step.does is not None:
            self._do(step)
            return
        person = self._script.people[step.who]
        if step.presses is not None:
            self.browser(step.who).press(step.presses, step.fills)
            self._compare(step, self.browser(step.who))
        elif person.role == "staff":
            self._open(step)
        else:
            self._as_resident(step)

    def _open(self, step: Step) -> None:
        """A colleague opens a page, and again when what they look for is only on its way there."""
        browser, end = self.browser(step.who), time.monotonic() + _TRIES_FOR
        browser.open(step.opens or "")
        while step.sees and not all(map(browser.shows, step.sees)) and time.monotonic() < end:
            time.sleep(0.3)
            browser.open(browser.address)
        self._compare(step, browser)

    def _as_resident(self, step: Step) -> None:
        phone = self._phone(step.who)
        waits = step.waits and not self._is_down
        if step.says is not None:
            phone.say(step.says, waits=waits)
        elif step.taps is not None:
            phone.tap(step.taps, near=step.near, waits=waits)
        elif step.hears is not None:
            self.played.heard.setdefault(step.who, []).append(step.hears)
            phone.hear(step.hears)
        elif step.opens is not None:
            address = step.opens if step.opens.startswith("/") else phone.tap(step.opens)
            self.browser(step.who).open(address or "")
            self._compare(step, self.browser(step.who))
            return
        if waits:
            self._compare(step, phone)

    def _phone(self, key: str) -> Phone:
        return self._phones.setdefault(key, Phone(self._town, key))

    def _compare(self, step: Step, shown: Phone | Browser) -> None:
        if step.keeps and isinstance(shown, Browser):
            self._kept[step.keeps] = shown.paper.marked(step.keeps)
        absent = [words for words in step.sees if not shown.shows(words)]
        wrong = [words for words in step.misses if shown.shows(words)]
        if absent or wrong:
            seen = shown.words if isinstance(shown, Phone) else shown.paper.words
            what = [f"{words!r} is missing" for words in absent]
            what += [f"{words!r} is there" for words in wrong]
            raise Lost(f"{', '.join(what)}; there stands: {seen[:400]}")

    def _do(self, step: Step) -> None:
        doing = getattr(self, f"_do_{step.does}", None)
        if doing is None:
            raise Lost(f"nobody knows how to do {step.does!r}")
        doing(step)

    def _do_follows(self, step: Step) -> None:
        self._phone(step.who).follow()
        self._compare(step, self._phone(step.who))

    def _do_leaves(self, step: Step) -> None:
        self._phone(step.who).leave()

    def _do_sends_a_sticker(self, step: Step) -> None:
        self._phone(step.who).send({"type": "sticker", "packageId": "1", "stickerId": "1"})
        self._compare(step, self._phone(step.who))

    def _do_shares_a_place(self, step: Step) -> None:
        place = {"type": "location", "title": "", "address": "", **_numbers(step)}
        self._phone(step.who).send(place)
        self._compare(step, self._phone(step.who))

    def _do_signs_in(self, step: Step) -> None:
        person = self._script.people[step.who]
        sign_in(self.browser(step.who), person)

    def _do_settles(self, _step: Step) -> None:
        if self._town.settle() > 60:
            raise Lost("something is still on its way")

    def _do_hears_nothing(self, step: Step) -> None:
        """What must not come has not come up to now; `[[reach]]` says it of the whole week."""
        for words in step.misses:
            if self._phone(step.who).has_heard(words):
                raise Lost(f"a message with {words!r} came")

    def _do_is_answered(self, step: Step) -> None:
        self._phone(step.who).read_answer(_AFTER_ALL)
        self._compare(step, self._phone(step.who))

    def _do_power_cut(self, step: Step) -> None:
        self._trouble(step, self._town.cut_power())

    def _do_line_goes_down(self, _step: Step) -> None:
        self._is_down = True
        for kind in _OUTAGE:
            self._town.order("faults", {"kind": kind, "probability": 1.0 if kind == "500" else 0.3})

    def _do_line_comes_back(self, step: Step) -> None:
        self._town.withdraw_faults()
        self._is_down = False
        began = time.monotonic()
        self._town.settle()
        self._trouble(step, time.monotonic() - began)

    def _do_next_comes_twice(self, step: Step) -> None:
        self._town.order("faults", {"kind": "duplicate-webhook", "count": 1})
        self._trouble(step)

    def _do_next_comes_late(self, step: Step) -> None:
        fault = {"kind": "late-webhook", "count": 1, "seconds": _FIRST_DELIVERIES_LATE}
        self._town.order("faults", fault)
        self._trouble(step)

    def _do_poison(self, step: Step) -> None:
        self._phone(step.who).send(_POISON)
        self._trouble(step)
        self._compare(step, self._phone(step.who))

    def _trouble(self, step: Step, seconds: float | None = None) -> None:
        self.played.troubles.append(Trouble(step.when, step.part, step.means, seconds))

    def _do_evening(self, step: Step) -> None:
        browser = self.browser(step.who)
        right = sum(self._finds(browser, one.asks, one.right) for one in self._script.held_back)
        self.played.evenings.append((step.day, right))

    @staticmethod
    def _finds(browser: Browser, asks: str, right: str) -> bool:
        browser.open(f"/console/counter?q={quote(asks)}")
        first = next((link for link in browser.paper.links if _ANSWER in link.address), None)
        return first is not None and right in first.words


def sign_in(browser: Browser, person: Person) -> None:
    """Through the demo's own sign-in page, with the code that it shows."""
    browser.open("/console/")
    browser.press(f"{person.name}で入る")
    browser.press("サインインする", {"code": browser.paper.marked("code")})
    if not is_signed_in(browser):
        raise Lost(f"{person.name} could not sign in: {browser.paper.words[:300]}")


def is_signed_in(browser: Browser) -> bool:
    """True on any page of somebody who is at work."""
    return any(form.action.endswith("/sign-out") for form in browser.paper.forms)


def _numbers(step: Step) -> dict[str, float]:
    return {name: float(value) for name, value in (step.fills or {}).items()}
