"""Recognises an emergency in a resident's words, before any search, and names whom to ring."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from rapidfuzz import fuzz

# Katakana letters and small vowels as large hiragana, so that シニタイ and しにたぃ are one word.
_FOLDED = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_FOLDED |= {
    ord(small): ord(large)
    for small, large in zip("ぁぃぅぇぉァィゥェォ", "あいうえおあいうえお", strict=True)
}
_LONG_MARKS = re.compile("[ー〜～]+")
_SENTENCE_END = re.compile(r"[。．.!?\n\r]+")
# Spaces, commas, brackets, emoji and control characters say nothing; the stop made above does.
_IDLE = re.compile(r"[^\w。]|_")
_REPEATED = re.compile(r"(.)\1{2,}")
_CLASS_OR_WORD = re.compile(r"(\[[^\]]*\])|<([a-z]+)>")
_TAKEN_OUT = "□"
# Longer messages say enough without their slips, and reading them so often would cost time.
_SLIPS_UP_TO = 20
_NEAR_UP_TO = 60


@dataclass(frozen=True, slots=True)
class Call:
    """A number to ring: `number` as dialled, `label` at most 20 graphemes, `note` may be empty."""

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
    """One kind of danger: patterns that always tell of it, two sorts that may, phrases."""

    danger: Danger
    now: re.Pattern[str]
    talk: re.Pattern[str]
    loose: re.Pattern[str]
    near: tuple[str, ...]


def fold(text: str) -> str:
    """The comparison form of words: one spelling for each sound, every sentence end as 。"""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _SENTENCE_END.sub("。", _LONG_MARKS.sub("", text)).translate(_FOLDED)
    return _REPEATED.sub(r"\1", _IDLE.sub("", text))


class Dangers:
    """All dangers the city watches for. Immutable, so any number of threads may ask."""

    def __init__(
        self,
        watches: Iterable[_Watch],
        fillers: re.Pattern[str],
        harmless: re.Pattern[str],
        procedure: re.Pattern[str],
        hypothetical: re.Pattern[str],
    ) -> None:
        self._watches = tuple(watches)
        self._fillers = fillers
        self._harmless = harmless
        self._procedure = procedure
        self._hypothetical = hypothetical

    @classmethod
    def from_toml(cls, mapping: Mapping[str, Any]) -> Self:
        """Reads what `content/danger.toml` holds.

        Raises KeyError for a missing key and re.error for a bad pattern; both stop the start.
        """
        patterns = _Patterns(mapping["words"], mapping["readings"])
        hypothetical = patterns.joined(mapping["hypothetical"])
        return cls(
            (_watch(entry, patterns, hypothetical) for entry in mapping["danger"]),
            re.compile(patterns.joined(mapping["fillers"])),
            re.compile(patterns.joined(mapping["harmless"])),
            re.compile(patterns.joined(mapping["procedure"])),
            re.compile(hypothetical),
        )

    def recognise(self, text: str) -> Danger | None:
        """The danger `text` tells of, or None. Never raises; the same text, the same answer."""
        plain = self._fillers.sub("", fold(text)).strip("。")
        said = self._harmless.sub(_TAKEN_OUT, plain)
        asks = self._procedure.search(said) is not None
        found = self._read(said, asks=asks)
        if found is None and not asks and _TAKEN_OUT not in said:
            found = self._read_slips(said) or self._nearest(said)
        return found

    def _read(self, said: str, *, asks: bool) -> Danger | None:
        for watch in self._watches:
            if watch.now.search(said) or (not asks and watch.talk.search(said)):
                return watch.danger
        if not asks:
            for watch in self._watches:
                if watch.loose.search(said):
                    return watch.danger
        return None

    def _read_slips(self, said: str) -> Danger | None:
        """Reads a short message again with one slip of the finger undone; the slip must matter."""
        for mended, first, last in _mended(said):
            if self._harmless.search(mended) or self._procedure.search(mended):
                continue
            for watch in self._watches:
                found = watch.now.search(mended)
                if found and found.start() <= first and found.end() > last:
                    return watch.danger
        return None

    def _nearest(self, said: str) -> Danger | None:
        if len(said) > _NEAR_UP_TO:
            return None
        for watch in self._watches:
            if any(self._slipped(phrase, said) for phrase in watch.near):
                return watch.danger
        return None

    def _slipped(self, phrase: str, said: str) -> bool:
        """Whether `phrase` stands in `said` but for one wrong, missing or swapped character."""
        if len(said) < len(phrase) - 1:
            return False
        allowed = 100 * (1 - 1.01 / len(phrase))
        place = fuzz.partial_ratio_alignment(phrase, said, score_cutoff=allowed)
        return place is not None and self._hypothetical.match(said, place.dest_end) is None


def _mended(said: str) -> Iterator[tuple[str, int, int]]:
    """`said` with one doubling undone or two neighbours swapped, and where: first and last."""
    if len(said) > _SLIPS_UP_TO:
        return
    for at in range(len(said) - 1):
        if said[at] == said[at + 1]:
            yield said[:at] + said[at + 1 :], at, at
        else:
            yield said[:at] + said[at + 1] + said[at] + said[at + 2 :], at, at + 1


class _Patterns:
    """Writes a pattern of the content file out: word lists, readings, folded spelling."""

    def __init__(self, words: Mapping[str, list[str]], readings: Mapping[str, str]) -> None:
        self._words = words
        self._readings = readings
        longest_first = sorted(readings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def joined(self, patterns: Iterable[str]) -> str:
        """One group that matches what any of `patterns` matches."""
        return "(?:" + "|".join(map(self._written, patterns)) + ")"

    def _written(self, pattern: str) -> str:
        parts: list[str] = []
        rest = 0
        for found in _CLASS_OR_WORD.finditer(pattern):
            parts.append(self._read_aloud(pattern[rest : found.start()]))
            parts.append(found[1] or self.joined(self._words[found[2]]))
            rest = found.end()
        parts.append(self._read_aloud(pattern[rest:]))
        return _LONG_MARKS.sub("", "".join(parts)).translate(_FOLDED)

    def _read_aloud(self, pattern: str) -> str:
        return self._known.sub(lambda word: f"(?:{word[0]}|{self._readings[word[0]]})", pattern)


def _watch(entry: Mapping[str, Any], patterns: _Patterns, hypothetical: str) -> _Watch:
    calls = tuple(
        Call(call["label"], call["number"], call.get("note", "")) for call in entry["calls"]
    )

    def reading(name: str) -> re.Pattern[str]:
        if not entry.get(name):
            return re.compile("(?!)")
        # Atomic, or the engine would shorten the match until nothing hypothetical follows it.
        return re.compile(f"(?>{patterns.joined(entry[name])})(?!{hypothetical})")

    return _Watch(
        Danger(entry["kind"], entry["warm"], calls),
        reading("now"),
        reading("talk"),
        reading("loose"),
        tuple(fold(phrase) for phrase in entry.get("near", [])),
    )
