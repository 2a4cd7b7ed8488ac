"""Greets, shows the menu, and answers what is not a question."""

from sqlalchemy.orm import Session

from bot.line.limits import Message
from bot.outbox import service as outbox
from bot.residents import service as residents
from bot.speech import flex, menu_cards
from handlers.chat.turn import Commit, Turn, say


def follow(turn: Turn) -> Commit:
    """Someone added the account, or came back to it."""
    if turn.resident.is_new:
        return say(menu_cards.welcome(turn.voice, turn.desk.city))
    words = flex.plain(turn.voice.say("greeting.welcome_back"))
    return say([*words, *menu_cards.menu(turn.voice)])


def unfollow(turn: Turn) -> Commit:
    """Someone blocked the account: nothing is sent to them from now on."""

    def commit(session: Session) -> list[Message]:
        residents.leave(session, turn.resident.key, turn.now)
        outbox.forget(session, turn.resident.key)
        return []

    return commit


def join(turn: Turn) -> Commit:
    """The account was taken into a group: one sentence pointing to the one-to-one chat."""
    return say(flex.plain(turn.voice.say("greeting.group_join")))


def menu(turn: Turn) -> Commit:
    """The menu."""
    return say(menu_cards.menu(turn.voice))


def back(turn: Turn) -> Commit:
    """Typed 戻る: from anywhere, to the menu, with a word that says so."""
    again = flex.plain(turn.voice.say("greeting.menu_again"))
    return say([*again, *menu_cards.menu(turn.voice)])


def hello(turn: Turn) -> Commit:
    """A greeting is answered kindly."""
    return _short(turn, "greeting.hello")


def thanks(turn: Turn) -> Commit:
    """Thanks are answered kindly."""
    return _short(turn, "ask.thanks")


def understood(turn: Turn) -> Commit:
    """「わかりました」 and the like."""
    return _short(turn, "greeting.understood")


def upset(turn: Turn) -> Commit:
    """Anger, or giving up: sorry, and the way to a person, nothing else."""
    sorry = flex.plain(turn.voice.say("greeting.sorry"))
    return say([*sorry, *menu_cards.person(turn.voice, turn.desk.city)])


def afraid(turn: Turn) -> Commit:
    """Fear or worry without what it is of: asked kindly, with a person at hand."""
    asked = flex.plain(turn.voice.say("greeting.afraid"))
    return say([*asked, *menu_cards.person(turn.voice, turn.desk.city)])


def no_words(turn: Turn) -> Commit:
    """Signs or pictures without a word: nothing to look for, nothing to log."""
    return _short(turn, "greeting.no_words")


def how_to_ask(turn: Turn) -> Commit:
    """How a question is asked here."""
    return _short(turn, "greeting.ask_how")


def sticker(turn: Turn) -> Commit:
    """A sticker."""
    return _short(turn, "greeting.sticker")


def picture(turn: Turn) -> Commit:
    """A photo or a film."""
    return _short(turn, "greeting.picture")


def sound(turn: Turn) -> Commit:
    """A voice message."""
    return _short(turn, "greeting.sound")


def file(turn: Turn) -> Commit:
    """A file."""
    return _short(turn, "greeting.file")


def unknown(turn: Turn) -> Commit:
    """An event the desk does not know, with a reply token all the same."""
    return _short(turn, "greeting.unknown")


def stale(turn: Turn) -> Commit:
    """A button from an older day, or one that never was ours."""
    words = flex.plain(turn.voice.say("greeting.stale"))
    return say([*words, *menu_cards.menu(turn.voice)])


def _short(turn: Turn, name: str) -> Commit:
    return say(menu_cards.ways_on(turn.voice, flex.plain(turn.voice.say(name))))
