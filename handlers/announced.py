"""What announcements lead to on the open web: their pictures, and links that count taps.

No visitor is known here: a tap raises a number, nothing is noted of who it was.
"""

from flask import Blueprint, Response, redirect
from flask.typing import ResponseReturnValue

from bot.campaigns import links, pictures
from bot.db import Database

_A_YEAR = "public, max-age=31536000, immutable"


def blueprint(database: Database, unknown: str) -> Blueprint:
    """`GET /p/<name>.jpg`, `/p/<name>/small.jpg` and `/l/<name>`; `unknown` is said for the rest.

    A link leads only where staff let it lead; it changes nothing but its count.
    """
    door = Blueprint("announced", __name__)

    def picture(name: str, *, small: bool) -> ResponseReturnValue:
        with database.reading() as session:
            found = pictures.image(session, name, small=small)
        if found is None:
            return _gone(unknown)
        answer = Response(found, mimetype="image/jpeg")
        answer.headers["Cache-Control"] = _A_YEAR
        answer.headers["X-Content-Type-Options"] = "nosniff"
        return answer

    @door.get("/p/<name>.jpg")
    def whole(name: str) -> ResponseReturnValue:
        return picture(name, small=False)

    @door.get("/p/<name>/small.jpg")
    def preview(name: str) -> ResponseReturnValue:
        return picture(name, small=True)

    @door.get("/l/<name>")
    def lead(name: str) -> ResponseReturnValue:
        with database.writing() as session:
            address = links.follow(session, name)
        if address is None:
            return _gone(unknown)
        answer = redirect(address, 302)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    return door


def _gone(words: str) -> ResponseReturnValue:
    return Response(words, 404, mimetype="text/plain; charset=utf-8")
