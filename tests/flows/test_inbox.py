"""Events that LINE delivers are kept once and handed to one worker at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text as sql

from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox import upkeep
from bot.line.inbound import RawEvent, raw_event, resident_key
from bot.sealing import Sealer


def message(number: int, resident: str = "U1", text: str = "ごみの日は？") -> RawEvent:
    return raw_event(
        {
            "type": "message",
            "webhookEventId": f"01EVENT{number:05}",
            "source": {"type": "user", "userId": resident},
            "replyToken": f"token{number}",
            "message": {"type": "text", "id": f"m{number}", "text": text},
        }
    )


def keep(database: Database, sealer: Sealer, *events: RawEvent) -> int:
    with database.writing() as session:
        return inbox.keep(session, sealer, events, database.lease_now(session))


def claim(
    database: Database, sealer: Sealer, owner: str = "w1", *, alone: bool = False
) -> inbox.Claim | None:
    with database.writing() as session:
        now = database.lease_now(session)
        return inbox.claim(session, sealer, owner=owner, now=now, alone=alone)


def later(database: Database, sealer: Sealer, seconds: float) -> None:
    """Lets leases and back-off run out by moving what is due into the past."""
    from sqlalchemy import select

    from bot.inbox.models import InboxEvent

    with database.writing() as session:
        for row in session.execute(select(InboxEvent)).scalars():
            row.run_at = row.run_at - timedelta(seconds=seconds)


def test_an_event_delivered_again_is_kept_once(database: Database, sealer: Sealer) -> None:
    assert keep(database, sealer, message(1), message(2)) == 2
    assert keep(database, sealer, message(2), message(3)) == 1
    assert keep(database, sealer) == 0


def test_an_event_is_given_to_one_worker_and_erased_when_answered(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1))
    held = claim(database, sealer)
    assert held is not None
    assert held.event["message"]["text"] == "ごみの日は？"
    assert held.user_key == resident_key(sealer, "U1")
    assert claim(database, sealer, "w2") is None
    with database.writing() as session:
        inbox.finish(session, held)
    later(database, sealer, 60)
    assert claim(database, sealer) is None
    with database.reading() as session:
        assert upkeep.counts(session) == {"waiting": 0, "dead": 0}
        assert upkeep.oldest_waiting(session) is None


def test_a_resident_is_answered_in_order_while_others_are_not_held_up(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1, "U1"), message(2, "U1"), message(3, "U2"))
    first, other = claim(database, sealer), claim(database, sealer, "w2")
    assert first is not None
    assert other is not None
    assert (first.event_id, other.event_id) == ("01EVENT00001", "01EVENT00003")
    assert claim(database, sealer, "w3") is None
    with database.writing() as session:
        inbox.finish(session, first)
    second = claim(database, sealer)
    assert second is not None
    assert second.event_id == "01EVENT00002"


def test_a_worker_that_lost_its_lease_cannot_finish(database: Database, sealer: Sealer) -> None:
    keep(database, sealer, message(1))
    slow = claim(database, sealer, "slow")
    later(database, sealer, 16)
    quick = claim(database, sealer, "quick")
    assert slow is not None
    assert quick is not None
    with pytest.raises(inbox.LostLease), database.writing() as session:
        inbox.finish(session, slow)
    with database.writing() as session:
        inbox.finish(session, quick)


def test_an_event_that_crashes_workers_runs_alone_and_is_dead_at_the_fourth(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1, "U1"), message(2, "U2"))
    for _ in range(2):
        assert claim(database, sealer) is not None
        assert claim(database, sealer) is not None
        later(database, sealer, 16)
    assert claim(database, sealer) is None
    third = claim(database, sealer, alone=True)
    assert third is not None
    assert third.attempts == 3
    later(database, sealer, 16)
    for _ in range(5):
        claim(database, sealer, alone=True)
        later(database, sealer, 16)
    with database.reading() as session:
        assert upkeep.counts(session) == {"waiting": 0, "dead": 2}


def test_an_event_whose_answer_fails_is_tried_again_and_dead_at_the_fourth(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1))
    outcomes = []
    for attempt in range(4):
        later(database, sealer, 16)
        held = claim(database, sealer, alone=attempt >= 2)
        assert held is not None
        with database.writing() as session:
            outcomes.append(inbox.fail(session, held, "KeyError", datetime.now(UTC)))
    assert outcomes == [False, False, False, True]


def test_what_no_key_opens_does_not_keep_others_from_being_taken_back(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1, text="ひみつ"))
    with database.writing() as session:
        session.execute(sql("UPDATE inbox SET event = :lost"), {"lost": b"\x01lost"})
        assert inbox.redact(session, sealer, "m1") == 0


def test_a_message_taken_back_is_given_out_without_its_words(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1, text="ひみつ"))
    with database.writing() as session:
        assert inbox.redact(session, sealer, "m1") == 1
    held = claim(database, sealer)
    assert held is not None
    assert "message" not in held.event
    assert held.event["withdrawn"] is True


def test_a_message_that_arrives_after_it_was_taken_back_loses_its_words(
    database: Database, sealer: Sealer
) -> None:
    source = {"type": "user", "userId": "U9"}
    unsend = {"type": "unsend", "webhookEventId": "01U", "source": source}
    keep(database, sealer, raw_event(unsend | {"unsend": {"messageId": "m7"}}))
    keep(database, sealer, message(7, "U1", "ひみつ"))
    assert claim(database, sealer) is not None
    held = claim(database, sealer)
    assert held is not None
    assert "message" not in held.event


def test_a_forgotten_resident_leaves_nothing_but_event_ids(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1), message(2), message(3, "U2"))
    held = claim(database, sealer)
    assert held is not None
    with database.writing() as session:
        assert inbox.forget(session, resident_key(sealer, "U1"), sparing=held) == 1
        inbox.finish(session, held)
    assert keep(database, sealer, message(1), message(2)) == 0
    other = claim(database, sealer)
    assert other is not None
    assert other.event_id == "01EVENT00003"
    assert claim(database, sealer) is None


def test_an_erasure_from_outside_stops_the_answer_under_way(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1))
    held = claim(database, sealer)
    assert held is not None
    with database.writing() as session:
        inbox.forget(session, resident_key(sealer, "U1"))
    with pytest.raises(inbox.LostLease), database.writing() as session:
        inbox.finish(session, held)


def test_old_events_are_swept_away_once_line_cannot_deliver_them_again(
    database: Database, sealer: Sealer
) -> None:
    keep(database, sealer, message(1), message(2))
    held = claim(database, sealer)
    assert held is not None
    with database.writing() as session:
        inbox.finish(session, held)
    with database.writing() as session:
        assert upkeep.sweep(session, datetime.now(UTC) + timedelta(days=1)) == 1
        assert upkeep.sweep(session, datetime.now(UTC) + timedelta(days=1)) == 0
