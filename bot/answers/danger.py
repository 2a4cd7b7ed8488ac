"""Recognises an emergency in a resident's words before any search, and names the numbers that help."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

# Katakana letters and small vowels as large hiragana, so that シニタイ and しにたぃ are one word.
_FOLDED = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_FOLDED |= {
    ord(small): ord(large) for small, large in zip("ぁぃぅぇぉァィゥェォ", "あいうえおあいうえお", strict=True)
}
_LONG_MARKS = re.compile("[ー〜～]+")
_SENTENCE_END = re.compile(r"[。．.!?\n\r]+")
# Spaces, commas, brackets, emoji and control characters carry nothing; the stop made above does.
_IDLE = re.compile(r"[^\w。#]|_", re.ASCII ^ re.ASCII)
_REPEATED = re.compile(r"(.)\1{2,}")
_WORD = re.compile("<([a-z]+)>")
_TAKEN_OUT = "□"


@dataclass(frozen=True, slots=True)
class Call:
    """A number to ring: `number` as it is dialled, `label` at most 20 graphemes, `note` may be ''."""

    label: str
    number: str
    note: str = ""

    @property
    def uri(self) -> str:
        """The tap-to-call address; # must be escaped in it (RFC 3966, RFC 3986)."""
        return "tel:" + self.number.replace("-", "").replace("#", "%23")


@dataclass(frozen=True, slots=True)
class Danger:
    """What kind of emergency was recognised, one warm sentence, and whom to ring, first first."""

    kind: str
    warm: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class _Watch:
    """One kind of danger with its two readings: present danger, and what is danger unless asked about."""

    danger: Danger
    now: re.Pattern[str]
    talk: re.Pattern[str]


def fold(text: str) -> str:
    """The comparison form of a resident's words: one spelling for each sound, sentence ends as 。."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _SENTENCE_END.sub("。", _LONG_MARKS.sub("", text)).translate(_FOLDED)
    return _REPEATED.sub(r"\1", _IDLE.sub("", text))


class Dangers:
    """All dangers the city watches for. Immutable, so any number of threads may ask."""

    def __init__(
        self, watches: Iterable[_Watch], harmless: re.Pattern[str], procedure: re.Pattern[str]
    ) -> None:
        self._watches = tuple(watches)
        self._harmless = harmless
        self._procedure = procedure

    @classmethod
    def from_toml(cls, mapping: Mapping[str, Any]) -> Self:
        """Reads what `content/danger.toml` holds.

        Raises KeyError for a missing key or word list and re.error for a bad pattern: stop the start.
        """
        words = {name: f"(?:{'|'.join(parts)})" for name, parts in mapping["words"].items()}
        hypothetical = _pattern(mapping["hypothetical"], words)
        return cls(
            (_watch(entry, words, hypothetical) for entry in mapping["danger"]),
            re.compile(_pattern(mapping["harmless"], words)),
            re.compile(_pattern(mapping["procedure"], words)),
        )

    def recognise(self, text: str) -> Danger | None:
        """The danger that `text` tells of, or None. Never raises; the same text, the same answer."""
        folded = self._harmless.sub(_TAKEN_OUT, fold(text))
        asked = [sentence for sentence in folded.split("。") if not self._procedure.search(sentence)]
        talk = "。".join(asked)
        for watch in self._watches:
            if watch.now.search(folded) or watch.talk.search(talk):
                return watch.danger
        return None


def _watch(entry: Mapping[str, Any], words: Mapping[str, str], hypothetical: str) -> _Watch:
    calls = tuple(Call(call["label"], call["number"], call.get("note", "")) for call in entry["calls"])

    def reading(patterns: list[str]) -> re.Pattern[str]:
        # Atomic, or the engine would shorten the match until nothing hypothetical follows it.
        body = _pattern(patterns, words)
        return re.compile(f"(?>{body})(?!{hypothetical})") if patterns else re.compile("(?!)")

    return _Watch(
        Danger(entry["kind"], entry["warm"], calls),
        reading(entry["now"]),
        reading(entry.get("talk", [])),
    )


def _pattern(patterns: Iterable[str], words: Mapping[str, str]) -> str:
    expanded = (_WORD.sub(lambda found: words[found[1]], pattern) for pattern in patterns)
    return "(?:" + "|".join(_LONG_MARKS.sub("", each).translate(_FOLDED) for each in expanded) + ")"
