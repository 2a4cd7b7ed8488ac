"""What is said while a person has the chat, or is to have it: always with who is speaking."""

from bot.city import City
from bot.handover.rules import By, Conversation
from bot.line.limits import Message
from bot.speech import flex, menu_cards
from bot.speech.texts import Voice

PURPOSE = "talk"
"""The purpose of links to the page where personal things are said to a person."""
_ON = ("menu", "ask")
"""Ways on from a card that is itself the way to a person."""


def person(
    voice: Voice, city: City, *, is_open: bool, question_id: int | None = None
) -> list[Message]:
    """The ways to a person: talking in writing while the desk is open, phone, place, later."""
    (card,) = menu_cards.person(voice, city)
    bubble = card["contents"]
    extra = [_talk(voice)] if is_open else _later(voice, question_id)
    footer = {**bubble["footer"], "contents": [*extra, *bubble["footer"]["contents"]]}
    return menu_cards.ways_on(
        voice, [flex.card(card["altText"], {**bubble, "footer": footer})], _ON
    )


def closed(voice: Voice, city: City, question_id: int | None) -> list[Message]:
    """Nobody is there now: the hours, the phone, and the offer to find out."""
    said = voice.say("handover.closed")
    known = menu_cards.phone_and_hours(voice, city.phone, city.hours)
    buttons = [*_later(voice, question_id), _call(voice, city), _menu(voice)]
    title = voice.say("handover.closed_title")
    bubble = flex.bubble(title, [*flex.sentences(said), *known], buttons)
    return menu_cards.ways_on(voice, [flex.card(title, bubble)], _ON)


def waiting(voice: Voice, city: City, page: str | None) -> list[Message]:
    """A person was called: write on, but nothing personal. `page` is a one-time address."""
    title, said = voice.say("handover.waiting_title"), voice.say("handover.waiting")
    return [_opening(voice, city, title, said, page=page, stop="handover.button_stop_waiting")]


def taken_over(voice: Voice, city: City, page: str | None) -> list[Message]:
    """A person speaks who was not asked for: who it is, and nothing personal here."""
    title, said = voice.say("handover.taken_title"), voice.say("handover.taken_over")
    return [_opening(voice, city, title, said, page=page, stop="handover.button_stop")]


def taken(voice: Voice) -> list[Message]:
    """The person who was called has come."""
    said = flex.plain(voice.say("handover.taken"))
    return flex.with_quick_replies(said, _while_talking(voice, "handover.button_stop"))


def already(voice: Voice, *, is_waiting: bool) -> list[Message]:
    """Asked again for a person: one is called, or there."""
    name = "handover.already_waiting" if is_waiting else "handover.already_talking"
    return _short(voice, voice.say(name), is_waiting=is_waiting)


def heard(voice: Voice, *, is_waiting: bool) -> list[Message]:
    """One short reply to each message while a person has the chat or was called."""
    name = "handover.heard_waiting" if is_waiting else "handover.heard"
    return _short(voice, voice.say(name), is_waiting=is_waiting)


def answer(voice: Voice, words: str) -> list[Message]:
    """What a person answers in the chat, under who speaks. A notification shows no words of it."""
    body = flex.sentences(voice.read(words))
    bubble = flex.bubble(voice.say("handover.speaker"), body)
    cards = [flex.card(voice.say("handover.answer_alt"), bubble)]
    return flex.with_quick_replies(cards, _while_talking(voice, "handover.button_stop"))


def page_answer(voice: Voice, page: str) -> list[Message]:
    """An answer waits on our page; the push itself says nothing of it."""
    return _with_link(voice, "handover.page_answer_title", "handover.page_answer", page)


def link(voice: Voice, page: str) -> list[Message]:
    """A new one-time link to the page."""
    return _with_link(voice, "handover.link_title", "handover.link", page)


def no_page(voice: Voice, city: City) -> list[Message]:
    """The page is for those who talk with a person: the other ways."""
    words = flex.plain(voice.say("handover.no_page"))
    return [*words, *menu_cards.person(voice, city)]


def stopped(voice: Voice) -> list[Message]:
    """The resident went back to the desk."""
    return menu_cards.ways_on(voice, flex.plain(voice.say("handover.back_with_desk")))


def ended(voice: Voice, conversation: Conversation) -> str:
    """The sentence that says that the desk speaks again, and why."""
    if conversation.ended_by is not By.TIME:
        return voice.say("handover.handed_back")
    if conversation.staff is None:
        return voice.say("handover.nobody_came")
    return voice.say("handover.ended_by_time")


def say_again(voice: Voice, notice: str) -> list[Message]:
    """The conversation ended while the message was under way: it is to be sent once more."""
    again = voice.say("handover.say_again")
    return menu_cards.ways_on(voice, flex.plain(f"{notice}\n{again}"))


def _opening(
    voice: Voice, city: City, title: str, said: str, *, page: str | None, stop: str
) -> Message:
    rule = "handover.nothing_personal" if page else "handover.nothing_personal_phone"
    body = [
        *flex.sentences(said),
        flex.line(),
        *(flex.text(line, bold=True) for line in voice.say(rule).splitlines()),
        flex.row(voice.say("ask.phone"), city.phone),
    ]
    pages = [flex.button(flex.link(voice.label("handover.button_page"), page))] if page else []
    buttons = [
        *pages,
        _call(voice, city),
        flex.button(flex.postback(voice.label(stop), "talk_end")),
    ]
    return flex.card(said.splitlines()[0], flex.bubble(title, body, buttons))


def _with_link(voice: Voice, title: str, said: str, page: str) -> list[Message]:
    words = voice.say(said)
    open_page = flex.link(voice.label("handover.button_page"), page)
    anew = flex.postback(voice.label("handover.button_new_link"), "talk_page")
    buttons = [flex.button(open_page, style="primary"), flex.button(anew)]
    bubble = flex.bubble(voice.say(title), flex.sentences(words), buttons)
    return [flex.card(words.splitlines()[0], bubble)]


def _short(voice: Voice, words: str, *, is_waiting: bool) -> list[Message]:
    stop = "handover.button_stop_waiting" if is_waiting else "handover.button_stop"
    return flex.with_quick_replies(flex.plain(words), _while_talking(voice, stop))


def _while_talking(voice: Voice, stop: str) -> list[flex.Component]:
    return [
        flex.postback(voice.label("handover.button_page"), "talk_page"),
        flex.postback(voice.label(stop), "talk_end"),
    ]


def _talk(voice: Voice) -> flex.Component:
    return flex.button(flex.postback(voice.label("handover.button_talk"), "talk"), style="primary")


def _later(voice: Voice, question_id: int | None) -> list[flex.Component]:
    if question_id is None:
        return [flex.button(flex.postback(voice.label("button.ask"), "ask"))]
    label = voice.label("button.await_answer")
    return [flex.button(flex.postback(label, "await", q=question_id))]


def _call(voice: Voice, city: City) -> flex.Component:
    return flex.button(flex.call(voice.label("button.call"), city.phone))


def _menu(voice: Voice) -> flex.Component:
    return flex.button(flex.postback(voice.label("button.menu"), "menu"))
