"""お知らせ: residents choose what they are told, card by card, and stop it with one tap."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from bot.campaigns import addressees, links
from bot.line.limits import Message
from bot.plan import service as plan
from bot.residents import preferences
from bot.residents import service as residents
from bot.residents.rules import Topic, age_band_of, hours_of
from bot.speech import choice_cards, chosen_cards, flex, menu_cards
from bot.speech.choice_cards import Step
from handlers.chat import greeting
from handlers.chat.turn import Commit, Turn, say

ASKED_DISTRICT = Topic("asked", "district_set")
ASKED_DISTRICT_ON_THE_WAY = Topic("asked", "district_set&walk=1")
"""We asked for the district: alone, or between the other questions. It may be typed, too."""


def news(turn: Turn) -> Commit:
    """「お知らせ」: what is chosen, with the ways to change it; for who chose nothing, an offer."""

    def commit(session: Session) -> list[Message]:
        return _kept(turn, session)

    return commit


def topics(turn: Turn) -> Commit:
    """Which topics one wants to hear of."""
    return _ask(turn, Step.TOPICS)


def district(turn: Turn) -> Commit:
    """To which district one is near."""
    return _ask(turn, Step.DISTRICT)


def age(turn: Turn) -> Commit:
    """How old one is, roughly."""
    return _ask(turn, Step.AGE)


def hours(turn: Turn) -> Commit:
    """When one has time."""
    return _ask(turn, Step.HOURS)


def topic_on(turn: Turn) -> Commit:
    """A topic was tapped: it begins; several, joined by commas, begin again together.

    A second tap is answered the same.
    """
    chosen = turn.desk.news_topics.chosen(_keys(turn))
    if not chosen:
        said = flex.plain(turn.voice.say("choices.unknown_topic"))
        return lambda session: [*said, *_question(turn, session, Step.TOPICS)]
    again = turn.number("again") == 1

    def commit(session: Session) -> list[Message]:
        for topic in chosen:
            preferences.start_topic(session, turn.resident.key, topic.key, turn.now)
        return choice_cards.started(turn.voice, chosen, again=again, walks=_walks(turn))

    return commit


def stop_topic(turn: Turn) -> Commit:
    """「この話題を止める」: nothing of it comes any more. A second tap stops nothing more.

    Under an announcement every topic stops for which it came to this resident: nothing for its
    audience comes any more. There it is counted once, without who it was.
    """
    keys, campaign_id = _keys(turn), turn.number("c")

    def commit(session: Session) -> list[Message]:
        about = addressees.topics(session, campaign_id) if campaign_id else frozenset()
        stopped = preferences.stop_topics(session, turn.resident.key, about.union(keys))
        if stopped and campaign_id:
            links.tally_known(session, campaign_id, links.STOPPED)
        if not stopped and len(about) > 1:
            return choice_cards.stopped_already(turn.voice)
        topics = turn.desk.news_topics.chosen(stopped or keys)
        return choice_cards.stopped(turn.voice, topics, walks=_walks(turn))

    return commit


def set_district(turn: Turn) -> Commit:
    """A district was tapped; without one, what was kept is taken away."""
    key = turn.arguments.get("d", "")
    chosen = turn.desk.city.district(key)
    if key and chosen is None:
        return greeting.stale(turn)

    def keep(session: Session) -> None:
        kept = chosen.key if chosen else None
        preferences.choose_district(session, turn.resident.key, kept, turn.now)

    return _told(turn, Step.DISTRICT, chosen.name if chosen else None, keep)


def set_age(turn: Turn) -> Commit:
    """An age band was tapped; without one, what was kept is taken away."""
    chosen = age_band_of(turn.arguments.get("a"))
    if chosen is None and turn.arguments.get("a"):
        return greeting.stale(turn)

    def keep(session: Session) -> None:
        preferences.choose_age_band(session, turn.resident.key, chosen, turn.now)

    name = turn.voice.label(f"choices.age_{chosen}") if chosen else None
    return _told(turn, Step.AGE, name, keep)


def set_hours(turn: Turn) -> Commit:
    """By day, in the evening or either; without one, what was kept is taken away."""
    chosen = hours_of(turn.arguments.get("h"))
    if chosen is None and turn.arguments.get("h"):
        return greeting.stale(turn)

    def keep(session: Session) -> None:
        preferences.choose_hours(session, turn.resident.key, chosen, turn.now)

    name = turn.voice.label(f"choices.hours_{chosen}") if chosen else None
    return _told(turn, Step.HOURS, name, keep)


def stop(turn: Turn) -> Commit:
    """Typed 「お知らせを止めたい」: which one, or all; for who gets nothing, that nothing comes."""

    def commit(session: Session) -> list[Message]:
        choices = preferences.chosen(session, turn.resident.key)
        if not turn.desk.news_topics.chosen(choices.topics):
            return _kept(turn, session)
        return choice_cards.ask_stop(turn.voice, turn.desk.news_topics, choices)

    return commit


def stop_all(turn: Turn) -> Commit:
    """Asks once before everything stops."""
    return say(choice_cards.confirm_stopping(turn.voice))


def stop_all_yes(turn: Turn) -> Commit:
    """No topic comes any more; district and the rest stay, for the classes."""

    def commit(session: Session) -> list[Message]:
        preferences.choose_topics(session, turn.resident.key, (), turn.now)
        return choice_cards.stopped_all(turn.voice)

    return commit


def later(turn: Turn) -> Commit:
    """「あとで」: nothing is asked again by itself."""
    said = flex.plain(turn.voice.say("choices.later"))
    return say(menu_cards.ways_on(turn.voice, said))


def page(turn: Turn) -> Commit:
    """A one-time link to the page where all is chosen at once."""
    return page_about(turn, "choices")


def page_about(turn: Turn, about: str) -> Commit:
    """A one-time link to the resident's own pages; `about` is where they begin."""
    links = turn.desk.links
    if links is None:
        said = flex.plain(turn.voice.say("choices.no_page"))
        return say(menu_cards.ways_on(turn.voice, said))

    def commit(session: Session) -> list[Message]:
        purpose = choice_cards.PURPOSE
        address = links.issue(session, turn.resident.key, purpose, turn.now, about=about)
        return choice_cards.link(turn.voice, address, about)

    return commit


def _ask(turn: Turn, step: Step) -> Commit:
    return lambda session: _question(turn, session, step)


def _question(turn: Turn, session: Session, step: Step) -> list[Message]:
    choices = preferences.chosen(session, turn.resident.key)
    voice, walks = turn.voice, _walks(turn)
    match step:
        case Step.TOPICS:
            return choice_cards.ask_topics(voice, turn.desk.news_topics, choices, walks=walks)
        case Step.DISTRICT:
            asked = ASKED_DISTRICT_ON_THE_WAY if walks else ASKED_DISTRICT
            residents.remember_topic(session, turn.resident.key, asked, turn.now)
            return choice_cards.ask_district(voice, turn.desk.city, choices, walks=walks)
        case Step.AGE:
            return choice_cards.ask_age(voice, choices, walks=walks)
        case Step.HOURS:
            return choice_cards.ask_hours(voice, choices, walks=walks)


def _told(turn: Turn, step: Step, value: str | None, keep: Callable[[Session], None]) -> Commit:
    def commit(session: Session) -> list[Message]:
        keep(session)
        after = choice_cards.next_step(step) if _walks(turn) else None
        shown = _question(turn, session, after) if after else _kept(turn, session)
        return [*choice_cards.told(turn.voice, value), *shown]

    return commit


def _kept(turn: Turn, session: Session) -> list[Message]:
    choices = preferences.chosen(session, turn.resident.key)
    has_page = turn.desk.links is not None
    if choices.is_empty:
        return chosen_cards.beginning(turn.voice, turn.desk.city, has_page=has_page)
    return chosen_cards.kept(
        turn.voice,
        turn.desk.city,
        turn.desk.news_topics,
        choices,
        watching=plan.watched(session, turn.resident.key),
        has_page=has_page,
    )


def _keys(turn: Turn) -> list[str]:
    return turn.arguments.get("t", "").split(",")


def _walks(turn: Turn) -> bool:
    return turn.number("walk") == 1
