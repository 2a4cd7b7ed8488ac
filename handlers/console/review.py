"""未回答: what the desk could not answer, grouped; the list, and one action on many at once."""

import re
from collections.abc import Mapping, Sequence
from math import ceil
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.answers.folding import fold
from bot.questions import cluster_queries, clusters
from bot.questions.cluster_queries import Filter, Line, Order
from bot.questions.clusters import Done, Merged, Refused, Seen
from bot.questions.rules import WANTING, ClusterState
from bot.speech import dates
from bot.staff import accounts
from bot.staff.rules import Person, Role
from handlers.console import reasons, review_undo, review_words
from handlers.console.desk import Desk
from handlers.console.reading import number_of
from handlers.console.routing import Access, Card, Hit, Section, only
from handlers.console.routing import Line as CardLine

section = Section("review")
READ: Access = only(Role.SUPPORT, Role.APPROVER)
"""Residents' words stand here: whoever may only look (閲覧) sees figures and knowledge instead."""
EDIT: Access = only(Role.SUPPORT)
PAGE = 30
_MOST_PICKED = 200
_LONGEST_TITLE = 80
_ASKED = ("state", "who", "q", "order")
_STATES: Mapping[str, Sequence[ClusterState]] = {
    "": WANTING,
    **{state.value: (state,) for state in ClusterState},
    "all": tuple(ClusterState),
}
_SEEN = re.compile(r"(\d{1,9}):(\d{1,9})")


@section.get("/unanswered", READ, menu="console_review.menu")
def everything(desk: Desk) -> ResponseReturnValue:
    """The groups, those of most residents first."""
    return _listed(desk)


@section.post("/unanswered", EDIT)
def together(desk: Desk) -> ResponseReturnValue:
    """One action on all picked groups: take, give, set aside or merge them."""
    picked = picked_groups(request.form.getlist("pick"))
    fault = why_not(request.form.get("do", ""), desk) or _why_not_together(picked)
    if fault:
        return _listed(desk, 422, fault=desk.say(fault))
    with desk.writing() as session:
        members = review_undo.members(session, picked)
        outcomes = _act(desk, session, picked)
    done = sum(isinstance(outcome, Done | Merged) for outcome in outcomes)
    if done:
        desk.tell(desk.say("console_review.together_done", count=done))
    refusals = [one for one in outcomes if not isinstance(one, Done | Merged)]
    names = people_by_login(desk) if refusals else {}
    for words in dict.fromkeys(review_words.refused(desk, one, names) for one in refusals):
        desk.tell(words, "fault")
    undo = review_undo.of_many(desk, request.form.get("do", ""), outcomes, members)
    return desk.go("review_everything", **_asked(), page=_page() or None, back=undo)


@section.card(EDIT)
def waiting(desk: Desk) -> Card:
    """How many groups want an answer, and the first of them."""
    with desk.reading() as session:
        page = cluster_queries.page(session, Filter(), most=3)
    lines = [
        CardLine(
            desk.say("console_review.card_line", title=title_of(desk, line), count=line.waiting)
            if line.waiting
            else title_of(desk, line),
            desk.to("review_cluster_one", cluster_id=line.cluster.id),
        )
        for line in page.lines
    ]
    nothing = desk.say("console_review.nothing")
    address = desk.to("review_everything")
    return Card(desk.say("console_review.menu"), page.total, address, lines, nothing)


@section.search(READ)
def found(desk: Desk, words: str) -> list[Hit]:
    """Groups one of whose wordings holds what was typed."""
    if not fold(words):
        return []
    with desk.reading() as session:
        which = Filter(states=tuple(ClusterState), text=words)
        lines = cluster_queries.page(session, which, most=5).lines
    kind = desk.say("console_review.menu")
    return [
        Hit(kind, title_of(desk, one), desk.to("review_cluster_one", cluster_id=one.cluster.id))
        for one in lines
    ]


# ---------------------------------------------------------------- what other pages need too


def title_of(desk: Desk, line: Line) -> str:
    """The words a group is known by, not more of them than a heading takes."""
    title = line.title or desk.say("console_review.words_gone")
    return title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE]}…"


def people_by_login(desk: Desk) -> dict[str, Person]:
    """Staff by login, to say their names."""
    with desk.reading() as session:
        return {one.login: one for one in accounts.everyone(session, desk.services.sealer)}


def who_may_answer(people: Mapping[str, Person]) -> list[Person]:
    """Those a group can be given to."""
    return [one for one in people.values() if not one.disabled_at and EDIT.admits(one.roles)]


def picked_groups(picks: Sequence[str]) -> list[Seen]:
    """Groups as they stood on the screen: "12:3" is number 12 at version 3."""
    read = [_SEEN.fullmatch(pick) for pick in picks[:_MOST_PICKED]]
    every = [Seen(int(one[1]), int(one[2])) for one in read if one]
    return list({one.id: one for one in every}.values())


def record(desk: Desk, session: Session, action: str, done: Any, reason: str | None = None) -> None:
    """Writes an outcome with before and after into the audit trail."""
    before = done.before.as_audited() if done.before else None
    item = ("cluster", done.after.id)
    desk.record(session, action, item, before=before, after=done.after.as_audited(), reason=reason)


def act_on(
    desk: Desk, session: Session, seen: Seen, do: str, *, who: str = "", reason: str = ""
) -> Done | Refused:
    """Takes, gives, frees, sets aside or takes up one group; what changed is written down."""
    me, now = desk.me.login, desk.now
    if do == "ignore":
        outcome = clusters.ignore(session, seen, reason, me, now)
    elif do == "reopen":
        outcome = clusters.reopen(session, seen, me, now)
    else:
        to = {"mine": me, "give": who, "free": None}[do]
        outcome = clusters.assign(session, seen, to, me, now)
    if isinstance(outcome, Done) and outcome.before != outcome.after:
        action = {"ignore": "review.ignored", "reopen": "review.reopened"}
        record(desk, session, action.get(do, "review.assigned"), outcome, reason or None)
    return outcome


def why_not(do: str, desk: Desk) -> str | None:
    """What is missing in the form for that action, as the name of a text."""
    if do not in ("mine", "give", "free", "ignore", "reopen", "merge"):
        return "console_review.pick_what"
    if do == "give":
        people = who_may_answer(people_by_login(desk))
        known = request.form.get("who", "") in {one.login for one in people}
        return None if known else "console_review.pick_who"
    return reasons.fault(reasons.typed()) if do == "ignore" else None


# ---------------------------------------------------------------- many at once


def _why_not_together(picked: Sequence[Seen]) -> str | None:
    if not picked:
        return "console_review.pick_some"
    if request.form.get("do") == "merge" and len(picked) < 2:
        return "console_review.pick_two"
    return None


def _act(desk: Desk, session: Session, picked: Sequence[Seen]) -> list[Any]:
    do, who, reason = request.form.get("do", ""), request.form.get("who", ""), reasons.typed()
    if do == "merge":
        # The first on the screen stays, the others go into it.
        outcome = clusters.merge(session, picked[0], picked[1:], desk.me.login, desk.now)
        if isinstance(outcome, Merged):
            record(desk, session, "review.merged", outcome)
        return [outcome]
    made = clusters.each(
        picked, lambda seen: act_on(desk, session, seen, do, who=who, reason=reason)
    )
    return [outcome for _seen, outcome in made]


# ---------------------------------------------------------------- the list


def _asked() -> dict[str, str]:
    held = {name: request.values.get(name, "") for name in _ASKED}
    if request.method == "POST":
        held["who"] = request.form.get("asked_who", "")
    tidy = {name: value.strip()[:100] for name, value in held.items()}
    return {name: value for name, value in tidy.items() if value}


def _page() -> int:
    """The page that is asked for or was acted on; 0 for none."""
    return min(number_of(request.values.get("page", "")) or 0, 10_000)


def _listed(desk: Desk, status: int = 200, fault: str = "") -> ResponseReturnValue:
    asked = _asked()
    number = _page() or 1
    who = asked.get("who")
    which = Filter(
        states=_STATES.get(asked.get("state", ""), WANTING),
        assignee=desk.me.login if who == "me" else who,
        text=asked.get("q", "") if fold(asked.get("q", "")) else "",
    )
    order = next((one for one in Order if one == asked.get("order")), Order.RESIDENTS)
    with desk.reading() as session:
        page = cluster_queries.page(
            session, which, order=order, first=(number - 1) * PAGE, most=PAGE
        )
        counts = cluster_queries.counts(session)
    people = people_by_login(desk)
    return desk.show(
        "review/list.html",
        status,
        asked=asked,
        found=page,
        counts=counts,
        wanting=sum(counts[state] for state in WANTING),
        people=people,
        may_answer=who_may_answer(people),
        may_edit=EDIT.admits(desk.me.roles),
        title_of=lambda line: title_of(desk, line),
        fault=fault,
        picked=set(request.form.getlist("pick")),
        reason=reasons.typed(),
        given_to=request.form.get("who", ""),
        orders=list(Order),
        page=number,
        pages=max(1, ceil(page.total / PAGE)),
        turned=lambda to: desk.to("review_everything", **asked, page=to),
        days=lambda at: (dates.today(desk.now) - dates.today(at)).days,
    )
