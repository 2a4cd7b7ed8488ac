"""Each week some answers are drawn and judged; wrong ones come before the support team."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from bot.db import Database
from bot.questions import retention, sampling, service
from bot.questions.rules import Verdict
from bot.questions.sampling import AlreadyJudged, Audited, Judged, NoSuchSample, NotOverYet
from tests.flows.reviewing import AOI, HINATA, NOW, asks, gather, later, only, question

WEEK = date(2026, 11, 23)
AFTER = later(days=7)


def answers(database: Database, number: int = 12) -> list[int]:
    made = [
        asks(database, f"質問{n}", f"r{n}", outcome="direct", shown=("bin",)) for n in range(number)
    ]
    asks(database, "答えがない")
    asks(database, "来週の質問", at=later(days=8), outcome="direct", shown=("bin",))
    return made


def drawn(database: Database, most: int = 5) -> tuple[sampling.Sample, ...]:
    with database.writing() as session:
        found = sampling.draw(session, WEEK, most, AFTER)
    assert not isinstance(found, NotOverYet)
    return found


def test_the_week_begins_on_monday_in_japan() -> None:
    assert sampling.week_of(NOW) == WEEK
    assert sampling.week_of(later(days=-2, hours=14)) == WEEK


def test_nothing_is_drawn_before_the_week_is_over(database: Database) -> None:
    answers(database)
    with database.writing() as session:
        assert sampling.draw(session, WEEK, 5, NOW) == NotOverYet()


def test_drawing_twice_gives_the_same_answers_of_that_week(database: Database) -> None:
    made = answers(database)
    first = drawn(database)
    assert [sample.place for sample in first] == [1, 2, 3, 4, 5]
    assert {sample.question_id for sample in first} <= set(made)
    asks(database, "後から", "late", outcome="direct", shown=("bin",))
    assert drawn(database, most=9) == first


def test_two_who_draw_at_the_same_moment_get_the_same_answers(database: Database) -> None:
    answers(database)
    other = ThreadPoolExecutor(1)
    with database.writing() as session:
        first = sampling.draw(session, WEEK, 5, AFTER)
        also = other.submit(drawn, database)
        time.sleep(0.3)  # the other has come as far as it can
    assert also.result(10) == first


def test_a_candidate_that_was_opened_can_be_drawn(database: Database) -> None:
    number = asks(database, "犬", outcome="candidates", shown=("dog", "bin"))
    with database.writing() as session:
        service.choose(session, number, "mio", "bin", NOW)
    (sample,) = drawn(database)
    assert (sample.question_id, sample.entry_id) == (number, "bin")


def test_a_wrong_answer_comes_before_the_support_team(database: Database) -> None:
    number = asks(database, "犬の登録", outcome="direct", shown=("bin",))
    drawn(database)
    with database.writing() as session:
        outcome = sampling.judge(session, WEEK, 1, Verdict.WRONG, AOI, now=AFTER)
        assert isinstance(outcome, Judged)
    gather(database)
    assert only(database).title == "犬の登録"
    assert question(database, number).review == "found_wrong"
    with database.writing() as session:
        late = sampling.judge(session, WEEK, 1, Verdict.RIGHT, HINATA, now=AFTER)
        assert late == AlreadyJudged(AOI, Verdict.WRONG)
        sampling.judge(session, WEEK, 1, Verdict.CLOSE, AOI, now=AFTER)
    assert question(database, number).review is None


def test_verdicts_are_counted_and_outlive_the_words(database: Database) -> None:
    answers(database, 3)
    drawn(database)
    with database.writing() as session:
        sampling.judge(session, WEEK, 1, Verdict.RIGHT, AOI, now=AFTER)
        sampling.judge(session, WEEK, 2, Verdict.WRONG, AOI, now=AFTER)
        assert sampling.judge(session, WEEK, 9, Verdict.WRONG, AOI, now=AFTER) == NoSuchSample()
    with database.writing() as session:
        while retention.purge(session, AFTER):
            pass
    with database.reading() as session:
        assert sampling.audited(session, WEEK, WEEK) == Audited(right=1, wrong=1, unjudged=1)
        assert {sample.text for sample in sampling.samples(session, WEEK)} == {None}
