"""Answers that a browser saves as a file."""

from flask import Response

from bot.speech import dates
from handlers.console.desk import Desk


def csv_file(desk: Desk, name: str, data: bytes, charset: str = "utf-8") -> Response:
    """A CSV file of today's date."""
    return saved(desk, f"{name}.csv", data, f"text/csv; charset={charset}")


def saved(desk: Desk, name: str, data: bytes, kind: str) -> Response:
    """A file of today's date, which stands before the ending of its name."""
    stem, _, ending = name.rpartition(".")
    file_name = f"{stem}-{dates.today(desk.now).isoformat()}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    return Response(data, content_type=kind, headers=headers)
