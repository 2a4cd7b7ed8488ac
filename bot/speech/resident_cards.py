"""わたしの情報: what is kept of a resident, how they are spoken to, and how all of it goes."""

from collections.abc import Mapping

from bot.line.limits import Message
from bot.residents.rules import Style
from bot.speech import flex, menu_cards
from bot.speech.texts import Voice

ALWAYS = ("questions", "waiting", "watching")
"""Counts that are told even when they are 0."""
_PERSONAL = ("people", "written")


def kept(voice: Voice, counts: Mapping[str, int], *, has_page: bool) -> list[Message]:
    """Everything that is kept, as counts by name, with the ways to change and to delete it.

    Names: questions, waiting, watching, topics; people (entered for classes), talks (conversations
    with a person), written (messages on our own page). The last three may hold names.
    """
    body = [
        flex.row(voice.say(f"me.{name}"), voice.say("me.questions_count", count=count))
        for name, count in counts.items()
        if count or name in ALWAYS
    ]
    body.append(flex.row(voice.say("me.style"), voice.say(f"me.style_{voice.style}")))
    if not any(counts.get(name) for name in _PERSONAL):
        body.append(flex.text(voice.say("me.nothing_else"), size="md", color=flex.QUIET))
    buttons = [
        *([flex.button(flex.postback(voice.label("button.me_page"), "me_page"))] * has_page),
        flex.button(flex.postback(voice.label("button.news_settings"), "news")),
        flex.button(flex.postback(voice.label("button.style"), "style")),
        flex.button(flex.postback(voice.label("button.forget"), "forget")),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    title = voice.say("me.title")
    return menu_cards.ways_on(voice, [flex.card(title, flex.bubble(title, body, buttons))])


def styles(voice: Voice) -> list[Message]:
    """The three ways of being spoken to."""
    title = voice.say("me.style_title")
    buttons = [
        flex.button(flex.postback(voice.label(f"button.style_{style}"), "style_set", s=style))
        for style in Style
    ]
    return menu_cards.ways_on(voice, [flex.card(title, flex.bubble(title, [], buttons))])


def confirm_forgetting(voice: Voice) -> list[Message]:
    """Asks once more before everything goes."""
    title = voice.say("me.forget_title")
    said = voice.say("me.forget_ask")
    buttons = [
        flex.button(flex.postback(voice.label("button.forget_yes"), "forget_yes")),
        flex.button(flex.postback(voice.label("button.forget_no"), "forget_no"), style="primary"),
    ]
    card = flex.card(f"{title} {said}", flex.bubble(title, flex.sentences(said), buttons))
    return menu_cards.ways_on(voice, [card])
