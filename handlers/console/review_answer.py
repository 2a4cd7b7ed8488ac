"""「これで答える」: an entry answers a group. One click shows what it does, one does it."""

from collections.abc import Sequence
from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot import masking
from bot.knowledge.rules import distinct_wordings
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.questions import answering, cluster_queries
from bot.questions.answering import Answered, WaitsForApproval
from bot.questions.cluster_queries import Worded
from bot.questions.clusters import AlreadyAnswered, NotThere
from handlers.console import knowledge_diff as diff
from handlers.console import review_words
from handlers.console.desk import Desk
from handlers.console.knowledge import published_among
from handlers.console.review import EDIT, people_by_login, title_of
from handlers.console.review_cluster import (
    GROUP,
    line_of,
    numbers,
    refuse,
    seen_at,
)
from handlers.console.review_rehearsal import (
    is_refused_by_line,
    is_sample_for_real,
    rehearse,
    terms,
)
from handlers.console.routing import Section

section = Section("review_answer")
MOST_WORDINGS = 20
_WITH = f"{GROUP}/with/<entry_id>"


@section.get(_WITH, EDIT)
def look(desk: Desk, cluster_id: int, entry_id: str) -> ResponseReturnValue:
    """What residents would get, with all wordings picked."""
    return _show(desk, cluster_id, entry_id, None)


@section.post(_WITH, EDIT)
def give(desk: Desk, cluster_id: int, entry_id: str) -> ResponseReturnValue:
    """Looks again with other wordings, or publishes and tells everyone who waits."""
    picked = numbers(request.form.getlist("wording"))
    if request.form.get("do") != "publish":
        return _show(desk, cluster_id, entry_id, picked)
    with desk.reading() as session:
        entry = published_among(session, [entry_id]).get(entry_id)
        worded = cluster_queries.wordings(session, cluster_id)
    wordings = [one.text for one in worded if one.question_id in picked][:MOST_WORDINGS]
    if entry is not None and may_not_publish(desk, entry):
        return _show(desk, cluster_id, entry_id, picked, status=422)
    allowed = terms(desk)
    with desk.writing() as session:
        outcome = answering.answer_with_existing(
            session,
            seen_at(cluster_id),
            entry_id,
            wordings,
            actor=desk.me.login,
            now=desk.now,
            terms=allowed,
        )
        record_answer(desk, session, cluster_id, outcome)
    if isinstance(outcome, Answered | WaitsForApproval):
        return say_done(desk, cluster_id, outcome)
    if isinstance(outcome, AlreadyAnswered | NotThere):
        return refuse(desk, cluster_id, outcome)
    words = review_words.refused(desk, outcome, people_by_login(desk))
    return _show(desk, cluster_id, entry_id, picked, status=409, fault=words)


# ---------------------------------------------------------------- what other pages need too


def may_not_publish(desk: Desk, entry: KnowledgeEntry) -> bool:
    """True for what must not go to residents: samples on the real line, what LINE refuses."""
    return is_sample_for_real(desk, entry) or is_refused_by_line(desk, entry)


def record_answer(desk: Desk, session: Session, cluster_id: int, outcome: object) -> None:
    """Writes an answer into the audit trail: what became of the group, and of the knowledge."""
    if isinstance(outcome, WaitsForApproval):
        after = {"proposal": outcome.proposal_id}
        desk.record(session, "review.proposed", ("cluster", cluster_id), after=after)
    if not isinstance(outcome, Answered):
        return
    before, entry = outcome.entry_before, outcome.entry
    old, new = diff.changed_values(before, entry)
    if new or old:
        action = "knowledge.added" if before is None else "knowledge.changed"
        desk.record(session, action, (ENTRIES.kind, entry.id), before=old or None, after=new)
    told: dict[str, object] = {**outcome.after.as_audited(), "told": outcome.told}
    item = ("cluster", cluster_id)
    held = outcome.before.as_audited()
    desk.record(session, "review.answered", item, before=held, after=told)


def say_done(
    desk: Desk, cluster_id: int, outcome: Answered | WaitsForApproval
) -> ResponseReturnValue:
    """Says what came of it, over the group."""
    if isinstance(outcome, WaitsForApproval):
        desk.tell(desk.say("console_review.proposed"), "note")
    elif outcome.told:
        desk.tell(desk.say("console_review.published_told", count=outcome.told))
    else:
        desk.tell(desk.say("console_review.published"))
    return desk.go("review_cluster_one", cluster_id=cluster_id)


def fit(worded: Sequence[Worded]) -> list[Worded]:
    """The wordings that can teach: without a masked number, at most twenty."""
    return [one for one in worded if masking.MARK not in one.text][:MOST_WORDINGS]


# ---------------------------------------------------------------- showing


def _show(
    desk: Desk,
    cluster_id: int,
    entry_id: str,
    picked: Sequence[int] | None,
    *,
    status: int = 200,
    fault: str = "",
) -> ResponseReturnValue:
    with desk.reading() as session:
        line = line_of(session, cluster_id)
        worded = cluster_queries.wordings(session, cluster_id)
        entry = published_among(session, [entry_id]).get(entry_id)
    if entry is None:
        desk.tell(desk.say("console_review.entry_not_there"), "fault")
        return desk.go("review_cluster_one", cluster_id=cluster_id)
    offered = fit(worded)
    chosen = [one for one in offered if picked is None or one.question_id in picked]
    longer = distinct_wordings([*entry.wordings, *(one.text for one in chosen)])
    rehearsal = rehearse(desk, cluster_id, replace(entry, wordings=longer), worded)
    return desk.show(
        "review/answer.html",
        status,
        line=line,
        title=title_of(desk, line),
        entry=entry,
        offered=offered,
        chosen={one.question_id for one in chosen},
        left_out=len(worded) - len(offered),
        rehearsal=rehearsal,
        needs_approval=desk.services.second_person_approves,
        fault=fault,
    )
