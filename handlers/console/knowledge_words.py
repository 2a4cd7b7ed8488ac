"""Words that every question is read with: groups of one meaning, and words to read over."""

from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.knowledge import queries, service
from bot.knowledge.keeping import Same
from bot.knowledge.rules import normalise, tidy_text
from bot.knowledge.service import Stale
from bot.knowledge.shelves import IGNORABLE, SYNONYMS, Shelf
from bot.knowledge.values import IgnorableWord, State, SynonymGroup
from handlers.console import undoing
from handlers.console.desk import Desk
from handlers.console.knowledge import (
    EDIT,
    PAGE,
    READ,
    author,
    may_edit,
    page_number,
    pages_of,
)
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("knowledge_words")
_MOST_WORDS = 50
_LONGEST_WORD = 60
_LONGEST_TOPIC = 60


@dataclass(slots=True)
class Typed:
    """A group as it was typed; `faults` by field."""

    id: str = ""
    words: tuple[str, ...] = ()
    topic: str = ""
    read_at: int = 0
    faults: dict[str, str] = field(default_factory=dict)


@section.get("/knowledge/synonyms", READ)
def groups(desk: Desk) -> ResponseReturnValue:
    """The groups that hold what is looked for."""
    return _groups(desk, Typed())


@section.post("/knowledge/synonyms", EDIT)
def add(desk: Desk) -> ResponseReturnValue:
    """Adds a group; questions are read with it at once."""
    typed = _posted(desk)
    typed.read_at = 0
    if typed.words:
        typed.id = f"{typed.topic}/{typed.words[0]}"[:128]
    if typed.faults:
        return _groups(desk, typed, 422)
    if not _put_group(desk, typed):
        return _groups(desk, typed, 409)
    return desk.go("knowledge_words_groups")


@section.get("/knowledge/synonyms/edit", EDIT)
def edit(desk: Desk) -> ResponseReturnValue:
    """One group to change; its id stands in the address's query."""
    group = _group(desk, request.args.get("id", ""))
    return _one(desk, Typed(group.id, group.words, group.topic, group.kept.version))


@section.post("/knowledge/synonyms/edit", EDIT)
def change(desk: Desk) -> ResponseReturnValue:
    """Changes a group; questions are read with it at once."""
    typed = _posted(desk)
    _group(desk, typed.id)
    if typed.faults:
        return _one(desk, typed, 422)
    if not _put_group(desk, typed):
        return _one(desk, typed, 409)
    return desk.go("knowledge_words_groups")


@section.post("/knowledge/synonyms/remove", EDIT)
def drop(desk: Desk) -> ResponseReturnValue:
    """Takes a group away."""
    group = _group(desk, request.form.get("id", ""))
    _remove(desk, SYNONYMS, group.id, {"words": list(group.words)})
    fields = undoing.fields(words="\n".join(group.words), topic=group.topic)
    return desk.go("knowledge_words_groups", back=desk.undo("knowledge_words_add", fields))


@section.get("/knowledge/ignorable", READ)
def padding(desk: Desk) -> ResponseReturnValue:
    """All words that are read over."""
    return _padding(desk)


@section.post("/knowledge/ignorable", EDIT)
def ignore(desk: Desk) -> ResponseReturnValue:
    """Adds a word that says nothing about what is asked."""
    word = tidy_text(request.form.get("word", "")).replace("\n", " ")
    if not normalise(word) or len(word) > _LONGEST_WORD:
        fault = "word_needed" if not normalise(word) else "word_long"
        words = desk.say(f"console_knowledge.{fault}", most=_LONGEST_WORD)
        return _padding(desk, 422, typed=word, fault=words)
    with desk.writing() as session:
        outcome = service.put(session, IGNORABLE, IgnorableWord(id=word), author(desk))
        if not isinstance(outcome, Same):
            desk.record(session, "knowledge.added", ("ignorable", word), after={"word": word})
    desk.tell(desk.say("console_knowledge.words_live"))
    undo = desk.undo("knowledge_words_heed", undoing.fields(word=word))
    return desk.go("knowledge_words_padding", back=None if isinstance(outcome, Same) else undo)


@section.post("/knowledge/ignorable/remove", EDIT)
def heed(desk: Desk) -> ResponseReturnValue:
    """Reads a word again like any other."""
    word = request.form.get("word", "")
    _remove(desk, IGNORABLE, word, {"word": word})
    undo = desk.undo("knowledge_words_ignore", undoing.fields(word=word))
    return desk.go("knowledge_words_padding", back=undo)


# ---------------------------------------------------------------- writing


def _posted(desk: Desk) -> Typed:
    lines = tidy_text(request.form.get("words", "")).split("\n")
    words = tuple(dict.fromkeys(word for line in lines if normalise(word := line.strip())))
    typed = Typed(
        id=request.form.get("id", "")[:128],
        words=words,
        topic=tidy_text(request.form.get("topic", "")).replace("\n", " "),
        read_at=number_of(request.form.get("read_at", "")) or 0,
    )
    if len({normalise(word) for word in words}) < 2:
        typed.faults["words"] = desk.say("console_knowledge.two_words")
    elif len(words) > _MOST_WORDS:
        typed.faults["words"] = desk.say("console_knowledge.many_words", most=_MOST_WORDS)
    elif any(len(word) > _LONGEST_WORD for word in words):
        typed.faults["words"] = desk.say("console_knowledge.word_long", most=_LONGEST_WORD)
    if len(typed.topic) > _LONGEST_TOPIC:
        typed.faults["topic"] = desk.say("console_knowledge.word_long", most=_LONGEST_TOPIC)
    return typed


def _put_group(desk: Desk, typed: Typed) -> bool:
    """Writes the group; False when somebody was quicker, which `typed` then says."""
    group = SynonymGroup(id=typed.id, words=typed.words, topic=typed.topic)
    with desk.writing() as session:
        before = _living(session, SYNONYMS, typed.id)
        read_at = typed.read_at if before is not None else None
        outcome = service.put(session, SYNONYMS, group, author(desk), read_at=read_at)
        if not isinstance(outcome, Same | Stale):
            held = {"words": list(before.words), "topic": before.topic} if before else None
            after = {"words": list(group.words), "topic": group.topic}
            action = "knowledge.changed" if before else "knowledge.added"
            desk.record(session, action, ("synonyms", typed.id), before=held, after=after)
    if isinstance(outcome, Stale):
        current = outcome.current
        assert isinstance(current, SynonymGroup)
        if (current.words, current.topic) != (group.words, group.topic):
            typed.read_at = current.kept.version
            typed.faults["words"] = desk.say(
                "console_knowledge.group_stale", words="、".join(current.words)
            )
            return False
    desk.tell(desk.say("console_knowledge.words_live"))
    return True


def _remove(desk: Desk, shelf: Shelf[Any], row_id: str, before: dict[str, Any]) -> None:
    with desk.writing() as session:
        if service.remove(session, shelf, row_id, author(desk)):
            desk.record(session, "knowledge.removed", (shelf.kind, row_id), before=before)
    desk.tell(desk.say("console_knowledge.words_live"))


def _living(session: Session, shelf: Shelf[Any], row_id: str) -> Any:
    held = queries.held(session, shelf, [row_id]).get(row_id)
    return held.content if held and held.content.kept.state is not State.REMOVED else None


def _group(desk: Desk, row_id: str) -> SynonymGroup:
    with desk.reading() as session:
        group = _living(session, SYNONYMS, row_id)
    return group if isinstance(group, SynonymGroup) else abort(404)


# ---------------------------------------------------------------- showing


def _groups(desk: Desk, typed: Typed, status: int = 200) -> ResponseReturnValue:
    asked, page = request.args.get("q", "").strip()[:100], page_number()
    with desk.reading() as session:
        every = queries.contents(session, SYNONYMS, queries.published(SYNONYMS))
    # A few hundred groups, kept as JSON that databases write differently: looked through here.
    key = normalise(asked)
    found = [g for g in every if key in "\n".join(map(normalise, (*g.words, g.topic)))]
    return desk.show(
        "knowledge/synonyms.html",
        status,
        groups=found[(page - 1) * PAGE : page * PAGE],
        count=len(found),
        asked={"q": asked} if asked else {},
        page=page,
        pages=pages_of(len(found)),
        typed=typed,
        may_edit=may_edit(desk),
        turned=lambda to: desk.to("knowledge_words_groups", q=asked or None, page=to),
    )


def _one(desk: Desk, typed: Typed, status: int = 200) -> ResponseReturnValue:
    return desk.show("knowledge/synonym.html", status, typed=typed)


def _padding(
    desk: Desk, status: int = 200, *, typed: str = "", fault: str = ""
) -> ResponseReturnValue:
    with desk.reading() as session:
        words = queries.contents(session, IGNORABLE, queries.published(IGNORABLE))
    return desk.show(
        "knowledge/ignorable.html",
        status,
        words=[word.id for word in words],
        typed=typed,
        fault=fault,
        may_edit=may_edit(desk),
    )
