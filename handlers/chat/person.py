"""The way to a person: who to ask, calling one into the chat, the page for personal things."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.handover import queries, service
from bot.handover.rules import HandedBack, State, Times
from bot.line.limits import Message
from bot.questions import queries as questions
from bot.speech import handover_cards
from handlers.chat.turn import Commit, Turn, say


def person(turn: Turn) -> Commit:
    """「人に聞く」: in writing while the desk is open, by phone, at the counter, or later."""
    if _is_live(turn):
        return talk(turn)
    city = turn.desk.city
    is_open = city.opening.is_open(turn.now)
    return say(handover_cards.person(turn.voice, city, is_open=is_open, question_id=asked(turn)))


def talk(turn: Turn) -> Commit:
    """「職員と文字で話す」: calls a person; outside the desk's hours it says what else there is."""
    city = turn.desk.city
    if not _is_live(turn) and not city.opening.is_open(turn.now):
        return say(handover_cards.closed(turn.voice, city, asked(turn)))
    question_id = asked(turn)

    def commit(session: Session) -> list[Message]:
        begun = service.ask_for_person(
            session, turn.resident.key, question_id=question_id, now=turn.now, times=times(turn)
        )
        if not begun.first:
            is_waiting = begun.conversation.state is State.WAITING
            return handover_cards.already(turn.voice, is_waiting=is_waiting)
        return handover_cards.waiting(turn.voice, city, address(turn, session))

    return commit


def stop(turn: Turn) -> Commit:
    """「話すのを終わる」: the desk answers again; a second tap is answered the same."""

    def commit(session: Session) -> list[Message]:
        done = service.leave_person(session, turn.resident.key, turn.now)
        if not isinstance(done, HandedBack):
            service.end_if_over(session, turn.resident.key, turn.now)
        return handover_cards.stopped(turn.voice)

    return commit


def page(turn: Turn) -> Commit:
    """A new link to the page, for who has talked with a person lately."""
    known = queries.latest_of(turn.session, turn.resident.key) is not None

    def commit(session: Session) -> list[Message]:
        link = address(turn, session) if known else None
        if link is None:
            return handover_cards.no_page(turn.voice, turn.desk.city)
        return handover_cards.link(turn.voice, link)

    return commit


def asked(turn: Turn) -> int | None:
    """The question asked within the last hour, which a person is most likely wanted for."""
    return questions.latest_of(turn.session, turn.resident.key, turn.now - timedelta(hours=1))


def address(turn: Turn, session: Session) -> str | None:
    """A one-time address of the page for this resident; None where there is no public address."""
    links = turn.desk.links
    if links is None:
        return None
    return links.issue(session, turn.resident.key, handover_cards.PURPOSE, turn.now)


def times(turn: Turn) -> Times:
    """How long one waits, and how long a silence may last, as the city has set."""
    return Times.of(turn.desk.city.handover_wait_minutes, turn.desk.city.handover_idle_minutes)


def _is_live(turn: Turn) -> bool:
    latest = queries.latest_of(turn.session, turn.resident.key)
    return latest is not None and latest.is_live(turn.now)
