"""The plan as the city wrote it: its years, its measures, their parts and yearly steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """Something planned for the fiscal years `first` to `last` (2022 = 令和4年度).

    `key` is what records name it by: the part, the first year, its place among those of that year.
    """

    key: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a measure, such as 1-2."""

    number: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the eight measures; `resident` says in a sentence what it is for."""

    number: int
    title: str
    resident: str
    parts: tuple[Part, ...]

    def steps(self) -> Iterator[tuple[Part, Step]]:
        """Every step with its part, in the plan's order."""
        for part in self.parts:
            for step in part.steps:
                yield part, step


@dataclass(frozen=True, slots=True)
class Plan:
    """What `content/plan.toml` says of the plan. `total` procedures are to go online in it."""

    name: str
    period: str
    starts: date
    ends: date
    years: tuple[tuple[int, str], ...]
    total: int
    first_year: int
    source: str
    measures: tuple[Measure, ...]

    @classmethod
    def from_toml(cls, held: Mapping[str, Any]) -> "Plan":
        """The plan in a parsed `plan.toml`. Raises KeyError naming what is missing."""
        plan = held["plan"]
        return cls(
            name=plan["name"],
            period=plan["period"],
            starts=plan["starts"],
            ends=plan["ends"],
            years=tuple(zip(plan["years"], plan["year_names"], strict=True)),
            total=int(plan["procedures_total"]),
            first_year=int(plan["procedures_first_year"]),
            source=plan["source"],
            measures=tuple(_measure(one) for one in held["measure"]),
        )

    def measure(self, number: int) -> Measure | None:
        """The measure of that number."""
        return next((one for one in self.measures if one.number == number), None)

    def step(self, key: str) -> tuple[Measure, Part, Step] | None:
        """The step of that key, with where it stands."""
        for measure in self.measures:
            for part, step in measure.steps():
                if step.key == key:
                    return measure, part, step
        return None


def _measure(held: Mapping[str, Any]) -> Measure:
    parts = tuple(Part(part["number"], part["title"], tuple(_steps(part))) for part in held["part"])
    return Measure(held["number"], held["title"], held["resident"], parts)


def _steps(part: Mapping[str, Any]) -> Iterator[Step]:
    begun: dict[int, int] = {}
    for step in part["steps"]:
        first = step["from"]
        begun[first] = begun.get(first, 0) + 1
        key = f"{part['number']}:{first}:{begun[first]}"
        yield Step(key, first, step["to"], step["text"])
