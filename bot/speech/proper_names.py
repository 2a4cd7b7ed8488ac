"""Names whose reading the city itself says, districts and places: they win over the dictionary."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import jaconv

KANJI = "一-鿿々〆ヶ"
IS_KANJI = re.compile(f"[{KANJI}]")
_RUNS = re.compile(f"[{KANJI}]+|[^{KANJI}]+")
_BETWEEN = "、・･，,／/"
_DISTRICT = "地区"


def beside_kanji(surface: str, reading: str) -> str:
    """Each run of kanji with its own part of the reading; the word alone where that is unclear."""
    runs = _RUNS.findall(surface)
    sounds = ("(.+?)" if IS_KANJI.match(r) else re.escape(jaconv.kata2hira(r)) for r in runs)
    found = re.fullmatch("".join(sounds), reading)
    if found is None:
        return surface
    parts = iter(found.groups())
    return "".join(f"{run}（{next(parts)}）" if IS_KANJI.match(run) else run for run in runs)


@dataclass(frozen=True)
class Names:
    """Readings in hiragana by name, in three kinds that differ in how surely they are the name.

    `places` are meant wherever they stand; `short` ones, of one kanji, where no other touches it.
    `everyday` ones are common words too (県 is a district, and every prefecture): they are meant
    only where the text speaks of districts.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    short: Mapping[str, str] = field(default_factory=dict)
    everyday: Mapping[str, str] = field(default_factory=dict)
    city: str = ""

    @classmethod
    def from_toml(
        cls,
        city: Mapping[str, Any],
        venues: Iterable[Mapping[str, Any]],
        readings: Mapping[str, Any],
    ) -> "Names":
        """The districts of the city's profile, the places of its classes, and what else is told.

        A name with a note in （） is known without it; one with no kana for each run of kanji is
        left to the dictionary. Raises KeyError naming what is missing.
        """
        districts = _readings(city["district"])
        common: Collection[str] = readings["everyday"]
        own = {name: kana for name, kana in districts.items() if name not in common}
        return cls(
            places={name: kana for name, kana in own.items() if len(name) > 1}
            | _readings(venues)
            | readings["names"],
            short={name: kana for name, kana in own.items() if len(name) == 1},
            everyday={name: kana for name, kana in districts.items() if name in common},
            city=city["city"]["name"],
        )

    @property
    def pattern(self) -> str:
        """What finds each name as it may stand, the longest first, for `re`."""
        begins = f"(?<![{KANJI}])" + (f"|(?<={re.escape(self.city)})" if self.city else "")
        ends = f"(?![{KANJI}])|(?={_DISTRICT}|町)"
        alone = f"(?:{begins})(?:{_any(self.short)})(?:{ends})"
        return f"{_any(self.places)}|{alone}|{_any(self.everyday)}"

    def read(self, line: str, found: re.Match[str]) -> str | None:
        """The name with its reading, or None where only the common word is meant."""
        name = found.group()
        kana = self.places.get(name) or self.short.get(name)
        if kana is None and self._is_district(line[: found.start()], line[found.end() :]):
            kana = self.everyday[name]
        return beside_kanji(name, kana) if kana else None

    def _is_district(self, before: str, after: str) -> bool:
        """True for 県地区, for 「県」 alone, beside another district, and after the city's name."""
        is_of_city = bool(self.city) and before.endswith(self.city)
        follows_kanji = bool(IS_KANJI.match(before[-1:])) and not is_of_city
        if follows_kanji or after.startswith(_DISTRICT):
            return not follows_kanji
        if is_of_city or IS_KANJI.match(after[:1]):
            return is_of_city and not IS_KANJI.match(after[:1])
        is_alone = before[-1:] in ("", *"「『：:") and after[:1] in ("", *"」』")
        return is_alone or self._is_listed(before, after)

    def _is_listed(self, before: str, after: str) -> bool:
        known = _any([*self.places, *self.everyday, *self.short])
        left = re.search(f"(?:{known})(?:{_DISTRICT})?[{_BETWEEN}]$", before)
        return bool(left or re.match(f"[{_BETWEEN}](?:{known})", after))


def _readings(named: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Readings in hiragana by name, of those that can be written beside their kanji."""
    held = {}
    for one in named:
        name, kana = re.sub("（.*", "", one["name"]), jaconv.kata2hira(one["kana"])
        if beside_kanji(name, kana) != name:
            held[name] = kana
    return held


def _any(names: Iterable[str]) -> str:
    """One of the names, the longest that fits; nothing at all when there are none."""
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True)) or "(?!)"
