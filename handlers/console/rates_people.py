"""集計, third page: about what was asked, from which districts and by which age bands."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.questions import by_people
from bot.questions.by_people import Group
from bot.questions.rules import OF_ANSWERED, OF_ASKED
from bot.speech import dates
from handlers.console import charts
from handlers.console.charts import Given
from handlers.console.desk import Desk
from handlers.console.rates import READ, percent, span_of
from handlers.console.routing import Section

section = Section("rates_people")


@section.get("/rates/people", READ)
def overview(desk: Desk) -> ResponseReturnValue:
    """Each picture stands above its table; counts that could tell of a person are left out."""
    span = span_of(request.args, dates.today(desk.now))
    least = desk.services.city.small_cell
    with desk.reading() as session:
        topics = by_people.by_topic(session, span.first, span.last)
        districts, bands = by_people.by_people(session, span.first, span.last, least)
    groups = {"district": districts, "age_band": bands}
    names = {
        kind: {one.key: name_of(desk, kind, one.key) for one in held}
        for kind, held in groups.items()
    }
    return desk.show(
        "rates_people.html",
        span=span,
        topics=topics,
        groups=groups,
        names=names,
        pictures={
            kind: charts.stacked(_asked(desk, held, names[kind]), 1)
            for kind, held in groups.items()
        },
        endings=OF_ASKED,
        felt=OF_ANSWERED,
        percent=percent,
        least=least,
    )


def name_of(desk: Desk, kind: str, key: str | None) -> str:
    """What staff call a district or an age band."""
    if key is None:
        return desk.say("console_log.told_nothing")
    if kind == "district":
        district = desk.services.city.district(key)
        return district.name if district else key
    return desk.say(f"mine.value_age_band_{key}")


def _asked(desk: Desk, groups: tuple[Group, ...], names: dict[str | None, str]) -> list[Given]:
    shown = [one for one in groups if not one.is_hidden]
    return [
        Given(
            names[one.key],
            f"{names[one.key]} {desk.say('console.count', count=one.asked)}",
            [one.asked],
        )
        for one in shown
    ]
