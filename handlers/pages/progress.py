"""/plan: how far the city's plan has come, for everyone, without LINE and without a link."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from bot.plan import queries
from bot.plan.measures import Plan, Step
from bot.plan.rules import Progress
from bot.speech import dates, plan_words
from handlers.pages import headers, plan_chart
from handlers.pages.services import PageServices
from handlers.pages.visitor import visitor

ROOT = "/plan"
_PICTURE_KEPT = 86_400
"""Seconds a browser or LINE may keep a picture: its address is that of its figures."""


def blueprint(services: PageServices, plan: Plan) -> Blueprint:
    """`GET /plan` and the pictures that cards of the chat show; headers on these answers alone."""
    door = Blueprint("progress", __name__, url_prefix=ROOT, template_folder="templates")
    shown = _Shown(services, plan)
    door.add_url_rule("", "page", shown.page, strict_slashes=False)
    number = "<int(max=9223372036854775807):upto>"
    door.add_url_rule(f"/picture/{number}.png", "picture", shown.picture)
    door.add_url_rule("/<path:_nowhere>", "nowhere", shown.nowhere)
    for status in (404, 405, 500):
        door.register_error_handler(status, shown.refused)
    door.after_app_request(_protect)
    return door


def _protect(response: Response) -> Response:
    if request.path != ROOT and not request.path.startswith(f"{ROOT}/"):
        return response
    headers.protect(response)
    return response


@dataclass(frozen=True, slots=True)
class _Shown:
    """The page and its picture. No cookie is read or set here, nobody is known."""

    services: PageServices
    plan: Plan

    def page(self) -> ResponseReturnValue:
        """Counts, then measure by measure, as tables that stand behind the picture."""
        stands = self._progress()
        voice = visitor(self.services).voice
        page, _ = visitor(self.services).show(
            "plan.html",
            plan=self.plan,
            stands=stands,
            chart=plan_chart.columns(stands.years),
            recorded=plan_words.recorded(voice, stands),
            notes=plan_words.notes(voice, stands),
            picture=plan_words.picture(voice, stands),
            voice=voice,
            words=plan_words,
            say_years=self._say_years,
        )
        return page, 200, {"Cache-Control": "no-cache"}

    def picture(self, upto: int) -> ResponseReturnValue:
        """The picture as it stood at a record, so that an older card keeps its own figures."""
        with self.services.database.reading() as session:
            if upto > queries.latest(session):
                abort(404)
        from bot.speech import plan_picture  # Pillow is heavy, and few ask for pictures

        years = tuple(year for year, _name in self.plan.years)
        png = plan_picture.draw(self._progress(upto).figures, years)
        return Response(
            png,
            mimetype="image/png",
            headers={"Cache-Control": f"public, max-age={_PICTURE_KEPT}, immutable"},
        )

    def nowhere(self, _nowhere: str) -> ResponseReturnValue:
        """Any other address below /plan."""
        abort(404)

    def refused(self, error: HTTPException) -> ResponseReturnValue:
        """A page for what went wrong."""
        status = error.code or 500
        why = "pages.failed" if status == 500 else "plan_page.nowhere"
        return visitor(self.services).show("plan_refused.html", status, why=why)

    def _progress(self, upto: int | None = None) -> Progress:
        with self.services.database.reading() as session:
            return queries.progress(session, self.plan, self._today(), upto)

    def _today(self) -> date:
        return dates.today(self.services.civil())

    def _say_years(self, step: Step) -> str:
        names = dict(self.plan.years)
        first, last = names[step.first], names[step.last]
        return first if step.first == step.last else f"{first}〜{last}"
