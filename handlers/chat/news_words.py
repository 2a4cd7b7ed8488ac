"""「介護のお知らせを止めたい」: stops the topic that is named, or asks which one."""

import re
from dataclasses import replace

from bot.residents import preferences
from bot.residents.topics import NewsTopic
from handlers.chat import choices
from handlers.chat.turn import Commit, Turn
from handlers.chat.typed import fold

_WITH_READING = re.compile("[一-鿿々]+（([ぁ-ゖー]+)）")
_SHORTEST = 2


def heard(turn: Turn, said: str) -> Commit | None:
    """Who answers the wish that news stops; None for a question or anything else.

    News of something that is no topic is a question for those who get none.
    """
    wish = turn.desk.typed.stops(said)
    if wish is None:
        return None
    if wish.everything:
        return choices.stop_all(turn)
    named = [topic for topic in turn.desk.news_topics.all if _names(turn, topic, wish.what)]
    if len(named) == 1 and not wish.asks:
        return choices.stop_topic(replace(turn, arguments={"t": named[0].key}))
    chosen = preferences.chosen(turn.session, turn.resident.key).topics
    return None if wish.what and not named and not chosen else choices.stop(turn)


def _names(turn: Turn, topic: NewsTopic, what: str) -> bool:
    """True when the words are the topic's name or a part of it, in kanji or in kana."""
    if len(what) < _SHORTEST:
        return False
    kana = _WITH_READING.sub(r"\1", turn.desk.add_readings(topic.name))
    return any(name in what or what in name for name in (fold(topic.name), fold(kana)))
