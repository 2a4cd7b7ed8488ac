"""わたしの情報: a resident sees, changes and deletes what is kept of them."""

from sqlalchemy.orm import Session

from bot.classes import bookers
from bot.erasure import forget_resident
from bot.handover import queries as handover
from bot.line.limits import Message
from bot.plan import service as plan
from bot.questions import queries
from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import Style
from bot.speech import flex, menu_cards, resident_cards
from bot.speech.texts import Voice
from handlers.chat import choices
from handlers.chat.turn import Commit, Turn, say


def see(turn: Turn) -> Commit:
    """What is kept, as counts."""
    session, key = turn.session, turn.resident.key
    questions, waiting = queries.kept_of(session, key)
    talks, written = handover.kept_of(session, key)
    counts = {
        "questions": questions,
        "waiting": waiting,
        "watching": plan.watched(session, key),
        "topics": len(preferences.chosen(session, key).topics),
        "people": len(bookers.people_of(session, turn.sealer, key)),
        "talks": talks,
        "written": written,
    }
    has_page = turn.desk.links is not None
    return say(resident_cards.kept(turn.voice, counts, has_page=has_page))


def page(turn: Turn) -> Commit:
    """A one-time link to the page on which all of it can be read, taken away and deleted."""
    return choices.page_about(turn, "everything")


def styles(turn: Turn) -> Commit:
    """The ways of being spoken to."""
    return say(resident_cards.styles(turn.voice))


def choose_style(turn: Turn) -> Commit:
    """Keeps the chosen way and answers in it at once."""
    wanted = turn.arguments.get("s", "")
    if wanted not in set(Style):
        return styles(turn)
    return _keep_style(turn, Style(wanted))


def plain(turn: Turn) -> Commit:
    """Typed: ふつうの日本語."""
    return _keep_style(turn, Style.PLAIN)


def easy(turn: Turn) -> Commit:
    """Typed: やさしい日本語."""
    return _keep_style(turn, Style.EASY)


def furigana(turn: Turn) -> Commit:
    """Typed: ふりがな."""
    return _keep_style(turn, Style.FURIGANA)


def ask_before_forgetting(turn: Turn) -> Commit:
    """Asks once more: what is deleted does not come back."""
    return say(resident_cards.confirm_forgetting(turn.voice))


def forget(turn: Turn) -> Commit:
    """Erases the resident everywhere, now; doing it twice is answered the same."""

    def commit(session: Session) -> list[Message]:
        forget_resident(session, turn.resident.key, sparing=turn.claim, now=turn.now)
        return menu_cards.ways_on(turn.voice, flex.plain(turn.voice.say("me.forgotten")))

    return commit


def keep(turn: Turn) -> Commit:
    """Nothing is deleted after all."""
    return say(menu_cards.ways_on(turn.voice, flex.plain(turn.voice.say("me.kept_safe"))))


def _keep_style(turn: Turn, style: Style) -> Commit:
    voice = Voice(turn.desk.texts, style, turn.desk.add_readings)

    def commit(session: Session) -> list[Message]:
        residents.choose_style(session, turn.resident.key, style)
        return menu_cards.ways_on(voice, flex.plain(voice.say("me.style_chosen")))

    return commit
