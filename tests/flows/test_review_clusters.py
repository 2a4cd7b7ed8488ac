"""What the bot could not answer is grouped, and staff sort the groups without losing anything."""

import threading
from datetime import timedelta

import numpy as np
import pytest

from bot.answers.words import word_cutter
from bot.db import Database
from bot.questions import cluster_queries, clusters, membership, retention, service
from bot.questions.cluster_queries import Filter, Order
from bot.questions.clusters import AlreadyAnswered, ChangedMeanwhile, Done, NothingToSplit, NotThere
from bot.questions.gathering import Gathered
from bot.questions.models import ClusterRow
from bot.questions.regrouping import regroup
from bot.questions.rules import ClusterState
from tests.flows.reviewing import (
    AOI,
    HINATA,
    NOW,
    asks,
    gather,
    later,
    lines,
    only,
    question,
    seen,
)


def unit(*numbers: float) -> bytes:
    vector = np.array(numbers, np.float32)
    return (vector / np.linalg.norm(vector)).astype("<f2").tobytes()


def test_the_same_question_of_two_residents_is_one_group(database: Database) -> None:
    asks(database, "粗大ごみの予約", "mio")
    asks(database, "粗大ごみの予約？", "ken")
    assert gather(database) == Gathered(joined=2, founded=1)
    line = only(database)
    assert (line.title, line.cluster.questions, line.cluster.residents) == ("粗大ごみの予約", 2, 2)


def test_similar_words_join_and_others_do_not(database: Database) -> None:
    asks(database, "粗大ごみを出したい")
    asks(database, "粗大ごみはどう出しますか")
    asks(database, "犬の登録をしたい")
    gather(database)
    assert sorted((line.title, line.cluster.questions) for line in lines(database)) == [
        ("犬の登録をしたい", 1),
        ("粗大ごみを出したい", 2),
    ]


def test_similar_meaning_joins_where_words_differ(database: Database) -> None:
    asks(database, "ベッドを捨てたい", vector=unit(1, 0, 0.1))
    asks(database, "不要な寝具", vector=unit(1, 0, 0.2))
    asks(database, "犬の登録", vector=unit(0, 1, 0))
    gather(database)
    assert sorted(line.cluster.questions for line in lines(database)) == [1, 2]


def test_a_slip_of_the_finger_joins(database: Database) -> None:
    asks(database, "国民健康保険の減免申請の方法")
    asks(database, "国民健康保険の減免申請の方方法")
    gather(database)
    assert only(database).cluster.questions == 2


def test_a_new_question_joins_across_time_and_gathering_twice_changes_nothing(
    database: Database,
) -> None:
    asks(database, "粗大ごみの予約", at=NOW - timedelta(days=40))
    gather(database)
    asks(database, "粗大ごみの予約", "ken")
    assert gather(database) == Gathered(joined=1, founded=0)
    assert gather(database) == Gathered(joined=0, founded=0)
    cluster = only(database).cluster
    assert (cluster.first_asked, cluster.last_asked) == (NOW - timedelta(days=40), NOW)


def test_an_answered_question_is_not_gathered(database: Database) -> None:
    asks(database, "粗大ごみの予約", outcome="direct", shown=("bin",))
    assert gather(database) == Gathered(0, 0)


def test_an_unsent_question_leaves_its_group_and_the_title_changes(database: Database) -> None:
    asks(database, "粗大ごみの予約", "mio")
    asks(database, "粗大ごみ予約", "ken")
    gather(database)
    with database.writing() as session:
        service.withdraw(session, "m-粗大ごみの予約-mio", "mio", NOW)
    line = only(database)
    assert (line.title, line.cluster.questions) == ("粗大ごみ予約", 1)
    with database.writing() as session:
        service.withdraw(session, "m-粗大ごみ予約-ken", "ken", NOW)
    assert lines(database) == ()


def test_a_candidate_opened_after_all_takes_the_question_back(database: Database) -> None:
    number = asks(database, "ごみ", outcome="candidates", shown=("bin", "bag"))
    with database.writing() as session:
        service.choose_none(session, number, "mio", NOW)
    gather(database)
    assert only(database).cluster.questions == 1
    with database.writing() as session:
        service.choose(session, number, "mio", "bag", NOW)
    assert lines(database) == ()
    assert question(database, number).entry_id == "bag"


def test_old_rows_go_and_the_counts_stay_true(database: Database) -> None:
    for who in ("mio", "ken", "rin"):
        asks(database, "粗大ごみの予約", who, at=NOW - timedelta(days=800))
    asks(database, "粗大ごみの予約", "mio")
    gather(database)
    with database.writing() as session:
        assert retention.purge(session, NOW - timedelta(days=700)) == 3
    cluster = only(database).cluster
    assert (cluster.questions, cluster.residents, cluster.erased) == (1, 1, 3)
    with database.writing() as session:
        retention.forget(session, "mio")
    assert lines(database) == ()


def test_a_group_is_assigned_once_and_the_second_hears_who_was_quicker(
    database: Database,
) -> None:
    asks(database, "粗大ごみの予約")
    gather(database)
    screen = seen(only(database))
    with database.writing() as session:
        first = clusters.assign(session, screen, AOI, AOI, NOW)
        assert isinstance(first, Done)
        assert (first.after.state, first.after.assignee) == (ClusterState.ASSIGNED, AOI)
    with database.writing() as session:
        second = clusters.ignore(session, screen, "いたずら", HINATA, NOW)
        assert second == ChangedMeanwhile(AOI, first.after)
    assert only(database).cluster.state is ClusterState.ASSIGNED


def test_doing_the_same_again_changes_nothing(database: Database) -> None:
    asks(database, "粗大ごみの予約")
    gather(database)
    with database.writing() as session:
        clusters.assign(session, seen(only(database)), AOI, AOI, NOW)
    again = only(database)
    with database.writing() as session:
        clusters.assign(session, seen(again), AOI, HINATA, NOW)
    assert only(database).cluster == again.cluster


def test_what_is_ignored_stays_ignored_and_can_be_taken_up_again(database: Database) -> None:
    asks(database, "あああああああ")
    gather(database)
    with database.writing() as session:
        clusters.ignore(session, seen(only(database)), "文になっていない", AOI, NOW)
    asks(database, "あああああああ", "ken")
    gather(database)
    assert lines(database) == ()
    line = only(database, ClusterState.IGNORED)
    assert (line.cluster.questions, line.cluster.reason) == (2, "文になっていない")
    with database.writing() as session:
        clusters.reopen(session, seen(line), AOI, NOW)
    assert only(database).cluster.state is ClusterState.OPEN


def test_merged_groups_are_one_and_stay_one_in_the_night(database: Database) -> None:
    asks(database, "粗大ごみの予約")
    asks(database, "犬の登録", "ken")
    gather(database)
    into, other = lines(database)
    with database.writing() as session:
        done = clusters.merge(session, seen(into), [seen(other)], AOI, NOW)
        assert isinstance(done, clusters.Merged)
        assert done.gone == (other.cluster,)
        assert clusters.assign(session, seen(other), AOI, AOI, NOW) == NotThere()
    regroup(database, word_cutter())
    assert (only(database).cluster.questions, only(database).cluster.residents) == (2, 2)


def test_a_merge_of_something_changed_meanwhile_changes_nothing(database: Database) -> None:
    asks(database, "粗大ごみの予約")
    asks(database, "犬の登録", "ken")
    gather(database)
    into, other = lines(database)
    with database.writing() as session:
        clusters.assign(session, seen(other), HINATA, HINATA, NOW)
    with database.writing() as session:
        done = clusters.merge(session, seen(into), [seen(other)], AOI, NOW)
        assert isinstance(done, ChangedMeanwhile)
    assert [line.cluster.questions for line in lines(database)] == [1, 1]


def test_split_groups_stay_apart_in_the_night(database: Database) -> None:
    asks(database, "粗大ごみを出したい")
    other = asks(database, "粗大ごみはどう出しますか", "ken")
    gather(database)
    line = only(database)
    with database.writing() as session:
        assert clusters.split(session, seen(line), [], AOI, NOW) == NothingToSplit()
        named = cluster_queries.question_ids(session, line.cluster.id, [other])
        done = clusters.split(session, seen(line), named, AOI, NOW)
        assert isinstance(done, clusters.Split)
        assert (done.after.questions, done.new.questions) == (1, 1)
    regroup(database, word_cutter())
    assert sorted(line.title or "" for line in lines(database)) == [
        "粗大ごみはどう出しますか",
        "粗大ごみを出したい",
    ]


def test_many_are_ignored_at_once_each_with_its_own_outcome(database: Database) -> None:
    asks(database, "粗大ごみの予約")
    asks(database, "犬の登録")
    gather(database)
    first, second = lines(database)
    with database.writing() as session:
        clusters.assign(session, seen(first), HINATA, HINATA, NOW)
    with database.writing() as session:
        outcomes = clusters.each(
            [seen(first), seen(second)],
            lambda one: clusters.ignore(session, one, "対象外", AOI, NOW),
        )
    kinds = {one.id: type(outcome) for one, outcome in outcomes}
    assert kinds == {first.cluster.id: ChangedMeanwhile, second.cluster.id: Done}


def test_the_list_is_sorted_searched_and_paged(database: Database) -> None:
    asks(database, "粗大ごみの予約", "mio", at=later(hours=1))
    asks(database, "粗大ごみの予約", "ken", at=later(hours=3))
    asks(database, "犬の登録", at=NOW)
    asks(database, "猫の100%の世話", at=later(hours=2))
    gather(database)
    with database.reading() as session:

        def titles(order: Order = Order.RESIDENTS, **which: object) -> list[str | None]:
            found = cluster_queries.page(session, Filter(**which), order=order)  # type: ignore[arg-type]
            return [line.title for line in found.lines]

        assert titles()[0] == "粗大ごみの予約"
        assert titles(Order.OLDEST)[0] == "犬の登録"
        assert titles(Order.NEWEST)[0] == "粗大ごみの予約"
        assert titles(text="犬") == ["犬の登録"]
        assert titles(text="%") == ["猫の100%の世話"]
        assert titles(assignee=AOI) == []
        part = cluster_queries.page(session, Filter(), first=1, most=1)
        assert (len(part.lines), part.total) == (1, 3)
        assert cluster_queries.counts(session)[ClusterState.OPEN] == 3


def test_a_group_shows_its_wordings_and_who_waits(database: Database) -> None:
    asks(database, "粗大ごみの予約", "mio", awaits=True)
    asks(database, "粗大ごみの予約", "ken")
    asks(database, "粗大ごみ予約", "rin")
    gather(database)
    line = only(database)
    with database.reading() as session:
        words = cluster_queries.wordings(session, line.cluster.id)
    assert [(w.text, w.questions, w.residents) for w in words] == [
        ("粗大ごみの予約", 2, 2),
        ("粗大ごみ予約", 1, 1),
    ]
    assert line.waiting == 1


def test_the_night_groups_anew_what_nobody_touched(database: Database) -> None:
    asks(database, "ベッドを捨てたい")
    asks(database, "不要な寝具", "ken")
    gather(database)
    assert len(lines(database)) == 2
    with database.writing() as session:
        for row in session.query(membership.QuestionRow):
            row.vector = unit(1, 0.1)
    assert regroup(database, word_cutter()).moved == 1
    assert only(database).cluster.residents == 2
    assert regroup(database, word_cutter()).moved == 0


def test_a_group_answered_meanwhile_takes_no_new_question(database: Database) -> None:
    asks(database, "粗大ごみの予約")
    gather(database)
    answered = only(database)
    with database.writing() as session:
        row = session.get_one(ClusterRow, answered.cluster.id)
        row.state, row.entry_id = ClusterState.ANSWERED, "bin"
        clusters.touch(row, AOI, NOW)
    asks(database, "粗大ごみの予約", "ken")
    gather(database)
    new = only(database)
    assert (new.cluster.questions, new.cluster.earlier_id) == (1, answered.cluster.id)
    with database.writing() as session:
        second = clusters.assign(session, seen(answered), HINATA, HINATA, NOW)
    assert second == AlreadyAnswered(AOI, NOW, "bin")


def test_two_processes_gather_each_question_once(database: Database) -> None:
    for number in range(40):
        asks(database, f"{chr(0x4E00 + 97 * (number % 20))}の手続き", f"r{number}")
    started = threading.Barrier(2)

    def work() -> None:
        started.wait()
        gather(database)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    gather(database)
    held = [line.cluster for line in lines(database)]
    assert sum(cluster.questions for cluster in held) == 40
    assert len({line.title for line in lines(database)}) == len(held)


@pytest.mark.parametrize("text", ["", "？？？", "🍎", "\u202e逆", "あ" * 5000])
def test_odd_texts_are_gathered_too(database: Database, text: str) -> None:
    asks(database, text)
    assert gather(database) == Gathered(1, 1)
