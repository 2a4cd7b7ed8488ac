"""Judges the week from the platform's own log and chats: lost, doubled, told, strays, how fast."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.week.chatting import plain

Entry = Mapping[str, Any]
BY_ITSELF = ("push", "multicast", "broadcast")
"""Ways of a message that answers nothing."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something to be told to `who` and nobody else, known by `words` of its message.

    `since` is the moment of real time before which it must not come, `also` words of what comes
    with it.
    """

    what: str
    words: str
    who: tuple[str, ...]
    since: datetime | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """One announcement: how many should have got it and how many did; who did not, who did unasked,
    who got it twice, who got it before its time."""

    what: str
    should: int
    got: int
    missed: tuple[str, ...]
    unasked: tuple[str, ...]
    twice: tuple[str, ...]
    early: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """True when exactly the right people got it, once and in time."""
        return not (self.missed or self.unasked or self.twice or self.early)


@dataclass(frozen=True, slots=True)
class Judged:
    """`lost` are events without an accepted reply, `doubled` those with several, and what came by
    itself twice to one person or had been said in a reply. `strays` came by themselves although
    the script speaks of nothing like them. Times are milliseconds."""

    events: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    strays: tuple[str, ...]
    reached: tuple[Reached, ...]
    sent: Mapping[str, int]
    used: int
    refused: int
    slowest_ack: float
    slowest_reply: float
    median_reply: float

    @property
    def is_good(self) -> bool:
        """True when every promise was kept."""
        broken = self.lost or self.doubled or self.strays
        return not broken and all(one.is_right for one in self.reached)


def judge(
    events: Mapping[str, str],
    entries: Sequence[Entry],
    chats: Mapping[str, Sequence[Entry]],
    awaited: Sequence[Awaited],
    heard: Mapping[str, Sequence[str]],
) -> Judged:
    """`events` gives who caused each event that wants an answer; `chats` each resident's lines;
    `heard` the words of what each of them was to hear beside what is `awaited` by several."""
    accepted: Counter[str] = Counter()
    for entry in entries:
        if entry["kind"] == "api" and entry["endpoint"] == "reply" and _is_accepted(entry):
            accepted[str(entry.get("event_id"))] += 1
    again = [
        f"{endpoint} to {user}: {body}"
        for (user, endpoint, body), count in _came(entries).items()
        if count > 1
    ]
    took = sorted(_reply_times(entries))
    return Judged(
        events=len(events),
        lost=tuple(event for event in events if not accepted[event]),
        doubled=(*(event for event in events if accepted[event] > 1), *again, *_echoed(chats)),
        strays=tuple(_strays(chats, awaited, heard)),
        reached=tuple(_reached(one, chats) for one in awaited),
        sent=_sent(entries),
        used=sum(len(e.get("reached") or ()) for e in entries if _counts(e)),
        refused=sum(e["kind"] == "api" and e["status"] == 400 for e in entries),
        slowest_ack=max((float(e["ms"]) for e in entries if _is_taken(e)), default=0.0),
        slowest_reply=took[-1] if took else 0.0,
        median_reply=took[len(took) // 2] if took else 0.0,
    )


def _came(entries: Iterable[Entry]) -> Counter[tuple[str, str, str]]:
    """What came by itself, by person, way and body: each should have come once."""
    return Counter(
        (str(user), str(entry["endpoint"]), str(entry["body_hash"]))
        for entry in entries
        if _counts(entry)
        for user in entry.get("reached") or ()
    )


def _echoed(chats: Mapping[str, Sequence[Entry]]) -> list[str]:
    """What came by itself although the very same was said in a reply."""
    found = []
    for key, lines in chats.items():
        answers = [line["message"] for line in lines if line["via"] == "reply"]
        found += [
            f"{key} {line['id']}"
            for line in lines
            if _by_itself(line) and line["message"] in answers
        ]
    return found


def _strays(
    chats: Mapping[str, Sequence[Entry]],
    awaited: Iterable[Awaited],
    heard: Mapping[str, Sequence[str]],
) -> Iterable[str]:
    """What came by itself and is spoken of nowhere: who got it, and how it begins."""
    by_several = [words for one in awaited for words in (one.words, *one.also)]
    for key, lines in chats.items():
        known = [_closed_up(words) for words in (*by_several, *heard.get(key, ()))]
        for line in filter(_by_itself, lines):
            if not any(words in _tight(line) for words in known):
                yield f"{key}: {plain(line['message'])[:60]}"


def _reached(one: Awaited, chats: Mapping[str, Sequence[Entry]]) -> Reached:
    wanted = _closed_up(one.words)
    got = {
        key: [line for line in lines if _by_itself(line) and wanted in _tight(line)]
        for key, lines in chats.items()
    }
    should = set(one.who)
    return Reached(
        one.what,
        should=len(should),
        got=sum(bool(lines) for lines in got.values()),
        missed=tuple(sorted(key for key in should if not got.get(key))),
        unasked=tuple(sorted(key for key, lines in got.items() if lines and key not in should)),
        twice=tuple(sorted(key for key, lines in got.items() if len(lines) > 1)),
        early=tuple(sorted(key for key, lines in got.items() if _any_before(one.since, lines))),
    )


def _any_before(moment: datetime | None, lines: Iterable[Entry]) -> bool:
    if moment is None:
        return False
    return any(datetime.fromisoformat(line["at"]) < moment for line in lines)


def _sent(entries: Iterable[Entry]) -> dict[str, int]:
    """Messages by the way they went, each counted once a person it reached."""
    sent: Counter[str] = Counter()
    for entry in entries:
        if entry["kind"] == "api" and _is_accepted(entry):
            sent[str(entry["endpoint"])] += len(entry.get("reached") or ())
    return {way: sent[way] for way in ("reply", *BY_ITSELF) if sent[way]}


def _reply_times(entries: Iterable[Entry]) -> Iterable[float]:
    """From the moment an event was first taken to its accepted reply, where nothing was broken."""
    taken: dict[str, datetime] = {}
    disturbed: set[str] = set()
    asked: dict[str, list[datetime]] = defaultdict(list)
    for entry in entries:
        at = datetime.fromisoformat(entry["at"])
        if entry["kind"] == "webhook":
            for event in entry["event_ids"]:
                if entry["verdict"] == "received":
                    taken.setdefault(event, at)
                if entry["attempt"] > 1 or entry.get("fault"):
                    disturbed.add(event)
        elif entry["endpoint"] == "reply":
            asked[str(entry.get("event_id"))].append(at)
            if not _is_accepted(entry):
                disturbed.add(str(entry.get("event_id")))
    for event, moments in asked.items():
        if event in taken and event not in disturbed:
            yield (moments[-1] - taken[event]).total_seconds() * 1000


def _is_accepted(entry: Entry) -> bool:
    return bool(entry["verdict"] == "accepted")


def _counts(entry: Entry) -> bool:
    return bool(entry["kind"] == "api" and entry["endpoint"] in BY_ITSELF and _is_accepted(entry))


def _is_taken(entry: Entry) -> bool:
    """True for what was taken at once, where nothing was broken."""
    is_plain = entry["kind"] == "webhook" and entry["attempt"] == 1 and not entry.get("fault")
    return bool(is_plain and entry["verdict"] == "received")


def _by_itself(line: Entry) -> bool:
    return bool(line["from"] == "account" and line["via"] in BY_ITSELF)


def _tight(line: Entry) -> str:
    return _closed_up(plain(line["message"]))


def _closed_up(words: str) -> str:
    return "".join(words.split())
