"""What a resident says of an answer, by button or typed: it helped, it did not, none of these."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.answers.values import Outcome
from bot.line.limits import Message
from bot.questions import queries
from bot.questions import service as questions
from bot.questions.models import QuestionRow
from bot.questions.rules import Noted
from bot.speech import answer_cards, flex, menu_cards
from handlers.chat.turn import Commit, Turn, say


def none_of_these(turn: Turn) -> Commit:
    """No candidate fitted: the question goes before the support team."""
    return _none(turn, turn.number("q"))


def _none(turn: Turn, question_id: int) -> Commit:
    def commit(session: Session) -> list[Message]:
        noted = questions.choose_none(session, question_id, turn.resident.key, turn.now)
        if not isinstance(noted, Noted):
            return _not_yours(turn)
        return answer_cards.unanswered(
            turn.voice, turn.desk.city, question_id, after_candidates=True
        )

    return commit


def resolved(turn: Turn) -> Commit:
    """はい: it helped."""
    return _react(turn, turn.number("q"), resolved=True)


def not_resolved(turn: Turn) -> Commit:
    """いいえ: the question goes before the support team with the entries that were shown."""
    return _react(turn, turn.number("q"), resolved=False)


def await_answer(turn: Turn) -> Commit:
    """「調べてお返事します」: the resident will be told when staff know."""
    question_id = turn.number("q")

    def commit(session: Session) -> list[Message]:
        noted = questions.await_answer(session, question_id, turn.resident.key, turn.now)
        match noted:
            case Noted(first=True):
                words = turn.voice.say("ask.awaited")
            case Noted():
                words = turn.voice.say("ask.awaited_already")
            case _:
                return _not_yours(turn)
        return menu_cards.ways_on(turn.voice, flex.plain(words))

    return commit


def said_yes(turn: Turn) -> Commit:
    """Typed 「はい」: said of the answer that was read last; else an invitation to ask."""
    row = _asked_last(turn)
    if row is None or row.entry_id is None:
        return _say_more(turn)
    return _react(turn, row.id, resolved=True)


def said_no(turn: Turn) -> Commit:
    """Typed 「いいえ」 or 「この中にない」: said of the answer or the candidates shown last."""
    row = _asked_last(turn)
    if row is None:
        return _say_more(turn)
    if row.entry_id is not None:
        return _react(turn, row.id, resolved=False)
    return _none(turn, row.id) if row.outcome == Outcome.CANDIDATES.value else _say_more(turn)


def _asked_last(turn: Turn) -> QuestionRow | None:
    since = turn.now - timedelta(minutes=turn.desk.city.follow_up_minutes)
    latest = queries.latest_of(turn.session, turn.resident.key, since)
    return questions.own(turn.session, latest, turn.resident.key) if latest else None


def _say_more(turn: Turn) -> Commit:
    said = flex.plain(turn.voice.say("greeting.say_more"))
    return say(menu_cards.ways_on(turn.voice, said))


def _react(turn: Turn, question_id: int, *, resolved: bool) -> Commit:
    later = turn.number("later") == 1

    def commit(session: Session) -> list[Message]:
        noted = questions.react(
            session, question_id, turn.resident.key, resolved, turn.now, later=later
        )
        if not isinstance(noted, Noted):
            return _not_yours(turn)
        if resolved:
            said = flex.plain(turn.voice.say("ask.thanks"))
            return menu_cards.ways_on(turn.voice, said)
        return answer_cards.not_resolved(turn.voice, turn.desk.city, question_id)

    return commit


def _not_yours(turn: Turn) -> list[Message]:
    return menu_cards.ways_on(turn.voice, flex.plain(turn.voice.say("ask.not_yours")))
