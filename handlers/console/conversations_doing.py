"""What staff do in a conversation: take it, answer in the chat or on the page, hand it back."""

from collections.abc import Sequence
from typing import assert_never

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.handover import queries, staffing, telling
from bot.handover.rules import (
    AlreadyTaken,
    Conversation,
    HandedBack,
    OutOfReach,
    Over,
    Place,
    Said,
    Taken,
    Times,
)
from bot.handover.service import note_told
from bot.line.limits import Message
from bot.questions.models import QuestionRow
from bot.residents import service as residents
from bot.speech import flex, handover_cards, menu_cards
from bot.speech.texts import Voice
from handlers.console.conversation_forms import CHAT, PAGE, refuse_personal
from handlers.console.conversations import ALLOWED, ONE, absent, names_of, show_one
from handlers.console.desk import Desk
from handlers.console.routing import Section

section = Section("conversations_doing")

Refusal = AlreadyTaken | OutOfReach | Over


@section.post(f"{ONE}/take", ALLOWED)
def take(desk: Desk, number: int) -> ResponseReturnValue:
    """I take a conversation that waits; a colleague who was quicker keeps it."""
    if _no_quota(desk):
        return desk.go("conversations_one", number=number)
    with desk.writing() as session:
        done = staffing.take(session, number, desk.me.login, now=desk.now, times=_times(desk))
        if isinstance(done, Taken):
            _after_taking(desk, session, done)
    return _answer_taking(desk, number, done)


@section.post("/conversations/from-question/<int(max=2147483647):question_id>", ALLOWED)
def from_question(desk: Desk, question_id: int) -> ResponseReturnValue:
    """I speak to the resident who asked a question, without having been called."""
    if _no_quota(desk):
        return desk.go("conversations_everyone")
    with desk.writing() as session:
        row = session.get(QuestionRow, question_id)
        if row is None or row.resident_key is None:
            return absent(desk)
        done = staffing.take_over(
            session,
            row.resident_key,
            desk.me.login,
            question_id=question_id,
            now=desk.now,
            times=_times(desk),
        )
        if isinstance(done, Taken):
            _after_taking(desk, session, done)
    return _answer_taking(desk, None, done)


@section.post(f"{ONE}/answer", ALLOWED)
def answer(desk: Desk, number: int) -> ResponseReturnValue:
    """My answer goes into the chat. Nothing personal may be in it."""
    form = desk.read(CHAT)
    refuse_personal(desk, form)
    if not form.is_good:
        return show_one(desk, number, chat=form, status=422)
    done = _say(desk, number, form["text"], form=form["form"], place=Place.CHAT)
    if not isinstance(done, Said):
        return show_one(desk, number, chat=form, status=409)
    desk.tell(desk.say("console_conversations.answered"))
    return desk.go("conversations_one", number=number)


@section.post(f"{ONE}/page", ALLOWED)
def answer_on_page(desk: Desk, number: int) -> ResponseReturnValue:
    """My answer stands on the resident's page; the chat says only that there is one."""
    form = desk.read(PAGE)
    if not form.is_good or desk.services.links is None:
        return show_one(desk, number, page=form, status=422)
    done = _say(desk, number, form["personal"], form=form["form"], place=Place.PAGE)
    if not isinstance(done, Said):
        return show_one(desk, number, page=form, status=409)
    desk.tell(desk.say("console_conversations.answered_on_page"))
    return desk.go("conversations_one", number=number)


@section.post(f"{ONE}/personal", ALLOWED)
def personal(desk: Desk, number: int) -> ResponseReturnValue:
    """Uncovers what was written on the resident's page; that I read it is recorded."""
    with desk.writing() as session:
        found = queries.one(session, number)
        if found is None:
            return absent(desk)
        _record(desk, session, "handover.page_read", found)
    return show_one(desk, number, places=(Place.CHAT, Place.PAGE))


@section.post(f"{ONE}/hand-back", ALLOWED)
def hand_back(desk: Desk, number: int) -> ResponseReturnValue:
    """The desk answers again, and the resident is told so."""
    left = desk.services.quota()
    with desk.writing() as session:
        done = staffing.hand_back(session, number, desk.me.login, now=desk.now)
        if isinstance(done, HandedBack):
            # Without a message left, the resident is told with the next reply, which costs none.
            if left != 0 and note_told(session, number, desk.now):
                voice = _voice(desk, session, done.conversation)
                words = flex.plain(handover_cards.ended(voice, done.conversation))
                words = menu_cards.ways_on(voice, words)
                _push(desk, session, done.conversation, words, why=f"ended:{number}")
            _record(desk, session, "handover.handed_back", done.conversation)
    if isinstance(done, HandedBack):
        desk.tell(desk.say("console_conversations.handed_back"))
        return desk.go("conversations_everyone")
    _tell_refusal(desk, done)
    return desk.go("conversations_one", number=number)


def _say(desk: Desk, number: int, text: str, *, form: str, place: Place) -> Said | None:
    """Says it to the resident, once for each form; when that cannot be, tells why."""
    if _no_quota(desk):
        return None
    with desk.writing() as session:
        done = staffing.answer(
            session,
            desk.services.sealer,
            number,
            desk.me.login,
            text,
            place=place,
            form=form,
            now=desk.now,
            times=_times(desk),
        )
        if isinstance(done, Said) and done.first:
            words = _as_messages(desk, session, done, text, place)
            _push(desk, session, done.conversation, words, why=f"line:{done.line_id}")
            _record(desk, session, "handover.answered", done.conversation, place=place)
    if isinstance(done, Said):
        return done
    _tell_refusal(desk, done)
    return None


def _as_messages(
    desk: Desk, session: Session, done: Said, text: str, place: Place
) -> list[Message]:
    voice = _voice(desk, session, done.conversation)
    if place is Place.CHAT:
        return handover_cards.answer(voice, text)
    return handover_cards.page_answer(voice, _link(desk, session, done) or "")


def _after_taking(desk: Desk, session: Session, done: Taken) -> None:
    if not done.first:
        return
    one = done.conversation
    voice = _voice(desk, session, one)
    if one.asked_by == "resident":
        words = handover_cards.taken(voice)
    else:
        words = handover_cards.taken_over(voice, desk.services.city, _link(desk, session, done))
    _push(desk, session, one, words, why=f"taken:{one.id}")
    _record(desk, session, "handover.taken", one)


def _answer_taking(desk: Desk, number: int | None, done: Taken | Refusal) -> ResponseReturnValue:
    if isinstance(done, Taken):
        desk.tell(desk.say("console_conversations.taken"))
        return desk.go("conversations_one", number=done.conversation.id)
    _tell_refusal(desk, done)
    known = done.conversation_id if isinstance(done, AlreadyTaken) else number
    if known is None:
        return desk.go("conversations_everyone")
    return desk.go("conversations_one", number=known)


def _tell_refusal(desk: Desk, done: Refusal) -> None:
    match done:
        case AlreadyTaken(by=by):
            with desk.reading() as session:
                name = names_of(desk, session).get(by, by)
            desk.tell(desk.say("console_conversations.already_taken", name=name), "note")
        case OutOfReach():
            desk.tell(desk.say("console_conversations.out_of_reach"), "fault")
        case Over():
            desk.tell(desk.say("console_conversations.over"), "note")
        case _:
            assert_never(done)


def _no_quota(desk: Desk) -> bool:
    """Asks LINE before anything is written; tells when no message is left this month."""
    if desk.services.quota() != 0:
        return False
    desk.tell(desk.say("console_conversations.no_quota"), "fault")
    return True


def _push(
    desk: Desk, session: Session, one: Conversation, words: Sequence[Message], *, why: str
) -> None:
    telling.push(
        session,
        desk.services.sealer,
        one.resident_key,
        words,
        why=why,
        lease_now=desk.lease_now(session),
    )


def _link(desk: Desk, session: Session, done: Taken | Said) -> str | None:
    links = desk.services.links
    if links is None:
        return None
    key = done.conversation.resident_key
    return links.issue(session, key, handover_cards.PURPOSE, desk.now)


def _voice(desk: Desk, session: Session, one: Conversation) -> Voice:
    style = residents.recognise(session, one.resident_key).style
    return Voice(desk.services.texts, style, desk.services.add_readings)


def _record(
    desk: Desk, session: Session, action: str, one: Conversation, *, place: Place | None = None
) -> None:
    named = None if place is None else desk.say(f"console_conversations.place_{place}")
    after = None if named is None else {"answered_in": named}
    desk.record(session, action, ("handover", one.id), after=after)


def _times(desk: Desk) -> Times:
    city = desk.services.city
    return Times.of(city.handover_wait_minutes, city.handover_idle_minutes)
