"""Erases one resident everywhere: the chat's own button and the `forget` command come here."""

from sqlalchemy.orm import Session

from bot.inbox import service as inbox
from bot.inbox.service import Claim
from bot.outbox import service as outbox
from bot.plan import service as plan
from bot.questions import retention
from bot.residents import service as residents


def forget_resident(session: Session, key: str, *, sparing: Claim | None = None) -> dict[str, int]:
    """Erases every row of the resident with this key; counts stay, without identity.

    `sparing` is the event in whose answer it happens. Returns how many rows of each kind went;
    a second time finds nothing and changes nothing.
    """
    return {
        "questions": retention.forget(session, key),
        "wishes": plan.forget(session, key),
        "events": inbox.forget(session, key, sparing=sparing),
        "messages": outbox.forget(session, key),
        "residents": residents.forget(session, key),
    }
