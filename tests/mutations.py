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

    def insert(connection: Any, made: Any, now: Any) -> int:
        renamed = [row | {"event_id": f"{row['event_id'][:20]}{uuid.uuid4().hex}"} for row in made]
        return kept(connection, renamed, now)

    inbox.insert = insert


def second_reply() -> None:
    """A reply that was not seen to arrive is followed by a push."""
    import json
    import uuid
    from dataclasses import replace

    from sqlalchemy import select

    from bot.outbox import service as outbox
    from bot.outbox.models import OutboxParcel

    claim = outbox.claim

    def claim_as_push(session: Any, sealer: Any, **named: Any) -> Any:
        parcel = claim(session, sealer, **named)
        if parcel is None or parcel.endpoint != "reply" or parcel.tried.attempts < 2:
            return parcel
        wanted = select(OutboxParcel.address).where(OutboxParcel.id == parcel.id)
        address = sealer.open(session.execute(wanted).scalar_one(), outbox.ADDRESS)
        user_id = json.loads(address)[1]
        return replace(parcel, endpoint="push", to=(user_id,), retry_key=str(uuid.uuid4()))

    outbox.claim = claim_as_push


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


def drop_firing_key() -> None:
    """A due instant fires for whoever finds it, whether or not it has fired."""
    from bot.schedules import service as schedules
    from bot.schedules.models import Schedule

    def unlocked(session: Any, which: Any) -> Any:
        from types import SimpleNamespace

        from sqlalchemy import select

        row = session.execute(select(Schedule).where(which)).scalar_one()
        # What it would have read before the others' commits, and its cursor is written nowhere.
        due = session.get_bind().engine.__dict__.setdefault("first_due", row.next_due)
        names = ("id", "name", "job", "cron", "zone", "grace_seconds", "enabled")
        seen = {name: getattr(row, name) for name in names}
        return SimpleNamespace(**seen, next_due=due)

    schedules._locked = unlocked
    schedules._record = lambda *_: True


def new_parcel_key() -> None:
    """A parcel of an announcement takes a new retry key for every attempt."""
    import uuid
    from dataclasses import replace

    from bot.campaigns import parcels

    take = parcels.take

    def take_with_new_key(*args: Any, **named: Any) -> Any:
        return [replace(one, retry_key=str(uuid.uuid4())) for one in take(*args, **named)]

    parcels.take = take_with_new_key


def skip_a_recipient() -> None:
    """The last person of every stretch is not in any parcel."""
    from bot.campaigns import planning

    cut = planning._cut

    def cut_short(people: Any, parts: int) -> Any:
        return cut({variant: keys[:-1] for variant, keys in people.items()}, parts)

    planning._cut = cut_short


def drop_approval() -> None:
    """What is due starts, whoever approved which words."""
    from bot.campaigns import drafts

    class Any_(str):
        def __eq__(self, other: object) -> bool:
            return True

        def __ne__(self, other: object) -> bool:
            return False

        __hash__ = str.__hash__

    hash_of = drafts.hash_of
    drafts.hash_of = lambda draft: Any_(hash_of(draft))


def answer_twice() -> None:
    """Every answer is pushed as well."""
    from bot.line import events
    from bot.line.inbound import read_kept
    from bot.outbox import service as outbox

    keep_reply = outbox.keep_reply

    def keep_both(session: Any, sealer: Any, **named: Any) -> None:
        keep_reply(session, sealer, **named)
        claim = named["claim"]
        user_id = events.read(read_kept(claim.event_id, claim.event)).user_id
        assert user_id is not None, "who is answered has an id"
        outbox.keep_push(
            session,
            sealer,
            dedupe_key=f"again:{claim.event_id}",
            user_id=user_id,
            user_key=named["user_key"],
            messages=named["messages"],
            kind="reply",
            now=named["now"],
        )

    outbox.keep_reply = keep_both


def seat_a_newcomer() -> None:
    """A seat that is offered to the first in line can be had by whoever comes."""
    from bot.classes.values import Seats

    free = property(lambda seats: max(0, seats.capacity - seats.taken + seats.offered))
    for name in ("free", "left"):
        setattr(Seats, name, free)


def need_no_approval() -> None:
    """What was checked starts at its hour without a second person."""
    from bot.campaigns import starting
    from bot.campaigns.drafts import hash_of
    from bot.campaigns.models import CampaignRow
    from bot.campaigns.queries import draft_in
    from bot.campaigns.rules import State

    ripen = starting.ripen

    def ripen_all(session: Any, now: Any, terms: Any) -> int:
        for row in session.query(CampaignRow).filter(CampaignRow.state == State.CHECKED):
            draft = draft_in(row)
            row.state, row.approved_by, row.approved_at = State.SCHEDULED, "nobody", now
            # Its own hour, even one that has passed by now: nobody was waited for.
            row.start_at, row.approved_hash = draft.wish.at or now, hash_of(draft)
        session.flush()
        return ripen(session, now, terms)

    starting.ripen = ripen_all
    starting.anything_to_ripen = lambda *_: True


_MUTATIONS = {
    "answer twice": answer_twice,
    "seat a newcomer": seat_a_newcomer,
    "need no approval": need_no_approval,
    "new parcel key": new_parcel_key,
    "skip a recipient": skip_a_recipient,
    "drop approval": drop_approval,
    "drop firing key": drop_firing_key,
    "drop fence": drop_fence,
    "forget dedupe": forget_dedupe,
    "second reply": second_reply,
    "new retry key": new_retry_key,
}
