"""Procedures by life event, within four taps; and the wish to know when one goes online."""

from sqlalchemy.orm import Session

from bot.knowledge import service as knowledge
from bot.knowledge.rules import OnlineNow, online
from bot.line.limits import Message
from bot.plan import service as plan
from bot.residents import service as residents
from bot.residents.rules import Topic
from bot.speech import flex, menu_cards, procedure_cards
from handlers.chat.turn import Commit, Turn, say

_AT_ONCE = 10
"""Cards side by side; LINE takes twelve, and one may be the way to the next ones."""


def areas(turn: Turn) -> Commit:
    """The areas of life."""
    items = [(area.key, area.title, area.about) for area in turn.desk.life_menu.areas]
    return say(procedure_cards.groups(turn.voice, "procedure.areas_title", "events", items))


def events(turn: Turn) -> Commit:
    """The life events of one area."""
    area = turn.desk.life_menu.area(turn.arguments.get("k", ""))
    if area is None:
        return areas(turn)
    items = [(event.key, event.title, event.about) for event in area.events]
    return say(procedure_cards.groups(turn.voice, "procedure.events_title", "event", items))


def event(turn: Turn) -> Commit:
    """The procedures of one life event, side by side, a few at a time."""
    chosen = turn.desk.life_menu.event(turn.arguments.get("k", ""))
    found = knowledge.procedures_for(turn.session, chosen.title) if chosen else []
    if chosen is None or not found:
        words = flex.plain(turn.voice.say("procedure.none_here"))
        return say([*words, *menu_cards.person(turn.voice, turn.desk.city)])
    # First what the event is most about: the procedures that name it first.
    ordered = sorted(found, key=lambda one: one.life_events.index(chosen.title))
    offset = turn.number("o") if turn.number("o") < len(ordered) else 0
    end = offset + _AT_ONCE
    listed = [(one, online(one, turn.today)) for one in ordered[offset:end]]
    more = None
    if end < len(ordered):
        more = flex.postback(turn.voice.label("procedure.more"), "event", k=chosen.key, o=end)
    return say(procedure_cards.overview(turn.voice, chosen.title, listed, more))


def procedure(turn: Turn) -> Commit:
    """One procedure, whole; follow-up questions are read against it from now on."""
    found = knowledge.procedure(turn.session, turn.arguments.get("p", ""))
    if found is None:
        words = flex.plain(turn.voice.say("procedure.gone"))
        return say([*words, *menu_cards.menu(turn.voice)])
    status = online(found, turn.today)
    messages = procedure_cards.one(turn.voice, turn.desk.city, found, status)

    def commit(session: Session) -> list[Message]:
        topic = Topic("procedure", found.id)
        residents.remember_topic(session, turn.resident.key, topic, turn.now)
        return messages

    return commit


def watch(turn: Turn) -> Commit:
    """「この手続きがオンラインになったら知らせて」 is kept, once."""
    found = knowledge.procedure(turn.session, turn.arguments.get("p", ""))
    if found is None:
        return procedure(turn)

    stands = online(found, turn.today)
    if isinstance(stands, OnlineNow):
        # The button is of an older day: nothing is left to wait for.
        told = flex.plain(turn.voice.say("plan.watch_online", name=found.name))
        return say([*told, *procedure_cards.one(turn.voice, turn.desk.city, found, stands)])

    def commit(session: Session) -> list[Message]:
        first = plan.watch(session, turn.resident.key, found.id, turn.now)
        if first:
            said = turn.voice.say("procedure.watched", name=found.name)
        else:
            said = turn.voice.say("procedure.watched_already", name=found.name)
        undo = flex.postback(turn.voice.label("button.unwatch"), "unwatch", p=found.id)
        return flex.with_quick_replies(flex.plain(said), [undo, *menu_cards.taps(turn.voice)])

    return commit


def unwatch(turn: Turn) -> Commit:
    """「もう知らせなくてよい」: the wish is taken back; a second tap is answered the same."""
    procedure_id = turn.arguments.get("p", "")

    def commit(session: Session) -> list[Message]:
        plan.unwatch(session, turn.resident.key, procedure_id)
        said = flex.plain(turn.voice.say("procedure.unwatched"))
        return menu_cards.ways_on(turn.voice, said)

    return commit
