"""Every night what is older than the city's retention settings is erased; counts stay."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from bot.city import Retention
from bot.db import Database
from bot.erasure import erasures
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import PUSH
from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.residents.models import ResidentRow
from scheduler.jobs import erase_all, standing_jobs

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
KEPT = Retention(
    questions=400, inbox_done=7, outbox_done=30, outbox_failed=90, residents_unfollowed=30
)


def erase(database: Database, name: str) -> int:
    return erase_all(database, erasures(KEPT, lambda: NOW)[name])


def test_questions_go_after_their_time_and_their_counts_stay(database: Database) -> None:
    with database.writing() as session:
        for age in (399, 401, 500):
            asked = NOW - timedelta(days=age)
            session.add(QuestionRow(asked_at=asked, kind="question", outcome="direct", text="あ"))
    assert erase(database, "questions") == 2
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(QuestionRow)) == 1
        assert session.scalar(select(func.sum(QuestionTally.count))) == 2


def test_who_waited_for_an_answer_is_forgotten_ninety_days_after_it_went_out(
    database: Database,
) -> None:
    with database.writing() as session:
        for number, age in enumerate((None, 89, 91), start=1):
            session.add(QuestionRow(id=number, asked_at=NOW, kind="question", outcome="unanswered"))
            session.flush()
            answered = None if age is None else NOW - timedelta(days=age)
            asked = NOW - timedelta(days=100)
            session.add(
                AwaitedAnswer(
                    question_id=number, resident_key="mio", asked_at=asked, answered_at=answered
                )
            )
    assert erase(database, "who got answers") == 1
    with database.reading() as session:
        assert set(session.scalars(select(AwaitedAnswer.question_id))) == {1, 2}


def test_messages_that_ended_badly_are_kept_for_a_person_longer_than_those_sent(
    database: Database,
) -> None:
    jobs = standing_jobs(
        database,
        lambda: NOW,
        {},
        events_kept=timedelta(days=KEPT.inbox_done),
        parcels_kept=timedelta(days=KEPT.outbox_done),
        failures_kept=timedelta(days=KEPT.outbox_failed),
    )
    with database.writing() as session:
        now = database.lease_now(session)
        for state in ("sent", "dropped", "refused", "unknown", "dead"):
            for age in (29, 31, 91):
                session.add(
                    OutboxParcel(
                        dedupe_key=f"{state} {age}",
                        endpoint="push",
                        kind="class",
                        priority=PUSH,
                        state=state,
                        run_at=now,
                        created_at=now,
                        done_at=now - timedelta(days=age),
                    )
                )
    for job in jobs:
        assert job.run is not None
        job.run()
    with database.reading() as session:
        kept = set(session.scalars(select(OutboxParcel.dedupe_key)))
    failed = {f"{state} {age}" for state in ("refused", "unknown", "dead") for age in (29, 31)}
    assert kept == {"sent 29", "dropped 29"} | failed


def test_those_who_left_are_forgotten_after_thirty_days_and_no_one_else(
    database: Database,
) -> None:
    with database.writing() as session:
        for key, left in [("stays", None), ("left", 10), ("gone", 31)]:
            moment = None if left is None else NOW - timedelta(days=left)
            session.add(ResidentRow(key=key, sealed_user_id=b"", met_at=NOW, left_at=moment))
            session.add(
                QuestionRow(asked_at=NOW, resident_key=key, kind="question", outcome="direct")
            )
    assert erase(database, "residents") == 1
    with database.reading() as session:
        assert set(session.scalars(select(ResidentRow.key))) == {"stays", "left"}
        assert set(session.scalars(select(QuestionRow.resident_key))) == {"stays", "left"}
