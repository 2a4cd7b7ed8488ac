"""A member of staff types the code of the console: from then on this chat takes their tests."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot.campaigns import testers
from bot.line.limits import Message
from bot.speech import flex
from handlers.chat.turn import Commit, Turn

_CODE = re.compile(r"\s*[A-HJ-NP-Z2-9]{8}\s*", re.ASCII)


def joined(turn: Turn, said: str, otherwise: Commit) -> Commit:
    """Joins the account for a code that is good now; anything else is answered as it would be."""
    if not _CODE.fullmatch(said.upper()):
        return otherwise

    def commit(session: Session) -> Sequence[Message]:
        # Made by civil time too: a demo's clock moves both alike.
        who = testers.join(session, turn.sealer, said, turn.resident.key, turn.now)
        if who is None:
            return otherwise(session)
        return flex.plain(turn.voice.say("campaign.joined"))

    return commit
