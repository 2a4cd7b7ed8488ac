"""The worker answers what was kept, sends what was decided, and stops cleanly."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox import upkeep
from bot.inbox.service import Claim
from bot.line.inbound import raw_event
from bot.line.outcomes import Refused, TryAgain
from bot.outbox import service as outbox
from bot.outbox import upkeep as outbox_upkeep
from bot.sealing import Sealer
from scheduler.worker import Sizes, Worker
from tests.flows.line_double import LineDouble, text_event


def answering(database: Database, sealer: Sealer) -> Callable[[Claim], None]:
    """A desk in small: says back what was said, in one transaction."""

    def answer(claim: Claim) -> None:
        text = claim.event["message"]["text"]
        if text == "bad":
            raise ValueError("nobody can answer this")
        with database.writing() as session:
            inbox.finish(session, claim)
            outbox.keep_reply(
                session,
                sealer,
                claim=claim,
                reply_token=claim.event["replyToken"],
                messages=[{"type": "text", "text": text}],
                user_key=claim.user_key,
                now=database.lease_now(session),
            )

    return answer


def keep(database: Database, sealer: Sealer, *events: dict[str, object]) -> None:
    with database.writing() as session:
        raws = [raw_event(event) for event in events]
        inbox.keep(session, sealer, raws, database.lease_now(session))


@contextmanager
def working(database: Database, sealer: Sealer, line: LineDouble) -> Iterator[Worker]:
    worker = Worker(database, sealer, line, answering(database, sealer), sizes=Sizes(poll=0.05))
    worker.start()
    try:
        yield worker
    finally:
        assert worker.stop(5)


def wait_for(condition: Callable[[], bool], seconds: float = 8) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def settled(database: Database) -> bool:
    with database.reading() as session:
        events, parcels = upkeep.counts(session), outbox_upkeep.counts(session)
    return events["waiting"] == 0 and parcels["waiting"] == 0


def test_a_question_is_answered_with_its_own_reply_token(
    database: Database, sealer: Sealer
) -> None:
    line = LineDouble()
    with working(database, sealer, line) as worker:
        keep(database, sealer, text_event(1, "粗大ごみ"))
        worker.wake()
        wait_for(lambda: settled(database))
    assert line.replies == [("token1", [{"type": "text", "text": "粗大ごみ"}])]


def test_each_of_many_questions_is_answered_once_and_a_resident_in_order(
    database: Database, sealer: Sealer
) -> None:
    line = LineDouble()
    events = [text_event(number, str(number), f"U{number % 5}") for number in range(60)]
    keep(database, sealer, *events)
    with working(database, sealer, line):
        keep(database, sealer, *events)
        wait_for(lambda: settled(database))
    assert sorted(token for token, _ in line.replies) == sorted(f"token{n}" for n in range(60))


def test_a_question_that_cannot_be_answered_holds_up_nobody_else(
    database: Database, sealer: Sealer
) -> None:
    line = LineDouble()
    keep(database, sealer, text_event(1, "bad", "U1"), text_event(2, "good", "U2"))
    with working(database, sealer, line):
        wait_for(lambda: settled(database))
    assert [token for token, _ in line.replies] == ["token2"]
    with database.reading() as session:
        assert upkeep.counts(session) == {"waiting": 0, "dead": 1}


def test_a_slow_line_gets_the_same_reply_again(database: Database, sealer: Sealer) -> None:
    line = LineDouble()
    line.answers = [TryAgain("ReadTimeoutError", None, may_have_arrived=True), Refused(400, None)]
    keep(database, sealer, text_event(1))
    with working(database, sealer, line):
        wait_for(lambda: settled(database))
    assert len(line.replies) == 2
    assert line.replies[0] == line.replies[1]
    assert line.pushes == []
    with database.reading() as session:
        assert outbox_upkeep.counts(session)["unknown"] == 1


def test_stopping_lets_the_answer_under_way_end_and_claims_nothing_more(
    database: Database, sealer: Sealer
) -> None:
    line, begun, go_on = LineDouble(), threading.Event(), threading.Event()
    answer = answering(database, sealer)

    def slow(claim: Claim) -> None:
        begun.set()
        go_on.wait(5)
        answer(claim)

    keep(database, sealer, text_event(1, "a", "U1"), text_event(2, "b", "U1"))
    worker = Worker(database, sealer, line, slow, sizes=Sizes(answering=1, poll=0.05))
    worker.start()
    begun.wait(5)
    threading.Timer(0.2, go_on.set).start()
    assert worker.stop(5)
    with database.reading() as session:
        assert upkeep.counts(session)["waiting"] == 1


def test_what_a_killed_process_had_claimed_is_answered_at_the_next_start(
    sqlite_url: str, sealer: Sealer
) -> None:
    from bot.migrations import migrate

    database = Database(sqlite_url)
    migrate(database)
    keep(database, sealer, text_event(1))
    with database.writing() as session:
        now = database.lease_now(session)
        assert inbox.claim(session, sealer, owner="killed", now=now) is not None
    line = LineDouble()
    with working(database, sealer, line):
        wait_for(lambda: settled(database), 5)
    assert len(line.replies) == 1
    database.close()


@pytest.mark.service
def test_a_webhook_process_wakes_the_workers_of_another(postgres_url: str, sealer: Sealer) -> None:
    from bot.migrations import migrate
    from scheduler.bells import Caller

    database, other = Database(postgres_url), Database(postgres_url)
    migrate(database)
    line = LineDouble()
    sleepy = Sizes(poll=30)
    worker = Worker(other, sealer, line, answering(other, sealer), sizes=sleepy)
    caller = Caller(database)
    worker.start()
    caller.start()
    time.sleep(0.5)
    keep(database, sealer, text_event(1))
    caller.wake()
    wait_for(lambda: len(line.replies) == 1, 5)
    caller.stop()
    assert worker.stop(5)
    database.close()
    other.close()
