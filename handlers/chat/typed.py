"""Recognises words that do what a button does, and short questions about the last answer."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import jaconv

_PART = re.compile(r"(?<!\?P)<([a-z]+)>")
_DROPPED = re.compile(r"[\s。、．，・!?！？…〜~ー\-「」『』（）()]+")


def fold(text: str) -> str:
    """`text` without differences of width, case, kana, marks and spaces."""
    folded = unicodedata.normalize("NFKC", text).lower()
    hiragana: str = jaconv.kata2hira(folded)
    return _DROPPED.sub("", hiragana)


@dataclass(frozen=True, slots=True)
class Stop:
    """News is to stop: of `what`, in folded words, "" when nothing is named; or all of it.

    `asks` when it was only asked how that is done.
    """

    what: str
    everything: bool
    asks: bool


class TypedWords:
    """Words that, typed alone, do what a button does, and the wish that news stops."""

    def __init__(self, held: Mapping[str, Iterable[str]], stops: Mapping[str, Any]) -> None:
        """`held` as `content/typed.toml`, `stops` as `content/stop-news.toml`.

        Raises KeyError for a missing part and re.error for a bad pattern; both stop the start.
        """
        self._route = {fold(word): route for route, words in held.items() for word in words}
        written = stops["pattern"]["stop"]
        while _PART.search(written):
            written = _PART.sub(lambda found: f"(?:{stops['part'][found[1]]})", written)
        self._stop = re.compile(written)
        self._everything = re.compile(stops["part"]["all"])

    def route(self, text: str) -> str | None:
        """The route of a message that is such a word and nothing else."""
        return self._route.get(fold(text)) if len(text) <= 40 else None

    def stops(self, text: str) -> Stop | None:
        """What is to stop in a message that says so and nothing else; None for anything else."""
        found = self._stop.fullmatch(fold(text)) if len(text) <= 40 else None
        if found is None:
            return None
        what = re.sub("^(?:この|その|あの|もう|市の|市からの)+", "", found["what"])
        is_all = bool(found["all"] or self._everything.fullmatch(what))
        return Stop("" if is_all else what, is_all, bool(found["asks"]))


class FollowUps:
    """Short questions such as 「いくら？」, read against the last answer."""

    _LEADS = "leads"
    _TAILS = "tails"
    _TOLD = "told"

    def __init__(self, held: Mapping[str, Any]) -> None:
        self._leads = _longest_first(held[self._LEADS])
        self._tails = _longest_first(held[self._TAILS])
        self._told = {fact: re.compile(told) for fact, told in held.get(self._TOLD, {}).items()}
        self._fact = {
            fold(core): fact
            for fact, cores in held.items()
            if fact not in (self._LEADS, self._TAILS, self._TOLD)
            for core in cores
        }

    def tells(self, fact: str, sentence: str) -> bool:
        """Whether a sentence of an answer speaks of the fact."""
        told = self._told.get(fact)
        return told is not None and told.search(sentence) is not None

    def fact(self, text: str) -> str | None:
        """Which fact is asked for ("fee", "bring", …), or None when it is a question of its own."""
        if len(text) > 40:
            return None
        return next(
            (self._fact[core] for core in self._cores(fold(text)) if core in self._fact), None
        )

    def _cores(self, folded: str) -> Iterable[str]:
        starts = [folded, *(folded[len(lead) :] for lead in self._leads if folded.startswith(lead))]
        for start in starts:
            yield start
            ends = {start}
            for _ in range(3):
                ends = {
                    end[: -len(tail)] for end in ends for tail in self._tails if end.endswith(tail)
                }
                yield from ends


def _longest_first(words: Iterable[Any]) -> tuple[str, ...]:
    return tuple(sorted({fold(word) for word in words}, key=len, reverse=True))
