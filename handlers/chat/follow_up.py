"""Short questions read against the last answer; what is not written there is never made up."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from bot import masking
from bot.city import Section
from bot.knowledge import service as knowledge
from bot.knowledge.rules import online
from bot.knowledge.values import KnowledgeEntry, Procedure
from bot.line.limits import Message
from bot.questions import service as questions
from bot.questions.rules import Asked, Kind
from bot.residents.rules import Style
from bot.speech import answer_cards, flex, procedure_cards
from handlers.chat.turn import Commit, Turn


@dataclass(frozen=True, slots=True)
class _Subject:
    id: str
    title: str
    section: str
    phone: str
    facts: dict[str, Sequence[str]]
    answer: str = ""
    ways: dict[str, flex.Component] = field(default_factory=dict)


def follow_up(turn: Turn, said: str) -> Commit | None:
    """The fact that is asked for, from what was answered in the last minutes; None when the
    message is no follow-up or nothing was answered lately.
    """
    fact = turn.desk.follow_ups.fact(said)
    subject = _subject(turn) if fact and turn.topic else None
    if fact is None or subject is None:
        return None
    known = bool(subject.facts.get(fact) or _told(turn, subject, fact))
    messages = _say(turn, subject, fact)
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
    voice = turn.voice
    section = turn.desk.city.section(subject.section)
    name, values = f"ask.follow_{fact}", subject.facts.get(fact) or []
    if not values:
        name, values = "ask.follow_told", _told(turn, subject, fact)
    if not values:
        name = "ask.follow_unknown"
        values = [voice.label("ask.follow_unknown_way", section=section.name)]
    return answer_cards.follow_up(
        voice,
        section,
        voice.label(name, question=subject.title),
        values,
        phone=subject.phone,
        way=subject.ways.get(fact),
    )


def _told(turn: Turn, subject: _Subject, fact: str) -> list[str]:
    """The sentences of the answer that speak of it, where the entry has no field for it."""
    sentences = [line.strip() for line in subject.answer.replace("。", "。\n").splitlines()]
    return [line for line in sentences if turn.desk.follow_ups.tells(fact, line)]


def _subject(turn: Turn) -> _Subject | None:
    topic = turn.topic
    if topic is None or topic.kind == "asked":
        return None
    if topic.kind == "entry":
        entry = knowledge.entry(turn.session, topic.id)
        return _of_entry(turn, entry) if entry else None
    procedure = knowledge.procedure(turn.session, topic.id)
    return _of_procedure(turn, procedure) if procedure else None


def _of_entry(turn: Turn, entry: KnowledgeEntry) -> _Subject:
    section = turn.desk.city.section(entry.section)
    phone = entry.phone or section.phone
    found = knowledge.procedure(turn.session, entry.procedure) if entry.procedure else None
    said, way = _online(turn, found) if found else _page(turn, entry.online_url)
    return _Subject(
        entry.id,
        entry.question,
        entry.section,
        phone,
        _facts(entry, entry.bring, said, section, phone),
        entry.answer,
        {"online": way} if way else {},
    )


def _of_procedure(turn: Turn, procedure: Procedure) -> _Subject:
    section = turn.desk.city.section(procedure.section)
    said, way = _online(turn, procedure)
    return _Subject(
        procedure.id,
        procedure_cards.everyday_name(procedure),
        procedure.section,
        section.phone,
        _facts(procedure, procedure.needed, said, section, section.phone),
        procedure.description,
        {"online": way} if way else {},
    )


def _online(turn: Turn, procedure: Procedure) -> tuple[list[str], flex.Component | None]:
    # The voice of content: readings are added once, by the card.
    plain = replace(turn.voice, style=Style.PLAIN)
    status = online(procedure, turn.today)
    return (
        [procedure_cards.online_words(plain, procedure, status)],
        procedure_cards.online_way(plain, procedure, status),
    )


def _page(turn: Turn, url: str) -> tuple[list[str], flex.Component | None]:
    if not url:
        return [], None
    label = turn.voice.label("button.online_page")
    return [turn.voice.label("ask.follow_online_page")], flex.link(label, url)


def _facts(
    of: KnowledgeEntry | Procedure,
    bring: Sequence[str],
    online: Sequence[str],
    section: Section,
    phone: str,
) -> dict[str, Sequence[str]]:
    facts = {
        "fee": [of.fee],
        "bring": [f"・{thing}" for thing in bring],
        "place": [of.place],
        "deadline": [of.deadline],
        "online": online,
        "phone": [section.name, phone, section.hours],
        "hours": [section.name, section.hours, phone],
    }
    return {fact: [value for value in values if value] for fact, values in facts.items()}
