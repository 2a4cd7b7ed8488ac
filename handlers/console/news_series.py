"""くり返し: announcements that come back each week or month: when next, what became of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.campaigns import misfires, occasions, queries, series
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import Draft, Kind
from bot.campaigns.series import Edited, Plan, Series
from bot.campaigns.service import Nobody, OwnWork, TypeTheCount
from bot.speech import dates
from handlers.console import news_look, news_series_look, news_words
from handlers.console import news_series_form as form
from handlers.console.desk import Desk
from handlers.console.news import APPROVE, READ, WRITE
from handlers.console.news_steps import number_in_form
from handlers.console.reading import LONG, day_of, number_of
from handlers.console.review import people_by_login
from handlers.console.routing import Card, Line, Section

section = Section("news_series")
_ONE = "/news/series/<int(max=9223372036854775807):series_id>"
_ANEW = (Kind.DIGEST, Kind.PROGRESS)
_COPIED = 50


@section.get("/news/series", READ)
def everything(desk: Desk) -> ResponseReturnValue:
    """All that repeats, with its next time."""
    with desk.reading() as session:
        found = series.listed(session)
    return desk.show(
        "news/series_list.html",
        found=[(one, news_series_look.next_times(desk, one, 1)) for one in found],
        state_of=lambda one: news_series_look.state_of(desk, one),
        may_write=WRITE.admits(desk.me.roles),
        when=lambda one: form.say_cron(desk, one.plan.cron),
    )


@section.get("/news/series/new", WRITE)
def new(desk: Desk) -> ResponseReturnValue:
    """The form for another one."""
    return _form(desk, form.Typed())


@section.post("/news/series/new", WRITE)
def make(desk: Desk) -> ResponseReturnValue:
    """Keeps it; it does nothing until another person approves it."""
    typed = form.typed()
    plan = _plan(desk, typed)
    if isinstance(plan, str):
        return _form(desk, typed, 422, desk.say(f"console_series.{plan}"))
    with desk.writing() as session:
        number = series.make(
            session,
            plan,
            author=desk.me.login,
            now=desk.now,
            source=number_of(typed.what, LONG) if plan.draft else None,
        )
        desk.record(session, "series.made", ("series", number), after={"cron": plan.cron})
    desk.tell(desk.say("console_series.made"))
    return desk.go("news_series_one", series_id=number)


@section.get(_ONE, READ)
def one(desk: Desk, series_id: int) -> ResponseReturnValue:
    """One of them: its words, its next times, what happened, and what can be done."""
    return _show(desk, series_id)


@section.post(f"{_ONE}/when", WRITE)
def change(desk: Desk, series_id: int) -> ResponseReturnValue:
    """Another time or end; it stands still until it is approved again."""
    held = _held(desk, series_id)
    typed = form.typed()
    cron, until = form.cron(typed), form.until(desk, typed)
    if cron is None or isinstance(until, str):
        wrong = "no_time" if cron is None else until
        return _show(desk, series_id, 422, desk.say(f"console_series.{wrong}"), typed)
    plan = replace(held.plan, cron=cron, until=until)
    with desk.writing() as session:
        done = series.edit(session, series_id, plan, actor=desk.me.login, **_clock(desk))
        if done is Edited.CHANGED:
            desk.record(session, "series.changed", ("series", series_id), after={"cron": cron})
    desk.tell(
        desk.say(f"console_series.{'changed' if done is Edited.CHANGED else 'unchanged'}"), "note"
    )
    return desk.go("news_series_one", series_id=series_id)


@section.post(f"{_ONE}/approve", APPROVE)
def approve(desk: Desk, series_id: int) -> ResponseReturnValue:
    """Another person switches it on, with the number of people typed where they are many."""
    held = _held(desk, series_id)
    reach = news_look.reach(desk, news_series_look.whom(held))
    with desk.writing() as session:
        done = series.approve(
            *(session, series_id),
            actor=desk.me.login,
            terms=desk.services.news_terms,
            reach=reach,
            shown=number_in_form("shown") or None,
            typed=number_in_form("typed"),
            **_clock(desk),
        )
        if isinstance(done, series.On):
            desk.record(session, "series.approved", ("series", series_id), after={"count": reach})
    if not isinstance(done, series.On):
        return _show(desk, series_id, 409, _refused(desk, done))
    desk.tell(desk.say("console_series.approved"))
    return desk.go("news_series_one", series_id=series_id)


@section.post(f"{_ONE}/stop", READ)
def stop(desk: Desk, series_id: int) -> ResponseReturnValue:
    """Switches it off."""
    return _act(
        desk, series_id, "stopped", lambda session: series.stop(session, series_id, **_clock(desk))
    )


@section.post(f"{_ONE}/skip", READ)
def skip(desk: Desk, series_id: int) -> ResponseReturnValue:
    """Leaves out one day."""
    day = day_of(request.form.get("day", ""))
    if day is None:
        return _show(desk, series_id, 422, desk.say("console_series.no_day"))
    return _act(desk, series_id, "skipped", lambda session: series.skip(session, series_id, day))


@section.post(f"{_ONE}/skip-not", READ)
def take_back_skip(desk: Desk, series_id: int) -> ResponseReturnValue:
    """A day to come is not left out after all."""
    held = _held(desk, series_id)
    day = day_of(request.form.get("day", ""))
    if day not in occasions.to_take_back(held, desk.now, desk.services.next_due):
        return _show(desk, series_id, 409, desk.say("console_series.not_now"))
    return _act(
        desk,
        series_id,
        "unskipped",
        lambda session: series.take_back_skip(session, series_id, day),
    )


@section.card(APPROVE)
def card(desk: Desk) -> Card | None:
    """Series of others that wait for an approver."""
    with desk.reading() as session:
        found = [one for one in series.listed(session) if one.state == "draft"]
    others = [one for one in found if desk.me.login not in one.writers]
    if not others:
        return None
    lines = [
        Line(one.plan.title, desk.to("news_series_one", series_id=one.id)) for one in others[:3]
    ]
    address = desk.to("news_series_everything")
    return Card(desk.say("console_series.card"), len(others), address, lines)


def _act(
    desk: Desk, series_id: int, what: str, act: Callable[[Session], bool]
) -> ResponseReturnValue:
    with desk.writing() as session:
        done = act(session)
        if done:
            desk.record(session, f"series.{what}", ("series", series_id))
    if not done:
        return _show(desk, series_id, 409, desk.say("console_series.not_now"))
    desk.tell(desk.say(f"console_series.{what}"))
    return desk.go("news_series_one", series_id=series_id)


def _refused(desk: Desk, outcome: OwnWork | Nobody | TypeTheCount | series.NotNow) -> str:
    match outcome:
        case OwnWork():
            return desk.say("console_series.own_work")
        case series.NotNow():
            return desk.say("console_series.not_now")
        case _:
            return news_words.refused(desk, outcome)


def _plan(desk: Desk, typed: form.Typed) -> Plan | str:
    """The plan, or the name of the words that say what is missing."""
    cron, until = form.cron(typed), form.until(desk, typed)
    if cron is None:
        return "no_time"
    if isinstance(until, str):
        return until
    draft = None
    if typed.what not in _ANEW:
        copied = next((o for o in _copiable(desk) if str(o.id) == typed.what), None)
        if copied is None:
            return "no_words"
        draft = replace(copied.draft, wish=replace(copied.draft.wish, at=None))
        if news_look.faults(desk, draft):
            return "faulty"
    kind = draft.kind if draft else Kind(typed.what)
    title = typed.title or (draft.title if draft else desk.say(f"console_news.kind_{kind}"))
    return Plan(kind, title[:80], draft, cron, until, waits_for_approval=typed.waits)


def _copiable(desk: Desk) -> list[Campaign]:
    """Announcements that another person approved once: their words may come back.

    Not those of one month or week: their figures would be told again when they are old.
    """
    with desk.reading() as session:
        found = queries.listed(session, most=_COPIED)
    return [
        one
        for one in found
        if one.approved_by is not None and one.is_as_approved and one.draft.kind not in _ANEW
    ]


def _held(desk: Desk, series_id: int) -> Series:
    with desk.reading() as session:
        return series.one(session, series_id) or abort(404)


def _clock(desk: Desk) -> dict[str, Any]:
    return {"now": desk.now, "next_due": desk.services.next_due}


def _form(desk: Desk, typed: form.Typed, status: int = 200, fault: str = "") -> ResponseReturnValue:
    return desk.show(
        "news/series_new.html",
        status,
        typed=typed,
        anew=_ANEW,
        copiable=_copiable(desk),
        weekdays=form.WEEKDAYS,
        days=form.DAYS,
        today=dates.today(desk.now),
        fault=fault,
    )


def _show(
    desk: Desk,
    series_id: int,
    status: int = 200,
    fault: str = "",
    typed: form.Typed | None = None,
) -> ResponseReturnValue:
    held = _held(desk, series_id)
    with desk.reading() as session:
        happened = occasions.happened(session, series_id)
        wrong = misfires.unseen(session, desk.services.next_due, series_id)
    draft: Draft | None = held.plan.draft
    people = people_by_login(desk)
    terms = desk.services.news_terms
    return desk.show(
        "news/series_one.html",
        status,
        held=held,
        state=news_series_look.state_of(desk, held),
        to_take_back=occasions.to_take_back(held, desk.now, desk.services.next_due),
        happened=happened,
        misfires=[news_words.misfire(desk, one) for one in wrong],
        misfires_upto=max((one.found_at for one in wrong), default=None),
        ahead=news_series_look.ahead(desk, held),
        undo_minutes=int(terms.undo.total_seconds()) // 60,
        typed_above=terms.typed_count_above,
        typed_count=request.form.get("typed", "")[:20],
        number=news_words.number,
        caution=lambda one: news_words.caution(desk, one),
        when=form.say_cron(desk, held.plan.cron),
        rows=news_series_look.rows(desk, draft),
        phones=news_look.phones(desk, draft) if draft else (),
        typed=typed or form.as_typed(held.plan),
        weekdays=form.WEEKDAYS,
        days=form.DAYS,
        today=dates.today(desk.now),
        name_of=lambda login: news_words.name_of(desk, login, people),
        writers="、".join(
            news_words.name_of(desk, one, people) for one in sorted(held.writers - {held.author})
        ),
        is_mine=desk.me.login in held.writers,
        may_write=WRITE.admits(desk.me.roles),
        may_approve=APPROVE.admits(desk.me.roles),
        fault=fault,
    )
