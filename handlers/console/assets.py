"""The console's own styles and scripts."""

from pathlib import Path

from flask import Response, send_from_directory

from handlers.console.desk import Desk
from handlers.console.routing import PUBLIC, Section

section = Section("assets")
_FOLDER = Path(__file__).parent / "static"


@section.get("/static/<path:name>", PUBLIC)
def file(_desk: Desk, name: str) -> Response:
    """One file of ours; browsers ask each time whether it changed."""
    return send_from_directory(_FOLDER, name)


@section.get("/<path:nowhere>", PUBLIC)
def nowhere(desk: Desk, nowhere: str) -> tuple[str, int]:
    """Any other address: said in our own words."""
    return desk.show("refused.html", 404, why="console.refused_404")
