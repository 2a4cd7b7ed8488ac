"""Questions in everyday Japanese: danger first, then follow-ups, then the knowledge base."""

import logging
import time
from dataclasses import replace

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import masking
from bot.answers.values import Decision, Outcome
from bot.knowledge import service as knowledge
from bot.knowledge.rules import is_expired
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import Message
from bot.questions import service as questions
from bot.questions.rules import Asked, Kind, Noted
from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import Topic
from bot.speech import alarm_cards, answer_cards, flex, language_cards, menu_cards
from handlers.chat import booking_words, district_words, greeting, news_words, tester
from handlers.chat.follow_up import follow_up
from handlers.chat.turn import Commit, Turn, say
from handlers.chat.words import BY_WORD

log = logging.getLogger(__name__)

_READ_AT_MOST = 300
"""Characters of a message that are searched; what follows adds nothing but time."""

_SHOWN = 3


def text(turn: Turn) -> Commit:
    """A typed message: danger first, then words that act as buttons, then a question."""
    said = turn.inbound.text or ""
    if (found := danger(turn, said)) is not None:
        return found
    kept = masking.mask_for_log(said)
    if (about_class := booking_words.heard(turn, said)) is not None:
        return about_class(turn)
    if not any(sign.isalpha() for sign in kept):
        answer = greeting.no_words(turn)
    elif turn.desk.anger.is_all(said):
        answer = greeting.upset(turn)
    else:
        answer = _typed(turn, said) or follow_up(turn, said) or _question(turn, said)
        answer = _with_their_language(turn, said, answer)
    holds_contact = masking.MARK in kept and masking.MARK not in said
    return _with_warning(turn, answer) if holds_contact else tester.joined(turn, said, answer)


def unsend(turn: Turn) -> Commit:
    """An unsent message: its words leave the log."""

    def commit(session: Session) -> list[Message]:
        if turn.inbound.message_id:
            questions.withdraw(session, turn.inbound.message_id, turn.resident.key, turn.now)
        return []

    return commit


def opened(turn: Turn) -> Commit:
    """A candidate was tapped: its answer, and the choice is kept."""
    question_id = turn.number("q")
    entry = knowledge.entry(turn.session, turn.arguments.get("e", ""))
    if entry is None or is_expired(entry, turn.today):
        return _gone(turn)

    def commit(session: Session) -> list[Message]:
        noted = questions.choose(session, question_id, turn.resident.key, entry.id, turn.now)
        _remember(session, turn, entry.id)
        known = question_id if isinstance(noted, Noted) else None
        return answer_cards.answer(turn.voice, turn.desk.city, entry, known)

    return commit


def danger(turn: Turn, said: str) -> Commit | None:
    """The numbers to ring, for words that tell of danger; None for all others."""
    found = turn.desk.dangers.recognise(said)
    if found is None:
        return None
    calls = [(call.label, call.number, call.note) for call in found.calls]
    messages = menu_cards.danger(turn.voice, found.warm, calls)
    asked = _asked(turn, said, Kind.DANGER, f"danger:{found.kind}"[:16])

    def commit(session: Session) -> list[Message]:
        questions.log(session, asked)
        return messages

    return commit


def out_of_order(turn: Turn) -> Commit:
    """Nothing can be looked up: telephone, shelters and emergencies, whatever was said or tapped.

    A question is kept where the log can still be written.
    """
    said = turn.inbound.text or ""
    if (found := danger(turn, said)) is not None:
        return found
    asked = _asked(turn, said, Kind.QUESTION, Outcome.UNANSWERED.value) if said.strip() else None

    def commit(session: Session) -> list[Message]:
        question_id = _kept(session, asked) if asked else None
        return alarm_cards.out_of_order(turn.voice, turn.desk.city, question_id, turn.alarms)

    return commit


def _kept(session: Session, asked: Asked) -> int | None:
    try:
        with session.begin_nested():
            return questions.log(session, asked)
    except SQLAlchemyError as fault:
        log.error("a question could not be kept: %s", type(fault).__name__)
        return None


def _with_warning(turn: Turn, answer: Commit) -> Commit:
    """A telephone number or mail address was written: it is not kept, nobody rings back."""
    warning = flex.plain(turn.voice.say("greeting.contact_masked"))
    return lambda session: [*warning, *answer(session)]


def _with_their_language(turn: Turn, said: str, answer: Commit) -> Commit:
    """Who writes another language reads in it that the answer is Japanese."""
    language = turn.desk.other_languages.of(said)
    if language is None:
        return answer
    voice, city = turn.voice, turn.desk.city
    return lambda session: language_cards.with_sentence(voice, city, language, answer(session))


def _typed(turn: Turn, said: str) -> Commit | None:
    handler = BY_WORD.get(turn.desk.typed.route(said) or "")
    if handler is not None:
        return handler(turn)
    return news_words.heard(turn, said) or district_words.heard(turn, said)


def _question(turn: Turn, said: str) -> Commit:
    began = time.perf_counter()
    try:
        decision = turn.desk.engine.ask(said[:_READ_AT_MOST])
    except Exception as fault:
        # Whatever is wrong with the search, the resident gets a telephone number at once.
        log.error("the answer engine failed: %s", type(fault).__name__)
        return out_of_order(turn)
    entries = _shown(turn, decision)
    outcome = decision.outcome if entries else Outcome.UNANSWERED
    asked = replace(
        _asked(turn, said, Kind.QUESTION, outcome.value),
        normalised=masking.mask_for_log(decision.normalised),
        shown=tuple(entry.id for entry in entries),
        scores=tuple(round(ranked.score, 4) for ranked in decision.ranked[:_SHOWN]),
        gate=round(decision.gate, 4),
        margin=round(decision.margin, 4),
        vector=decision.vector,
        latency_ms=round((time.perf_counter() - began) * 1000, 2),
    )

    def commit(session: Session) -> list[Message]:
        question_id = questions.log(session, asked)
        return _answer(turn, session, outcome, entries, question_id)

    return commit


def _shown(turn: Turn, decision: Decision) -> list[KnowledgeEntry]:
    if decision.outcome is Outcome.UNANSWERED:
        return []
    most = 1 if decision.outcome is Outcome.DIRECT else _SHOWN
    found = (knowledge.entry(turn.session, r.entry_id) for r in decision.ranked[:most])
    return [entry for entry in found if entry is not None and not is_expired(entry, turn.today)]


def _answer(
    turn: Turn,
    session: Session,
    outcome: Outcome,
    entries: list[KnowledgeEntry],
    question_id: int,
) -> list[Message]:
    city = turn.desk.city
    match outcome:
        case Outcome.DIRECT:
            _remember(session, turn, entries[0].id)
            return answer_cards.answer(turn.voice, city, entries[0], question_id)
        case Outcome.CANDIDATES:
            return answer_cards.candidates(turn.voice, entries, question_id)
        case Outcome.UNANSWERED:
            return answer_cards.unanswered(turn.voice, city, question_id)


def _asked(turn: Turn, said: str, kind: Kind, outcome: str) -> Asked:
    return Asked(
        asked_at=turn.now,
        resident_key=turn.resident.key,
        message_id=turn.inbound.message_id,
        text=masking.mask_for_log(said),
        normalised="",
        kind=kind,
        outcome=outcome,
        district=_district(turn),
    )


def _district(turn: Turn) -> str | None:
    """The name of the district that the resident told; nothing is inferred."""
    key = preferences.district_of(turn.session, turn.resident.key)
    district = turn.desk.city.district(key) if key else None
    return district.name if district else None


def _remember(session: Session, turn: Turn, entry_id: str) -> None:
    topic = Topic("entry", entry_id)
    residents.remember_topic(session, turn.resident.key, topic, turn.now)


def _gone(turn: Turn) -> Commit:
    said = flex.plain(turn.voice.say("ask.gone"))
    return say(menu_cards.ways_on(turn.voice, said))
