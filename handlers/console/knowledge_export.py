"""Taking knowledge away as a file: CSV or XLSX; that it was taken is recorded."""

from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import queries
from bot.knowledge.tables import writing
from handlers.console.desk import Desk
from handlers.console.knowledge import EDIT, kind_of
from handlers.console.routing import Section
from handlers.console.saving import csv_file, saved

section = Section("knowledge_export")
_MOST_LISTED = 100
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@section.post("/knowledge/export", EDIT)
def export(desk: Desk) -> ResponseReturnValue:
    """What residents meet, as a file; for CP932 every cell that it cannot hold is told instead."""
    kind = kind_of(desk, request.form.get("kind", ""))
    shape = request.form.get("shape", "csv")
    with desk.reading() as session:
        held = queries.contents(session, kind.shelf, queries.published(kind.shelf))
    table = writing.table(held, kind.form, desk.services.city.sections)
    if shape == "xlsx":
        data: Any = writing.to_xlsx(table, kind.form.title)
    else:
        data = writing.to_cp932(table) if shape == "cp932" else writing.to_csv(table)
    if isinstance(data, tuple):
        return desk.show(
            "knowledge/export_failed.html",
            422,
            kind=kind,
            cells=data[:_MOST_LISTED],
            count=len(data),
            more=max(0, len(data) - _MOST_LISTED),
        )
    with desk.writing() as session:
        after = {"rows": len(held), "shape": shape if shape in ("xlsx", "cp932") else "csv"}
        desk.record(session, "knowledge.exported", (kind.name, "all"), after=after)
    if shape == "xlsx":
        return saved(desk, f"{kind.name}.xlsx", data, _XLSX)
    return csv_file(desk, kind.name, data, "Shift_JIS" if shape == "cp932" else "utf-8")
