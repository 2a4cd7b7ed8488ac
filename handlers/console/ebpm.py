"""The sheet for evidence-based policy, to be saved from the figures: counts, small ones hidden."""

from datetime import timedelta

from flask.typing import ResponseReturnValue

from bot.knowledge.tables.writing import to_csv
from bot.speech import dates, ebpm_sheet
from handlers.console.desk import Desk
from handlers.console.rates import READ
from handlers.console.routing import Section
from handlers.console.saving import csv_file

section = Section("ebpm")
_DAYS = 365


@section.post("/rates/ebpm", READ)
def export(desk: Desk) -> ResponseReturnValue:
    """Demand, online availability and resolution by procedure over a year, as CSV."""
    last = dates.today(desk.now)
    first = last - timedelta(days=_DAYS - 1)
    least = desk.services.city.small_cell
    with desk.reading() as session:
        counted = ebpm_sheet.read(session, first, last)
    rows = ebpm_sheet.table(desk.services.voice, desk.services.city, counted, least)
    with desk.writing() as session:
        after = {"rows": len(rows) - 1, "since": first.isoformat(), "until": last.isoformat()}
        desk.record(session, "ebpm.exported", ("rates", "ebpm"), after=after)
    return csv_file(desk, "ebpm", to_csv(rows))
