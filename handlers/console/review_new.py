"""A new answer to a group: a prefilled form that keeps itself, a look at what it does, then out."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import browsing
from bot.knowledge.rules import distinct_wordings, tidy
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.questions import answering, cluster_queries, drafting, rehearsing
from bot.questions.answering import Answered, EntryChanged, WaitsForApproval
from bot.questions.cluster_queries import Line
from bot.questions.clusters import NotThere
from bot.staff import drafts
from handlers.console import knowledge_checks, review_words
from handlers.console.desk import Desk
from handlers.console.forms import Field, Form, empty
from handlers.console.knowledge import published_among
from handlers.console.review import EDIT, people_by_login, title_of
from handlers.console.review_answer import (
    MOST_WORDINGS,
    may_not_publish,
    record_answer,
    say_done,
)
from handlers.console.review_cluster import (
    GROUP,
    draft_key,
    line_of,
    refuse,
    seen_at,
    writing_too,
)
from handlers.console.review_rehearsal import rehearse, terms
from handlers.console.routing import Section

section = Section("review_new")
_LONGEST_WORDING = 200
_QUESTION = Field("question", "console_review.question", most=200)
_ANSWER = Field("answer", "console_review.answer", "area", 2000, hint="console_review.answer_hint")
_EASY = Field("easy", "console_review.easy", "area", 2000, False, "console_review.easy_hint")
_WORDINGS = Field(
    "wordings", "console_review.wordings", "area", 5000, False, "console_review.wordings_hint"
)
_TOPIC = Field("topic", "console_review.topic", most=60, is_needed=False)
_SECTION = Field("section", "console_review.section", "select", most=60, is_needed=False)
_FIELDS = (_QUESTION, _ANSWER, _EASY, _WORDINGS, _TOPIC, _SECTION)


@section.get(f"{GROUP}/new", EDIT)
def write(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """The form, prefilled from the group, or with what I was writing when I left."""
    kept = desk.draft(draft_key(cluster_id))
    with desk.reading() as session:
        line = line_of(session, cluster_id)
    values = _prefilled(desk, line) if kept is None else dict(kept.fields)
    return _form(desk, line, empty(_FIELDS, values), kept=kept)


@section.post(f"{GROUP}/new", EDIT)
def give(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """Looks at what was typed, goes back to it, or publishes it and tells everyone who waits."""
    form = desk.read(_FIELDS)
    with desk.reading() as session:
        line = line_of(session, cluster_id)
    entry = _understood(desk, form, cluster_id)
    do = request.form.get("do", "")
    if do == "edit" or not form.is_good:
        return _form(desk, line, form, 200 if do == "edit" else 422)
    if do != "publish" or may_not_publish(desk, entry):
        return _look(desk, line, form, entry, 422 if do == "publish" else 200)
    allowed = terms(desk)
    with desk.writing() as session:
        outcome = answering.answer_with_new(
            session,
            seen_at(cluster_id),
            entry,
            actor=desk.me.login,
            now=desk.now,
            terms=allowed,
        )
        record_answer(desk, session, cluster_id, outcome)
        if isinstance(outcome, Answered | WaitsForApproval):
            desk.drop_draft(session, draft_key(cluster_id))
    if isinstance(outcome, Answered | WaitsForApproval):
        return say_done(desk, cluster_id, outcome)
    if isinstance(outcome, NotThere):
        return refuse(desk, cluster_id, outcome)
    words = review_words.refused(desk, outcome, people_by_login(desk))
    if isinstance(outcome, EntryChanged):
        words = desk.say("console_review.id_taken")
    with desk.reading() as session:
        line = line_of(session, cluster_id)
    return _form(desk, line, form, 409, fault=words)


@section.post(f"{GROUP}/new/drop", EDIT)
def drop(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """Throws away what I was writing."""
    with desk.writing() as session:
        desk.drop_draft(session, draft_key(cluster_id))
    desk.tell(desk.say("console_review.draft_dropped"))
    return desk.go("review_new_write", cluster_id=cluster_id)


def _prefilled(desk: Desk, line: Line) -> dict[str, str]:
    with desk.reading() as session:
        worded = cluster_queries.wordings(session, line.cluster.id)
    nearest = None
    text = line.title or (worded[0].text if worded else "")
    if text:
        near = rehearsing.explain(desk.services.engine(), text, {}, 1).neighbours[:1]
        with desk.reading() as session:
            found = published_among(session, [one.entry_id for one in near])
        nearest = next(iter(found.values()), None)
    entry = drafting.draft(line, worded, nearest)
    return {
        "question": entry.question[: _QUESTION.most],
        "answer": entry.answer,
        "easy": "",
        "wordings": "\n".join(entry.wordings),
        "topic": entry.topic,
        "section": entry.section,
    }


def _understood(desk: Desk, form: Form, cluster_id: int) -> KnowledgeEntry:
    """The entry that was typed; what is wrong with it stands in the form."""
    wordings = distinct_wordings(form["wordings"].split("\n"))
    if len(wordings) > MOST_WORDINGS:
        form.refuse("wordings", desk.say("console_review.many_wordings", most=MOST_WORDINGS))
    if any(len(one) > _LONGEST_WORDING for one in wordings):
        form.refuse("wordings", desk.say("console_review.long_wording", most=_LONGEST_WORDING))
    if form["section"] and form["section"] not in desk.services.city.sections:
        form.refuse("section", desk.say("console_review.no_such_section"))
    entry = KnowledgeEntry(
        id=f"review-{cluster_id}",
        question=form["question"],
        answer=form["answer"],
        easy=form["easy"],
        wordings=wordings,
        topic=form["topic"],
        section=form["section"],
    )
    return tidy(entry)


def _form(
    desk: Desk,
    line: Line,
    form: Form,
    status: int = 200,
    *,
    kept: drafts.Kept | None = None,
    fault: str = "",
) -> ResponseReturnValue:
    with desk.reading() as session:
        topics = browsing.topics(session)
        worded = cluster_queries.wordings(session, line.cluster.id, most=10)
    return desk.show(
        "review/new.html",
        status,
        line=line,
        title=title_of(desk, line),
        form=form,
        kept=kept,
        fault=fault,
        topics=topics,
        worded=worded,
        writing=writing_too(desk, line.cluster.id),
        draft_address=desk.to("staying_keep", key=draft_key(line.cluster.id)),
    )


def _look(
    desk: Desk, line: Line, form: Form, entry: KnowledgeEntry, status: int
) -> ResponseReturnValue:
    with desk.reading() as session:
        worded = cluster_queries.wordings(session, line.cluster.id)
    kind = desk.services.knowledge.kinds[ENTRIES.kind]
    return desk.show(
        "review/new_look.html",
        status,
        line=line,
        title=title_of(desk, line),
        form=form,
        rehearsal=rehearse(desk, line.cluster.id, entry, worded),
        checks=knowledge_checks.look_at(desk, kind, entry),
        needs_approval=desk.services.second_person_approves,
        fault="",
    )
