"""Messages are kept with their decision, sent after it, and tracked to their end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.db import Database
from bot.inbox.service import Claim
from bot.line.outcomes import Accepted, AlreadyAccepted, Outcome, Refused, TryAgain
from bot.outbox import service as outbox
from bot.outbox import upkeep
from bot.outbox.rules import PUSH, REPLY, Again, Ended, Tried, judge
from bot.sealing import Sealer

HELLO = [{"type": "text", "text": "燃えるごみは火曜日です。"}]
TIMEOUT = TryAgain("ReadTimeoutError", None, may_have_arrived=True)
BUSY = TryAgain("status 429", 429, may_have_arrived=False)


def claimed_event(received_at: datetime, number: int = 1) -> Claim:
    event = {"source": {"type": "user", "userId": "U1"}}
    return Claim(number, f"01E{number}", event, "key1", 1, "w", received_at)


def keep_reply(database: Database, sealer: Sealer, *, age: float = 0, number: int = 1) -> None:
    with database.writing() as session:
        now = database.lease_now(session)
        claim = claimed_event(now - timedelta(seconds=age), number)
        outbox.keep_reply(
            session,
            sealer,
            claim=claim,
            reply_token="token1",
            messages=HELLO,
            user_key="key1",
            now=now,
        )


def keep_push(database: Database, sealer: Sealer, dedupe_key: str = "p1") -> None:
    with database.writing() as session:
        outbox.keep_push(
            session,
            sealer,
            dedupe_key=dedupe_key,
            user_id="U1",
            user_key="key1",
            messages=HELLO,
            kind="reminder",
            now=database.lease_now(session),
        )


def claim(
    database: Database, sealer: Sealer, priority: int = REPLY, *, ahead: float = 0
) -> outbox.Parcel | None:
    """Claims as if `ahead` seconds had passed."""
    from sqlalchemy import select

    from bot.outbox.models import OutboxParcel

    with database.writing() as session:
        for row in session.execute(select(OutboxParcel)).scalars():
            for name in ("run_at", "token_until", "useful_until", "first_try"):
                held = getattr(row, name)
                if held is not None:
                    setattr(row, name, held - timedelta(seconds=ahead))
        session.flush()
        now = database.lease_now(session)
        return outbox.claim(session, sealer, owner="s1", now=now, priority=priority)


def settle(database: Database, parcel: outbox.Parcel | None, outcome: Outcome) -> str:
    assert parcel is not None
    with database.writing() as session:
        return outbox.settle(session, parcel, outcome, database.lease_now(session))


def held(database: Database) -> list[dict[str, Any]]:
    from sqlalchemy import select

    from bot.outbox.models import OutboxParcel

    with database.reading() as session:
        rows = session.execute(select(OutboxParcel).order_by(OutboxParcel.id)).scalars()
        return [
            {column.name: getattr(row, column.name) for column in OutboxParcel.__table__.columns}
            for row in rows
        ]


def test_a_reply_is_kept_once_and_what_it_said_is_erased_when_sent(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    keep_reply(database, sealer)
    parcel = claim(database, sealer)
    assert parcel is not None
    assert (parcel.endpoint, parcel.to, parcel.messages) == ("reply", ("token1",), tuple(HELLO))
    assert parcel.retry_key is None
    assert claim(database, sealer) is None
    assert settle(database, parcel, Accepted("r-1")) == "sent"
    (row,) = held(database)
    assert (row["address"], row["messages"], row["request_id"]) == (None, None, "r-1")


def test_a_reply_refused_after_a_timeout_is_unknown_and_not_pushed(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    assert settle(database, claim(database, sealer), TIMEOUT) == "waiting"
    parcel = claim(database, sealer, ahead=1)
    assert parcel is not None
    assert parcel.endpoint == "reply"
    assert settle(database, parcel, Refused(400, None)) == "unknown"
    assert claim(database, sealer, ahead=60) is None
    assert claim(database, sealer, PUSH, ahead=60) is None


def test_a_reply_refused_at_the_first_attempt_is_refused(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    assert settle(database, claim(database, sealer), Refused(400, None)) == "refused"
    with database.reading() as session:
        counted = upkeep.counts(session)
    assert counted == {"waiting": 0, "refused": 1, "unknown": 0, "dead": 0}


def test_a_reply_that_line_was_too_busy_for_is_not_unknown(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    assert settle(database, claim(database, sealer), BUSY) == "waiting"
    assert settle(database, claim(database, sealer, ahead=1), Refused(400, None)) == "refused"


def test_a_reply_lost_with_its_sender_goes_out_again_with_the_same_token(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    lost = claim(database, sealer)
    again = claim(database, sealer, ahead=16)
    assert lost is not None
    assert again is not None
    assert (again.to, again.messages) == (lost.to, lost.messages)
    with pytest.raises(outbox.LostLease):
        settle(database, lost, Accepted("r"))
    assert settle(database, again, Refused(400, None)) == "unknown"


def test_a_reply_never_tried_and_too_late_for_its_token_becomes_a_push(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer, age=90)
    first = claim(database, sealer)
    assert first is not None
    assert (first.endpoint, first.to) == ("push", ("U1",))
    assert settle(database, first, TIMEOUT) == "waiting"
    again = claim(database, sealer, ahead=5)
    assert again is not None
    assert again.retry_key == first.retry_key
    assert settle(database, again, AlreadyAccepted("r-first")) == "sent"


def test_a_reply_nobody_needs_any_more_is_not_pushed(database: Database, sealer: Sealer) -> None:
    keep_reply(database, sealer)
    assert claim(database, sealer, ahead=7 * 3600) is None
    assert [row["state"] for row in held(database)] == ["dead"]


def test_a_reply_is_given_up_when_its_token_has_run_out(database: Database, sealer: Sealer) -> None:
    keep_reply(database, sealer)
    state = settle(database, claim(database, sealer), TIMEOUT)
    while state == "waiting":
        state = settle(database, claim(database, sealer, ahead=9), TIMEOUT)
    assert state == "unknown"


def test_a_push_keeps_its_retry_key_and_body_through_every_attempt(
    database: Database, sealer: Sealer
) -> None:
    keep_push(database, sealer)
    keep_push(database, sealer)
    tried = []
    for _ in range(6):
        parcel = claim(database, sealer, PUSH, ahead=301)
        assert parcel is not None
        tried.append((parcel.retry_key, parcel.to, parcel.messages))
        settle(database, parcel, TIMEOUT)
    assert len({key for key, _, _ in tried}) == 1
    assert tried == [tried[0]] * 6


def test_a_push_is_left_to_a_person_before_its_retry_key_runs_out() -> None:
    now = datetime(2026, 8, 8, tzinfo=UTC)
    tried = Tried("push", 40, 1, now - timedelta(hours=22, minutes=57), None)
    assert judge(tried, TIMEOUT, now) == Ended("dead")
    assert isinstance(judge(Tried("push", 40, 1, now, None), TIMEOUT, now), Again)


def test_replies_do_not_wait_behind_pushes(database: Database, sealer: Sealer) -> None:
    keep_push(database, sealer)
    keep_reply(database, sealer)
    reply, push = claim(database, sealer), claim(database, sealer, PUSH)
    assert reply is not None
    assert push is not None
    assert (reply.endpoint, push.endpoint) == ("reply", "push")


def test_a_forgotten_resident_gets_nothing_more(database: Database, sealer: Sealer) -> None:
    keep_reply(database, sealer)
    keep_push(database, sealer)
    on_the_wire = claim(database, sealer)
    with database.writing() as session:
        assert outbox.forget(session, "key1") == 2
        assert outbox.forget(session, "key1") == 0
    assert claim(database, sealer, PUSH, ahead=60) is None
    with pytest.raises(outbox.LostLease):
        settle(database, on_the_wire, Accepted("r"))
    assert {(row["state"], row["address"], row["messages"]) for row in held(database)} == {
        ("dropped", None, None)
    }


def test_nothing_that_is_said_or_to_whom_is_readable_in_the_table(
    database: Database, sealer: Sealer
) -> None:
    keep_reply(database, sealer)
    keep_push(database, sealer)
    for row in held(database):
        for value in row.values():
            raw = value if isinstance(value, bytes) else str(value).encode()
            for secret in ("U1", "token1", "ごみ"):
                assert secret.encode() not in raw
