"""抜き取り確認: each week some answered questions, judged 正しい／惜しい／違う by a person."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import browsing, queries
from bot.knowledge.shelves import ENTRIES
from bot.questions import sampling
from bot.questions.days import monday_of
from bot.questions.rules import Verdict
from bot.questions.sampling import AlreadyJudged, Judged, NoSuchSample, NotOverYet
from handlers.console import review_words
from handlers.console.desk import Desk
from handlers.console.reading import day_of, number_of
from handlers.console.review import EDIT, READ, people_by_login
from handlers.console.routing import Card, Section

section = Section("review_samples")
_LOOK_BACK = timedelta(weeks=12)


@section.get("/unanswered/samples", READ)
def week(desk: Desk) -> ResponseReturnValue:
    """What was drawn for a week, last week when none is asked for, and the counts since."""
    return _show(desk, _week(desk))


@section.post("/unanswered/samples/draw", EDIT)
def draw(desk: Desk) -> ResponseReturnValue:
    """Draws the week's questions; a week that was drawn stays as it is."""
    chosen = _week(desk)
    with desk.writing() as session:
        is_new = not sampling.samples(session, chosen)
        outcome = sampling.draw(session, chosen, desk.services.samples_a_week, desk.now)
        if not isinstance(outcome, NotOverYet) and outcome and is_new:
            after = {"count": len(outcome)}
            desk.record(session, "review.drawn", ("week", chosen.isoformat()), after=after)
    if isinstance(outcome, NotOverYet):
        desk.tell(desk.say("console_review.week_not_over"), "fault")
    elif not outcome:
        desk.tell(desk.say("console_review.week_empty"), "note")
    return desk.go("review_samples_week", week=chosen.isoformat())


@section.post("/unanswered/samples/judge", EDIT)
def judge(desk: Desk) -> ResponseReturnValue:
    """Keeps a verdict; 違う puts the question before the support team."""
    chosen, place = _week(desk), number_of(request.form.get("place", ""))
    verdict = next((one for one in Verdict if one == request.form.get("verdict")), None)
    if verdict is None or place is None:
        desk.tell(desk.say("console_review.pick_verdict"), "fault")
        return desk.go("review_samples_week", week=chosen.isoformat())
    with desk.writing() as session:
        outcome = sampling.judge(session, chosen, place, verdict, desk.me.login, now=desk.now)
        if isinstance(outcome, Judged) and outcome.before.verdict != verdict:
            before = outcome.before.verdict
            desk.record(
                session,
                "review.judged",
                ("sample", f"{chosen.isoformat()}/{place}"),
                before={"verdict": before.value} if before else None,
                after={"verdict": verdict.value, "entry": outcome.after.entry_id},
            )
    match outcome:
        case AlreadyJudged(by=by):
            name = review_words.name_of(desk, by, people_by_login(desk))
            desk.tell(desk.say("console_review.already_judged", name=name), "fault")
        case NoSuchSample():
            desk.tell(desk.say("console_review.no_sample"), "fault")
        case Judged() if verdict is Verdict.WRONG:
            desk.tell(desk.say("console_review.judged_wrong"))
    return desk.go("review_samples_week", week=chosen.isoformat(), _anchor=f"place-{place + 1}")


@section.card(EDIT)
def card(desk: Desk) -> Card | None:
    """Last week's answers that nobody has judged yet; the week when it is still to be drawn."""
    last = _last_week(desk)
    with desk.reading() as session:
        samples = sampling.samples(session, last)
    left = sum(one.verdict is None and one.text is not None for one in samples)
    if samples and not left:
        return None
    nothing = desk.say("console_review.samples_to_draw")
    address = desk.to("review_samples_week")
    return Card(desk.say("console_review.samples"), left, address, nothing=nothing)


def _last_week(desk: Desk) -> date:
    return sampling.week_of(desk.now) - timedelta(weeks=1)


def _week(desk: Desk) -> date:
    """The Monday that is asked for, or last week's."""
    asked = day_of(request.values.get("week", ""))
    return monday_of(asked) if asked else _last_week(desk)


def _show(desk: Desk, chosen: date) -> ResponseReturnValue:
    last = _last_week(desk)
    with desk.reading() as session:
        samples = sampling.samples(session, chosen)
        counted = sampling.audited(session, chosen - _LOOK_BACK, chosen)
        ids = {one.entry_id for one in samples}
        entries = {i: held.content for i, held in queries.held(session, ENTRIES, ids).items()}
        titles = browsing.names(session, ENTRIES, ids)
    people = people_by_login(desk)
    return desk.show(
        "review/samples.html",
        week=chosen,
        last_day=chosen + timedelta(days=6),
        earlier=chosen - timedelta(weeks=1),
        later=chosen + timedelta(weeks=1) if chosen < last else None,
        is_over=chosen <= last,
        samples=samples,
        counted=counted,
        entries=entries,
        titles=titles,
        verdicts=[Verdict.RIGHT, Verdict.CLOSE, Verdict.WRONG],
        may_edit=EDIT.admits(desk.me.roles),
        name_of=lambda login: review_words.name_of(desk, login, people),
    )
