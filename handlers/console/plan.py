"""計画の進み: what is recorded of the plan, for all who may look, and where staff record it."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import service as knowledge
from bot.knowledge.rules import OnlineNow, online
from bot.knowledge.values import Procedure
from bot.plan import queries
from bot.plan.measures import Step
from bot.plan.rules import How, Progress, StepState
from bot.speech import dates, plan_words
from bot.speech.procedure_cards import everyday_name
from bot.staff.rules import Role
from handlers.console import charts
from handlers.console.charts import Chart, Given
from handlers.console.desk import Desk
from handlers.console.routing import Access, Card, Line, Section, only

section = Section("plan")
WRITE: Access = only(Role.ANNOUNCER, Role.APPROVER, Role.ADMIN)
READ: Access = only(Role.VIEWER, Role.ANNOUNCER, Role.APPROVER, Role.ADMIN)


@section.get("/plan", READ, menu="console_plan.menu")
def overview(desk: Desk) -> ResponseReturnValue:
    """Counts by year with their table, how each measure stands, and the forms to record."""
    return show(desk)


def show(
    desk: Desk, status: int = 200, typed: Mapping[str, str] = MappingProxyType({})
) -> ResponseReturnValue:
    """The overview; with what was `typed` in its forms where that was refused."""
    services = desk.services
    today = dates.today(desk.now)
    with desk.reading() as session:
        stands = queries.progress(session, services.plan, today)
        choices = _choices(desk, queries.online_since(session), queries.watched(session))
    return desk.show(
        "plan.html",
        status,
        typed=typed,
        plan=services.plan,
        stands=stands,
        chart=_chart(desk, stands),
        count=lambda number: plan_words.count(services.voice, number),
        recorded=plan_words.recorded(services.voice, stands),
        hows=list(How),
        writes=WRITE.admits(desk.me.roles),
        choices=choices,
        asked=typed.get("procedure") or request.args.get("procedure", ""),
        minutes=int(services.plan_terms.undo.total_seconds() // 60),
        today=today,
    )


@section.get("/plan/measure/<int(max=2147483647):number>", READ)
def measure(desk: Desk, number: int) -> ResponseReturnValue:
    """One measure: its steps and figures as they stand, and the forms to record more."""
    return show_measure(desk, number)


def show_measure(
    desk: Desk, number: int, status: int = 200, typed: Mapping[str, str] = MappingProxyType({})
) -> ResponseReturnValue:
    """The measure; with what was `typed` in one of its forms where that was refused."""
    services = desk.services
    today = dates.today(desk.now)
    with desk.reading() as session:
        stands = queries.progress(session, services.plan, today)
    found = next((one for one in stands.measures if one.measure.number == number), None)
    if found is None:
        return desk.show("refused.html", 404, why="console.refused_404")
    return desk.show(
        "plan_measure.html",
        status,
        typed=typed,
        found=found,
        words=plan_words,
        voice=services.voice,
        states=list(StepState),
        say_years=lambda step: say_years(desk, step),
        writes=WRITE.admits(desk.me.roles),
        today=today,
        first=services.plan.starts,
    )


@section.card(WRITE)
def unrecorded(desk: Desk) -> Card | None:
    """Procedures that are online by the knowledge while residents still wait to hear of it."""
    with desk.reading() as session:
        since, watched = queries.online_since(session), queries.watched(session)
        wanted = watched.keys() - since.keys()
        held = knowledge.procedures(session) if wanted else ()
    today = dates.today(desk.now)
    open_ones = [
        one for one in held if one.id in wanted and isinstance(online(one, today), OnlineNow)
    ]
    if not open_ones:
        return None
    lines = [
        Line(_waited_for(desk, one, watched), desk.to("plan_overview", procedure=one.id))
        for one in open_ones[:3]
    ]
    title = desk.say("console_plan.unrecorded")
    return Card(title, len(open_ones), desk.to("plan_overview"), lines)


def say_years(desk: Desk, step: Step) -> str:
    """令和4年度, or 令和4年度〜令和5年度."""
    names = dict(desk.services.plan.years)
    first, last = names[step.first], names[step.last]
    return first if first == last else f"{first}〜{last}"


def _choices(desk: Desk, since: dict[str, date], watched: dict[str, int]) -> list[tuple[str, str]]:
    """The procedures that may be recorded yet, those that residents wait for first."""
    with desk.reading() as session:
        held = knowledge.procedures(session)
    open_ones = sorted(
        (one for one in held if one.id not in since),
        key=lambda one: (-watched.get(one.id, 0), one.id),
    )
    return [(one.id, _waited_for(desk, one, watched)) for one in open_ones]


def _waited_for(desk: Desk, procedure: Procedure, watched: dict[str, int]) -> str:
    name = f"{procedure.id} {everyday_name(procedure)}"
    count = watched.get(procedure.id, 0)
    return desk.say("console_plan.waiting_for", name=name, count=count) if count else name


def _chart(desk: Desk, stands: Progress) -> Chart:
    given = []
    for year in stands.years:
        said = f"{year.name} {plan_words.count(desk.services.voice, year.count)}"
        given.append(Given(year.name.removeprefix("令和"), said, [year.count or 0]))
    return charts.stacked(given)
