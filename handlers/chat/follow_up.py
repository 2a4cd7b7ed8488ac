"""Short questions read against the last answer; what is not written there is never made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot import masking
from bot.knowledge import service as knowledge
from bot.knowledge.rules import OnlineNow, online
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.line.limits import Message
from bot.questions import service as questions
from bot.questions.rules import Asked, Kind
from bot.speech import answer_cards, menu_cards
from handlers.chat.turn import Commit, Turn


@dataclass(frozen=True, slots=True)
class _Subject:
    id: str
    title: str
    section: str
    facts: dict[str, Sequence[str]]


def follow_up(turn: Turn, said: str) -> Commit | None:
    """The fact that is asked for, from what was answered in the last minutes; None when the
    message is no follow-up or nothing was answered lately.
    """
    fact = turn.desk.follow_ups.fact(said)
    subject = _subject(turn) if fact and turn.topic else None
    if fact is None or subject is None:
        return None
    messages = _say(turn, subject, fact)
    known = bool(subject.facts.get(fact))
    asked = Asked(
        asked_at=turn.now,
        resident_key=turn.resident.key,
        message_id=turn.inbound.message_id,
        text=masking.mask_for_log(said),
        normalised="",
        kind=Kind.FOLLOW_UP,
        outcome="direct" if known else "unanswered",
        shown=(subject.id,),
    )

    def commit(session: Session) -> list[Message]:
        questions.log(session, asked)
        return messages

    return commit


def _say(turn: Turn, subject: _Subject, fact: str) -> list[Message]:
    voice, city = turn.voice, turn.desk.city
    section = city.section(subject.section)
    values = subject.facts.get(fact) or []
    if values:
        title = voice.label(f"ask.follow_{fact}", question=subject.title)
    else:
        title = voice.label("ask.follow_unknown_title")
        values = [voice.label("ask.follow_unknown", question=subject.title, section=section.name)]
    card = answer_cards.follow_up(voice, city, subject.section, title, values)
    return menu_cards.ways_on(voice, card)


def _subject(turn: Turn) -> _Subject | None:
    topic = turn.topic
    if topic is None:
        return None
    if topic.kind == "entry":
        entry = knowledge.entry(turn.session, topic.id)
        return _of_entry(turn, entry) if entry else None
    procedure = knowledge.procedure(turn.session, topic.id)
    return _of_procedure(turn, procedure) if procedure else None


def _of_entry(turn: Turn, entry: KnowledgeEntry) -> _Subject:
    section = turn.desk.city.section(entry.section)
    facts = {
        "fee": [entry.fee],
        "bring": entry.bring,
        "place": [entry.place],
        "deadline": [entry.deadline],
        "online": [entry.online_url],
        "phone": [section.name, entry.phone or section.phone],
        "hours": [section.hours],
    }
    return _Subject(entry.id, entry.question, entry.section or "", _filled(facts))


def _of_procedure(turn: Turn, procedure: Procedure) -> _Subject:
    section = turn.desk.city.section(procedure.section)
    status = online(procedure, turn.today)
    facts = {
        "fee": [procedure.fee],
        "bring": procedure.needed,
        "place": [procedure.place],
        "deadline": [procedure.deadline],
        "online": [status.url] if isinstance(status, OnlineNow) else [],
        "phone": [section.name, section.phone],
        "hours": [section.hours],
    }
    return _Subject(procedure.id, procedure.name, procedure.section or "", _filled(facts))


def _filled(facts: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {fact: [value for value in values if value] for fact, values in facts.items()}
