"""One group of unanswered questions: how it was worded, who waits, which answers are near."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import browsing
from bot.knowledge.browsing import Wanted
from bot.knowledge.rules import normalise
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry, State
from bot.questions import cluster_queries, clusters, proposals, rehearsing
from bot.questions.cluster_queries import Filter, Line, Worded
from bot.questions.clusters import Done, Refused, Seen, Split
from bot.questions.rehearsing import Explained
from bot.staff import drafts
from handlers.console import reasons, review_undo, review_words
from handlers.console.desk import Desk
from handlers.console.knowledge import published_among
from handlers.console.reading import LONG, number_of
from handlers.console.review import (
    EDIT,
    READ,
    act_on,
    people_by_login,
    picked_groups,
    record,
    title_of,
    who_may_answer,
    why_not,
)
from handlers.console.routing import Section

section = Section("review_cluster")
GROUP = "/unanswered/<int(max=2147483647):cluster_id>"
_NEAREST = 5
_STILL_WRITING = timedelta(minutes=10)


@section.get(GROUP, READ)
def one(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """The group with all there is to decide by."""
    return _show(desk, cluster_id)


@section.post(f"{GROUP}/do", EDIT)
def act(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """Takes it, gives it to someone, frees it, sets it aside for a reason, takes it up again."""
    do, reason, who = request.form.get("do", ""), reasons.typed(), request.form.get("who", "")
    fault = "console_review.pick_what" if do == "merge" else why_not(do, desk)
    if fault:
        return _show(desk, cluster_id, 422, fault=desk.say(fault))
    with desk.writing() as session:
        outcome = act_on(desk, session, seen_at(cluster_id), do, who=who, reason=reason)
    if not isinstance(outcome, Done):
        return refuse(desk, cluster_id, outcome)
    desk.tell(desk.say(f"console_review.did_{do}"))
    undo = review_undo.of_one(desk, do, outcome, reason)
    return desk.go("review_cluster_one", cluster_id=cluster_id, back=undo)


@section.post(f"{GROUP}/split", EDIT)
def split(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """Moves the picked wordings into a group of their own."""
    picked = numbers(request.form.getlist("wording"))
    with desk.writing() as session:
        members = cluster_queries.question_ids(session, cluster_id, picked)
        outcome = clusters.split(session, seen_at(cluster_id), members, desk.me.login, desk.now)
        if isinstance(outcome, Split):
            record(desk, session, "review.split", outcome)
    if not isinstance(outcome, Split):
        words = review_words.refused(desk, outcome, people_by_login(desk))
        return _show(desk, cluster_id, 409, fault=words)
    desk.tell(desk.say("console_review.did_split"))
    undo = review_undo.of_split(desk, outcome)
    return desk.go("review_cluster_one", cluster_id=outcome.new.id, back=undo)


# ---------------------------------------------------------------- what other pages need too


def seen_at(cluster_id: int) -> Seen:
    """The group as it stood when the posted form was made."""
    found = picked_groups([f"{cluster_id}:{request.form.get('version', '')}"])
    return found[0] if found else Seen(cluster_id, 0)


def numbers(typed: Sequence[str]) -> list[int]:
    """Numbers of questions out of a form."""
    read = (number_of(one, LONG) for one in typed[:200])
    return [one for one in read if one is not None]


def line_of(session: Session, cluster_id: int) -> Line:
    """The group, or a page that is not there."""
    line = cluster_queries.one(session, cluster_id)
    return line if line is not None else abort(404)


def draft_key(cluster_id: int) -> str:
    """Under which a new answer is kept while it is being written."""
    return f"review:{cluster_id}"


def writing_too(desk: Desk, cluster_id: int) -> list[str]:
    """Colleagues who have been writing an answer to the group within ten minutes."""
    with desk.reading() as session:
        ids = drafts.writers(
            session,
            draft_key(cluster_id),
            apart_from=desk.me.id,
            since=desk.now - _STILL_WRITING,
        )
    people = {one.id: one for one in people_by_login(desk).values()}
    return [people[number].name for number in ids if number in people]


def refuse(desk: Desk, cluster_id: int, outcome: Refused) -> ResponseReturnValue:
    """Says who was quicker, over the group as it stands now; what was typed is still there."""
    words = review_words.refused(desk, outcome, people_by_login(desk))
    if isinstance(outcome, clusters.NotThere):
        desk.tell(words, "fault")
        return desk.go("review_everything")
    return _show(desk, cluster_id, 409, fault=words)


# ---------------------------------------------------------------- showing


def _show(desk: Desk, cluster_id: int, status: int = 200, fault: str = "") -> ResponseReturnValue:
    with desk.reading() as session:
        line = line_of(session, cluster_id)
        worded = cluster_queries.wordings(session, cluster_id)
        context = {
            "awaited": cluster_queries.waiting(session, cluster_id),
            "proposals": [p for p in proposals.waiting(session) if p.cluster_id == cluster_id],
            "answer": _answer_of(session, line),
            "next_line": _next(session, line),
            "sought": _sought(session),
        }
        in_vain = cluster_queries.shown_in_vain(session, cluster_id)
    explained = _explain(desk, line, worded, in_vain)
    with desk.reading() as session:
        ids = [one.entry_id for one in explained.neighbours] if explained else []
        entries = published_among(session, ids)
    people = people_by_login(desk)
    return desk.show(
        "review/cluster.html",
        status,
        line=line,
        title=title_of(desk, line),
        title_of=lambda other: title_of(desk, other),
        worded=worded,
        neighbours=[n for n in explained.neighbours if n.entry_id in entries][: _NEAREST + 3]
        if explained
        else [],
        entries=entries,
        may_answer=who_may_answer(people),
        may_edit=EDIT.admits(desk.me.roles),
        is_wanting=clusters.is_wanting(line.cluster),
        name_of=lambda login: review_words.name_of(desk, login, people),
        find=_find(),
        writing=writing_too(desk, cluster_id),
        fault=fault,
        reason=reasons.typed(),
        **context,
    )


def _explain(
    desk: Desk, line: Line, worded: Sequence[Worded], in_vain: Mapping[str, int]
) -> Explained | None:
    text = line.title or (worded[0].text if worded else "")
    if not text or not clusters.is_wanting(line.cluster):
        return None
    return rehearsing.explain(desk.services.engine(), text, in_vain, _NEAREST)


def _answer_of(session: Session, line: Line) -> KnowledgeEntry | None:
    entry_id = line.cluster.entry_id
    return published_among(session, [entry_id]).get(entry_id) if entry_id else None


def _next(session: Session, line: Line) -> Line | None:
    """The group to go on with."""
    found = cluster_queries.page(session, Filter(), most=2).lines
    return next((other for other in found if other.cluster.id != line.cluster.id), None)


def _find() -> str:
    return request.args.get("find", "").strip()[:100]


def _sought(session: Session) -> Sequence[Any] | None:
    """Entries that hold the words someone looks for; None while nobody looks."""
    if not normalise(_find()):
        return None
    return browsing.find(session, ENTRIES, Wanted(words=_find(), states=(State.PUBLISHED,))).rows[
        :10
    ]
