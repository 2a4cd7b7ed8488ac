"""A resident who talks to the real desk: events are kept, claimed, answered and read back."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import raw_event
from bot.masking import mask_event
from bot.outbox import service as outbox
from bot.outbox.models import OutboxParcel
from bot.sealing import Sealer
from handlers.chat.desk import Answering

Message = dict[str, Any]
_NUMBERS = itertools.count(1)


@dataclass
class CivilTime:
    """A civil clock that is told the time."""

    now: datetime = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Resident:
    """Someone with the account in their list of friends."""

    database: Database
    sealer: Sealer
    answering: Answering
    user_id: str = "U" + "1" * 32
    seen: list[Message] = field(default_factory=list)

    def says(self, text: str, **more: Any) -> list[Message]:
        number = next(_NUMBERS)
        message = {"type": "text", "id": f"m{number}", "text": text, "quoteToken": "q", **more}
        return self.does({"type": "message", "message": message})

    def sends(self, kind: str, **parts: Any) -> list[Message]:
        message = {"type": kind, "id": f"m{next(_NUMBERS)}", **parts}
        return self.does({"type": "message", "message": message})

    def taps(self, label: str) -> list[Message]:
        """Taps the button of that label (or a part of it) in what was said last."""
        for action in actions(self.seen):
            named = label in (action.get("label", ""), action.get("displayText", ""))
            if named and action["type"] == "postback":
                return self.posts_back(action["data"])
        raise AssertionError(f"no button {label} in {labels(self.seen)}")

    def posts_back(self, data: str) -> list[Message]:
        return self.does({"type": "postback", "postback": {"data": data}})

    def does(self, event: dict[str, Any]) -> list[Message]:
        """Delivers the event and gives what the desk says to it."""
        number = next(_NUMBERS)
        now = datetime.now(UTC)
        whole = {
            "webhookEventId": f"event-{number}",
            "mode": "active",
            "timestamp": int(now.timestamp() * 1000),
            "deliveryContext": {"isRedelivery": False},
            "source": {"type": "user", "userId": self.user_id},
            **(
                {} if event["type"] in ("unfollow", "unsend") else {"replyToken": f"token-{number}"}
            ),
            **event,
        }
        self.seen = self.deliver(whole)
        return self.seen

    def deliver(self, event: dict[str, Any]) -> list[Message]:
        now = datetime.now(UTC)
        with self.database.writing() as session:
            inbox.keep(session, self.sealer, [raw_event(mask_event(event))], now)
        with self.database.writing() as session:
            claim = inbox.claim(session, self.sealer, owner="test", now=now + timedelta(seconds=1))
        if claim is None:
            return []
        self.answering.answer(claim)
        return replies(self.database, self.sealer, event["webhookEventId"])


def replies(database: Database, sealer: Sealer, event_id: str) -> list[Message]:
    """What the outbox holds as the reply to an event."""
    with database.reading() as session:
        sealed = session.scalar(
            select(OutboxParcel.messages).where(OutboxParcel.dedupe_key == f"reply:{event_id}")
        )
    held: list[Message] = json.loads(sealer.open(sealed, outbox.MESSAGES)) if sealed else []
    return held


def pushed(database: Database, sealer: Sealer, kind: str | None = None) -> list[list[Message]]:
    """What the outbox holds to be told by itself, of one kind or of all, the oldest first."""
    asked = select(OutboxParcel.messages).where(OutboxParcel.messages.is_not(None))
    asked = asked.where(OutboxParcel.kind == kind) if kind else asked
    with database.reading() as session:
        sealed = session.scalars(asked.order_by(OutboxParcel.id)).all()
    return [json.loads(sealer.open(one or b"", outbox.MESSAGES)) for one in sealed]


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every table in it, from the outside inwards."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from walk(part)
    elif isinstance(value, list):
        for part in value:
            yield from walk(part)


def actions(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """All actions of the messages' buttons, quick replies last."""
    kinds = ("postback", "uri", "message")
    return [part for part in walk(list(messages)) if part.get("type") in kinds]


def labels(messages: Sequence[Message]) -> list[str]:
    """What stands on the buttons."""
    return [action.get("label", "") for action in actions(messages)]


def words(messages: Sequence[Message]) -> str:
    """Everything that can be read in the messages, a line each."""
    parts = (part for part in walk(list(messages)) if part.get("type") == "text")
    return "\n".join(part["text"] for part in parts)


def numbers(messages: Sequence[Message]) -> list[str]:
    """The numbers that can be rung."""
    return [
        a["uri"].removeprefix("tel:")
        for a in actions(messages)
        if a["type"] == "uri" and a["uri"].startswith("tel:")
    ]
