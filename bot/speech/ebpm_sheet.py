"""The sheet for evidence-based policy as a table: demand × online × resolution by procedure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from bot.city import City
from bot.knowledge import service as knowledge
from bot.knowledge.tables.cells import guard
from bot.knowledge.values import Procedure
from bot.plan import queries
from bot.questions.by_procedure import Demand, demand
from bot.questions.rules import OF_ANSWERED
from bot.questions.small_cells import suppressed
from bot.speech import dates
from bot.speech.texts import Voice

COLUMNS = (
    "id",
    "name",
    "life_events",
    "section",
    "online",
    "planned",
    "recorded",
    "first",
    "last",
    "asked",
    "resolved",
    "not_resolved",
    "no_reaction",
    "watchers",
    "sample",
)


@dataclass(frozen=True, slots=True)
class Counted:
    """All that the sheet is made of, for the days `first` to `last`."""

    first: date
    last: date
    procedures: Sequence[Procedure]
    demand: Mapping[str, Demand]
    recorded: Mapping[str, date]
    watchers: Mapping[str, int]


def read(session: Session, first: date, last: date) -> Counted:
    """Counts what the sheet holds."""
    return Counted(
        first,
        last,
        knowledge.procedures(session),
        demand(session, first, last),
        queries.online_since(session),
        queries.watched(session),
    )


def table(voice: Voice, city: City, counted: Counted, least: int) -> list[list[str]]:
    """The heading and a row for each procedure; counts below `least` are hidden (*)."""
    heading = [voice.say(f"ebpm.column_{name}") for name in COLUMNS]
    return [heading, *(_row(voice, city, counted, one, least) for one in counted.procedures)]


def _row(voice: Voice, city: City, counted: Counted, one: Procedure, least: int) -> list[str]:
    recorded = counted.recorded.get(one.id)
    planned = one.planned_year
    known = city.sections.get(one.section)
    return [
        guard(one.id),
        guard(one.name),
        guard(";".join(one.life_events)),
        guard(known.name if known else one.section),
        voice.say(f"ebpm.online_{one.online_status.value or 'unknown'}"),
        voice.say("ebpm.year", year=dates.reiwa(planned)) if planned else "",
        recorded.isoformat() if recorded else "",
        counted.first.isoformat(),
        counted.last.isoformat(),
        *_counts(voice, counted.demand.get(one.id, Demand()), least),
        _cell(voice, counted.watchers.get(one.id, 0), least),
        "1" if one.sample else "",
    ]


def _counts(voice: Voice, asked: Demand, least: int) -> list[str]:
    parts = {name: getattr(asked, name) for name in OF_ANSWERED}
    hides_whole, hidden = suppressed(asked.asked, parts, least)
    mark = voice.say("ebpm.hidden")
    whole = mark if hides_whole else str(asked.asked)
    return [whole, *(mark if name in hidden else str(parts[name]) for name in OF_ANSWERED)]


def _cell(voice: Voice, count: int, least: int) -> str:
    return voice.say("ebpm.hidden") if 0 < count < least else str(count)
