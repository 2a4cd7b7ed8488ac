"""A district typed alone: it answers our question, or opens what there is in that district."""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.city import District
from bot.line.limits import Message
from bot.residents import preferences
from bot.residents import service as residents
from bot.speech import district_cards
from handlers.chat import booking, choices
from handlers.chat.turn import Commit, Turn, say
from handlers.chat.typed import fold

_LONGEST = 40
_AROUND = (
    "(?:地区|ちく)?(?:の?(?:近|ちか)く)?"
    "(?:です|だ|がいいです|がいい|にします|に(?:住|す)んで(?:います|いる|ます|る)|でお願いします)?(?:ね|よ)?"
)


def heard(turn: Turn, said: str) -> Commit | None:
    """Keeps the district when we have just asked for it, else offers what is near to it.

    None for anything but the name of a district, in kanji or in kana.
    """
    found = _named(turn, said)
    if found is None:
        return None
    asked = turn.topic
    if asked in (choices.ASKED_DISTRICT, choices.ASKED_DISTRICT_ON_THE_WAY):
        walk = {"walk": "1"} if asked == choices.ASKED_DISTRICT_ON_THE_WAY else {}
        chosen = choices.set_district(replace(turn, arguments={"d": found.key, **walk}))
    elif asked == booking.ASKED_DISTRICT:
        chosen = booking.at(replace(turn, arguments={"d": found.key}))
    else:
        known = preferences.chosen(turn.session, turn.resident.key).district
        return say(district_cards.meant(turn.voice, found, is_kept=known == found.key))

    def commit(session: Session) -> list[Message]:
        residents.remember_topic(session, turn.resident.key, None, turn.now)
        return [*chosen(session)]

    return commit


def _named(turn: Turn, said: str) -> District | None:
    folded = fold(said) if len(said) <= _LONGEST else ""
    for one in turn.desk.city.districts:
        names = "|".join(re.escape(fold(name)) for name in (one.name, one.kana))
        if re.fullmatch(f"(?:{names}){_AROUND}", folded):
            return one
    return None
