"""The question log holds what the honest rates need, and lets go of words when it should."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.questions import queries, retention, service
from bot.questions.models import AwaitedAnswer, QuestionRow, QuestionTally
from bot.questions.rules import Asked, Kind, Noted, NotYours, Rates

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
MIO, KEN = "mio-key", "ken-key"


def ask(
    database: Database, outcome: str, *, who: str = MIO, shown: tuple[str, ...] = (), **more: object
) -> int:
    asked = Asked(
        asked_at=NOW,
        resident_key=who,
        message_id=f"m-{outcome}-{who}",
        text="住民票がほしい",
        normalised="住民票がほしい",
        kind=Kind.QUESTION,
        outcome=outcome,
        shown=shown,
        vector=b"\x00\x3c",
    )
    with database.writing() as session:
        return service.log(session, asked)


def test_the_rates_name_every_ending(database: Database) -> None:
    direct, other = ask(database, "direct", shown=("e1",)), ask(database, "direct", shown=("e1",))
    chosen = ask(database, "candidates", shown=("e1", "e2"))
    none = ask(database, "candidates", shown=("e1", "e2"))
    ask(database, "candidates", shown=("e1", "e2"))
    ask(database, "unanswered")
    with database.writing() as session:
        service.react(session, direct, MIO, True, NOW)
        service.react(session, other, MIO, False, NOW)
        service.choose(session, chosen, MIO, "e2", NOW)
        service.choose_none(session, none, MIO, NOW)
    with database.reading() as session:
        assert queries.rates_between(session, TODAY, TODAY) == Rates(
            direct=2,
            chosen=1,
            none_of_these=1,
            no_choice=1,
            unanswered=1,
            resolved=1,
            not_resolved=1,
            no_reaction=1,
        )


def test_the_rates_outlive_the_words(database: Database) -> None:
    asked = ask(database, "direct", shown=("e1",))
    with database.writing() as session:
        service.react(session, asked, MIO, True, NOW)
    with database.reading() as session:
        before = queries.rates_between(session, TODAY, TODAY)
    with database.writing() as session:
        assert retention.purge(session, NOW + timedelta(seconds=1)) == 1
    with database.reading() as session:
        assert queries.rates_between(session, TODAY, TODAY) == before
        assert session.scalar(select(func.count()).select_from(QuestionRow)) == 0


def test_nobody_reacts_to_the_question_of_another(database: Database) -> None:
    asked = ask(database, "direct", who=MIO, shown=("e1",))
    with database.writing() as session:
        assert service.react(session, asked, KEN, True, NOW) == NotYours()
        assert service.await_answer(session, asked, KEN, NOW) == NotYours()
        assert service.choose(session, asked, KEN, "e1", NOW) == NotYours()
        assert service.choose_none(session, asked, KEN, NOW) == NotYours()


def test_a_choice_that_was_not_shown_is_not_taken(database: Database) -> None:
    asked = ask(database, "candidates", shown=("e1", "e2"))
    with database.writing() as session:
        assert service.choose(session, asked, MIO, "e9", NOW) == NotYours()


def test_a_double_tap_is_noted_once(database: Database) -> None:
    asked = ask(database, "unanswered")
    with database.writing() as session:
        assert service.await_answer(session, asked, MIO, NOW) == Noted(asked, first=True)
        assert service.await_answer(session, asked, MIO, NOW) == Noted(asked, first=False)
        assert session.scalar(select(func.count()).select_from(AwaitedAnswer)) == 1


def test_no_puts_the_question_before_the_support_team_and_yes_takes_it_back(
    database: Database,
) -> None:
    asked = ask(database, "direct", shown=("e1",))
    with database.writing() as session:
        service.react(session, asked, MIO, False, NOW)
        row = session.get_one(QuestionRow, asked)
        assert (row.review, row.shown) == ("not_resolved", ["e1"])
        service.react(session, asked, MIO, True, NOW)
        assert session.get_one(QuestionRow, asked).review is None


def test_unsent_words_are_gone_and_the_row_says_so(database: Database) -> None:
    asked = ask(database, "direct", shown=("e1",))
    with database.writing() as session:
        assert service.withdraw(session, "m-direct-mio-key", MIO, NOW) == 1
        assert service.withdraw(session, "m-direct-mio-key", KEN, NOW) == 0
    with database.reading() as session:
        row = session.get_one(QuestionRow, asked)
        assert (row.text, row.normalised, row.vector) == (None, None, None)
        assert row.withdrawn_at == NOW


@pytest.mark.parametrize("is_edited", [False, True])
def test_nobody_waits_for_an_answer_to_words_that_were_taken_back(
    database: Database, is_edited: bool
) -> None:
    asked, other = ask(database, "unanswered"), ask(database, "candidates")
    with database.writing() as session:
        service.await_answer(session, other, MIO, NOW)
        service.await_answer(session, asked, MIO, NOW)
        if is_edited:
            service.withdraw_earlier_wording(session, "m-unanswered-mio-key", MIO, NOW)
        else:
            service.withdraw(session, "m-unanswered-mio-key", MIO, NOW)
    with database.writing() as session:
        assert queries.kept_of(session, MIO) == (2, 1)
        assert service.await_answer(session, asked, MIO, NOW) == NotYours()
        assert session.get_one(QuestionRow, asked).review is None


@pytest.mark.parametrize(("who", "counted"), [(KEN, 2), (MIO, 1)])
def test_what_is_erased_twice_at_the_same_moment_is_counted_rightly(
    database: Database, who: str, counted: int
) -> None:
    for asker in {MIO, who}:
        ask(database, "unanswered", who=asker)
    other = ThreadPoolExecutor(1)

    def forget(who: str) -> int:
        with database.writing() as session:
            return retention.forget(session, who)

    with database.writing() as session:
        assert retention.forget(session, MIO) == 1
        session.flush()
        also = other.submit(forget, who)
        time.sleep(0.3)  # the other has come as far as it can
    also.result(10)
    with database.reading() as session:
        assert list(session.scalars(select(QuestionTally.count))) == [counted]


@pytest.mark.parametrize("rows", [1, 501])
def test_forgetting_leaves_counts_and_no_row(database: Database, rows: int) -> None:
    with database.writing() as session:
        for _ in range(rows):
            session.add(
                QuestionRow(asked_at=NOW, resident_key=MIO, kind="question", outcome="direct")
            )
    kept = ask(database, "unanswered", who=KEN)
    with database.writing() as session:
        assert retention.forget(session, MIO) == rows
    with database.reading() as session:
        assert list(session.scalars(select(QuestionRow.id))) == [kept]
        assert session.scalar(select(func.sum(QuestionTally.count))) == rows
