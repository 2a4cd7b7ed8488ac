"""Broken promises: each shows that the tests would notice if the product broke it."""

from typing import Any


def apply(name: str | None) -> None:
    """Breaks one promise in this process; None breaks none."""
    if name:
        _MUTATIONS[name]()


def drop_fence() -> None:
    """A worker that lost its lease finishes all the same."""
    from bot.inbox import service as inbox

    def unfenced(session: Any, held: Any, values: Any) -> None:
        from sqlalchemy import update

        from bot.inbox.models import InboxEvent

        session.execute(update(InboxEvent).where(InboxEvent.id == held.id).values(**values))

    inbox._fenced = unfenced


def forget_dedupe() -> None:
    """A redelivered event counts as a new one."""
    import uuid

    from bot.inbox import service as inbox

    kept = inbox.insert

    def insert(session: Any, made: Any, now: Any) -> int:
        renamed = [row | {"event_id": f"{row['event_id'][:20]}{uuid.uuid4().hex}"} for row in made]
        return kept(session, renamed, now)

    inbox.insert = insert


def second_reply() -> None:
    """An answer is kept as often as it is decided, and pushed when its reply was not taken."""
    import uuid

    from bot.outbox import service as outbox

    settle = outbox.settle

    def settle_and_push(session: Any, parcel: Any, outcome: Any, now: Any) -> str:
        from sqlalchemy import select

        from bot.line.outcomes import TryAgain
        from bot.outbox.models import OutboxParcel

        state = settle(session, parcel, outcome, now)
        if isinstance(outcome, TryAgain) and parcel.endpoint == "reply":
            row = session.execute(
                select(OutboxParcel).where(OutboxParcel.id == parcel.id)
            ).scalar_one()
            row.endpoint, row.retry_key = "push", str(uuid.uuid4())
        return state

    outbox.settle = settle_and_push


def new_retry_key() -> None:
    """A push takes a new retry key for every attempt."""
    import uuid
    from dataclasses import replace

    from bot.outbox import service as outbox

    claim = outbox.claim

    def claim_with_new_key(*args: Any, **named: Any) -> Any:
        parcel = claim(*args, **named)
        if parcel is None or parcel.retry_key is None:
            return parcel
        return replace(parcel, retry_key=str(uuid.uuid4()))

    outbox.claim = claim_with_new_key


_MUTATIONS = {
    "drop fence": drop_fence,
    "forget dedupe": forget_dedupe,
    "second reply": second_reply,
    "new retry key": new_retry_key,
}
