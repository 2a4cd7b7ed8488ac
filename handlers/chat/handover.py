"""While a person has the chat: what the resident writes goes to them, and the desk only confirms.

Danger is recognised first all the same. When the conversation is over, the next message is
answered by the desk, and the resident is told so before.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot import masking
from bot.handover import queries, service
from bot.handover.rules import Conversation, Over, Place, State
from bot.inbox import service as inbox
from bot.line.limits import Message
from bot.questions import service as questions
from bot.speech import flex, handover_cards
from handlers.chat import ask, greeting
from handlers.chat.person import times
from handlers.chat.turn import Commit, Turn


def text(turn: Turn) -> Commit:
    """A typed message: to the person while one has the chat or was called, else to the desk."""
    latest = queries.latest_of(turn.session, turn.resident.key)
    said = turn.inbound.text or ""
    if latest is None or not latest.is_live(turn.now) or not said.strip():
        return _told_before(turn, latest, ask.text(turn))
    return _heard(turn, said)


def edited(turn: Turn) -> Commit:
    """An edited message: its old words leave conversation and log, the new ones are heard anew."""
    return instead(turn, text(turn))


def instead(turn: Turn, answer_anew: Commit) -> Commit:
    """The old words of an edited message are taken back, and this is answered to the new ones."""

    def commit(session: Session) -> Sequence[Message]:
        message_id, key = turn.inbound.message_id, turn.resident.key
        if message_id:
            service.withdraw(session, message_id, key)
            questions.withdraw_earlier_wording(session, message_id, key, turn.now)
        return answer_anew(session)

    return commit


def unsend(turn: Turn) -> Commit:
    """An unsent message: its words are gone for staff too, and from what was not answered."""
    take_back = ask.unsend(turn)

    def commit(session: Session) -> Sequence[Message]:
        if turn.inbound.message_id:
            service.withdraw(session, turn.inbound.message_id, turn.resident.key)
            inbox.redact(session, turn.sealer, turn.inbound.message_id)
        return take_back(session)

    return commit


def unfollow(turn: Turn) -> Commit:
    """Someone blocked the account: no person can answer them any more."""
    leave = greeting.unfollow(turn)

    def commit(session: Session) -> Sequence[Message]:
        service.resident_left(session, turn.resident.key, turn.now)
        return leave(session)

    return commit


def _heard(turn: Turn, said: str) -> Commit:
    """One short reply. What sounds dangerous gets the numbers to ring instead; staff see it too."""
    danger = ask.danger(turn, said)

    def commit(session: Session) -> Sequence[Message]:
        heard = service.hear(
            session,
            turn.sealer,
            turn.resident.key,
            masking.mask_for_log(said),
            place=Place.CHAT,
            now=turn.now,
            times=times(turn),
            message_id=turn.inbound.message_id,
        )
        if danger is not None:
            return danger(session)
        if isinstance(heard, Over):
            return _ended_meanwhile(turn, session)
        is_waiting = heard.conversation.state is State.WAITING
        return handover_cards.heard(turn.voice, is_waiting=is_waiting)

    return commit


def _told_before(turn: Turn, latest: Conversation | None, then: Commit) -> Commit:
    is_news = latest is not None and not latest.is_told and not latest.is_live(turn.now)
    if not is_news or turn.desk.dangers.recognise(turn.inbound.text or ""):
        return then  # in danger nothing stands before the numbers to ring

    def commit(session: Session) -> Sequence[Message]:
        notice = _notice(turn, session)
        said = then(session)
        return [*flex.plain(notice), *said] if notice and said else said

    return commit


def _ended_meanwhile(turn: Turn, session: Session) -> Sequence[Message]:
    # Staff handed it back between reading and writing: the words were not weighed as a question.
    notice = _notice(turn, session) or turn.voice.say("handover.handed_back")
    return handover_cards.say_again(turn.voice, notice)


def _notice(turn: Turn, session: Session) -> str | None:
    service.end_if_over(session, turn.resident.key, turn.now)
    latest = queries.latest_of(session, turn.resident.key)
    if latest is None or not service.note_told(session, latest.id, turn.now):
        return None
    return handover_cards.ended(turn.voice, latest)
