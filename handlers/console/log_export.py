"""Taking the question log away as CSV: masked, guarded, and written down who took what and why."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge.tables.writing import to_csv
from bot.questions import exporting
from handlers.console import reasons
from handlers.console.desk import Desk
from handlers.console.log import READ
from handlers.console.log_asked import asked_of, search_of
from handlers.console.routing import Section
from handlers.console.saving import csv_file

section = Section("log_export")


@section.post("/log/export", READ)
def export(desk: Desk) -> ResponseReturnValue:
    """All questions looked for, newest first. The trail keeps the search, not its words."""
    asked = asked_of(request.form)
    reason = reasons.typed()[: reasons.LONGEST]
    with desk.reading() as session:
        heading = tuple(desk.say(f"console_log.column_{name}") for name in exporting.COLUMNS)
        rows = [heading, *exporting.rows(session, search_of(asked))]
    # What was typed may be a resident's own words, and the trail can never forget.
    kept = {name: "…" if name == "q" else value for name, value in asked.items()}
    with desk.writing() as session:
        after = {"rows": len(rows) - 1, "search": kept}
        desk.record(session, "log.exported", ("log", "csv"), after=after, reason=reason or None)
    return csv_file(desk, "questions", to_csv(rows))
