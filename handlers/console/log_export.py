"""Taking the question log away as CSV: masked, guarded, and written down who took what and why."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from bot.knowledge.tables.writing import to_csv
from bot.questions import exporting
from bot.speech import dates
from handlers.console.desk import Desk
from handlers.console.log import READ
from handlers.console.log_asked import asked_of, search_of
from handlers.console.routing import Section

section = Section("log_export")
_LONGEST_REASON = 200


@section.post("/log/export", READ)
def export(desk: Desk) -> ResponseReturnValue:
    """All questions looked for, newest first. The trail keeps the search, not its words."""
    asked = asked_of(request.form)
    reason = request.form.get("reason", "").strip()[:_LONGEST_REASON]
    with desk.reading() as session:
        heading = tuple(desk.say(f"console_log.column_{name}") for name in exporting.COLUMNS)
        rows = [heading, *exporting.rows(session, search_of(asked))]
    # What was typed may be a resident's own words, and the trail can never forget.
    kept = {name: "…" if name == "q" else value for name, value in asked.items()}
    with desk.writing() as session:
        after = {"rows": len(rows) - 1, "search": kept}
        desk.record(session, "log.exported", ("log", "csv"), after=after, reason=reason or None)
    return csv_file(desk, "questions", to_csv(rows))


def csv_file(desk: Desk, name: str, data: bytes) -> Response:
    """The answer that a browser saves as a file of today's date."""
    file_name = f"{name}-{dates.today(desk.now).isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(data, content_type="text/csv; charset=utf-8", headers=headers)
