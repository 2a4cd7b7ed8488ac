"""One staff answer becomes knowledge and reaches everyone who waits for it, once."""

import threading
from dataclasses import replace

from sqlalchemy import func, select

from bot.db import Database
from bot.erasure import forget_resident
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.masking import MARK
from bot.outbox.models import OutboxParcel
from bot.questions import answering, approving, cluster_queries, clusters, proposals, service
from bot.questions import statistics as figures
from bot.questions.answering import (
    Answered,
    EntryChanged,
    EntryNotThere,
    NotEnoughQuota,
    Outcome,
    WaitsForApproval,
)
from bot.questions.approving import NotWaiting, SamePerson, SentBack
from bot.questions.clusters import AlreadyAnswered, ChangedMeanwhile
from bot.questions.drafting import draft
from bot.questions.rules import ClusterState, LaterRates, Noted
from bot.residents import service as residents
from bot.residents.rules import Style
from bot.sealing import Sealer
from tests.flows.reviewing import (
    AOI,
    BIN,
    HINATA,
    NOW,
    asks,
    gather,
    knows,
    later,
    lines,
    lives_here,
    only,
    pushes,
    question,
    seen,
    terms,
)

TODAY = NOW.date()
NEW = KnowledgeEntry(
    id="review-1", question="粗大ごみはどう出しますか", answer="電話で予約します。", topic="ごみ"
)


def answer(
    database: Database, sealer: Sealer, by: str = AOI, entry: str = "bin", **more: object
) -> Outcome:
    """Staff give the only cluster an entry there is."""
    line = only(database)
    with database.writing() as session:
        return answering.answer_with_existing(
            session,
            seen(line),
            entry,
            ["粗大ごみの予約"],
            actor=by,
            now=later(hours=1),
            terms=terms(sealer, **more),
        )


def waiting_for_bins(database: Database, sealer: Sealer) -> int:
    knows(database, BIN)
    lives_here(database, sealer, "mio", "ken")
    number = asks(database, "粗大ごみの予約", "mio", awaits=True)
    asks(database, "粗大ごみの予約", "ken")
    gather(database)
    return number


def test_this_answers_it_adds_the_wording_and_tells_who_waits(
    database: Database, sealer: Sealer
) -> None:
    number = waiting_for_bins(database, sealer)
    done = answer(database, sealer)
    assert isinstance(done, Answered)
    assert (done.told, done.after.state, done.after.entry_id) == (1, ClusterState.ANSWERED, "bin")
    assert done.entry.wordings == ("粗大ごみの予約",)
    assert done.entry_before is not None
    assert done.entry_before.wordings == ()
    said = f"{BIN.question} {BIN.answer} {number} plain"
    assert pushes(database, sealer) == [said]
    assert question(database, number).later_entry == "bin"
    assert lines(database) == ()


def test_a_new_entry_answers_it(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    line = only(database)
    with database.reading() as session:
        words = cluster_queries.wordings(session, line.cluster.id)
    entry = replace(draft(line, words, BIN), answer="電話で予約します。")
    with database.writing() as session:
        done = answering.answer_with_new(
            session, seen(line), entry, actor=AOI, now=NOW, terms=terms(sealer)
        )
    assert isinstance(done, Answered)
    assert (done.entry_before, done.told) == (None, 1)
    with database.reading() as session:
        kept = knowledge.entry(session, entry.id)
    assert kept is not None
    assert kept.question == "粗大ごみの予約"


def test_an_id_that_is_taken_is_not_overwritten(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    with database.writing() as session:
        done = answering.answer_with_new(
            session,
            seen(only(database)),
            replace(NEW, id="bin"),
            actor=AOI,
            now=NOW,
            terms=terms(sealer),
        )
    assert isinstance(done, EntryChanged)
    assert done.current == BIN
    assert only(database).cluster.state is ClusterState.OPEN


def test_the_second_of_two_answers_hears_who_was_quicker(
    database: Database, sealer: Sealer
) -> None:
    waiting_for_bins(database, sealer)
    screen = seen(only(database))
    started, outcomes = threading.Barrier(2), []

    def give(who: str) -> None:
        started.wait()
        with database.writing() as session:
            outcomes.append(
                answering.answer_with_existing(
                    session,
                    screen,
                    "bin",
                    [f"{who}の言い方"],
                    actor=who,
                    now=NOW,
                    terms=terms(sealer),
                )
            )

    people = [threading.Thread(target=give, args=(who,)) for who in (AOI, HINATA)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    (done,) = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    (late,) = [outcome for outcome in outcomes if isinstance(outcome, AlreadyAnswered)]
    assert (late.by, late.entry_id) == (done.after.changed_by, "bin")
    assert len(done.entry.wordings) == 1
    assert len(pushes(database, sealer)) == 1


def test_who_asked_twice_is_told_once_with_the_later_question(
    database: Database, sealer: Sealer
) -> None:
    knows(database, BIN)
    lives_here(database, sealer, "mio")
    asks(database, "粗大ごみの予約", awaits=True)
    second = asks(database, "粗大ごみ予約", awaits=True, at=later(minutes=5))
    gather(database)
    answer(database, sealer)
    assert [text.split()[2] for text in pushes(database, sealer)] == [str(second)]
    with database.reading() as session:
        waiting = cluster_queries.waiting(session, question(database, second).cluster_id or 0)
    assert (waiting.to_tell, waiting.left) == (0, 0)


def test_nobody_who_left_or_was_forgotten_is_told(database: Database, sealer: Sealer) -> None:
    knows(database, BIN)
    lives_here(database, sealer, "mio", "ken", "rin")
    for who in ("mio", "ken", "rin", "never-met"):
        asks(database, "粗大ごみの予約", who, awaits=True)
    gather(database)
    with database.writing() as session:
        residents.leave(session, "mio", NOW)
        forget_resident(session, "ken")
    with database.reading() as session:
        waiting = cluster_queries.waiting(session, only(database).cluster.id)
    assert (waiting.to_tell, waiting.left) == (1, 1)
    done = answer(database, sealer)
    assert isinstance(done, Answered)
    assert done.told == 1
    with database.reading() as session:
        assert list(session.scalars(select(OutboxParcel.user_key))) == ["rin"]


def test_a_resident_forgotten_after_the_answer_gets_no_push(
    database: Database, sealer: Sealer
) -> None:
    waiting_for_bins(database, sealer)
    answer(database, sealer)
    with database.writing() as session:
        forget_resident(session, "mio")
    assert pushes(database, sealer) == []


def test_the_push_speaks_as_the_resident_chose(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    with database.writing() as session:
        residents.choose_style(session, "mio", Style.EASY)
    answer(database, sealer)
    assert pushes(database, sealer)[0].endswith("easy")


def test_an_answer_over_the_quota_changes_nothing(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    assert answer(database, sealer, quota_left=0) == NotEnoughQuota(needed=1, left=0)
    assert only(database).cluster.state is ClusterState.OPEN
    assert isinstance(answer(database, sealer, quota_left=1), Answered)


def test_an_entry_that_is_gone_answers_nothing(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    assert answer(database, sealer, entry="nowhere") == EntryNotThere()
    assert pushes(database, sealer) == []


def test_a_masked_number_never_becomes_a_wording(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    with database.writing() as session:
        done = answering.answer_with_existing(
            session,
            seen(only(database)),
            "bin",
            [f"番号は{MARK}です", "粗大ごみ"],
            actor=AOI,
            now=NOW,
            terms=terms(sealer),
        )
    assert isinstance(done, Answered)
    assert done.entry.wordings == ("粗大ごみ",)


def test_the_reaction_to_the_later_answer_is_counted_apart(
    database: Database, sealer: Sealer
) -> None:
    number = waiting_for_bins(database, sealer)
    with database.writing() as session:
        early = service.react(session, number, "mio", True, NOW, later=True)
        assert early == service.NotYours()
    answer(database, sealer)
    with database.writing() as session:
        noted = service.react(session, number, "mio", True, NOW, later=True)
        assert noted == Noted(number, first=True)
    with database.reading() as session:
        assert figures.later(session, TODAY, TODAY) == LaterRates(sent=1, resolved=1)
    row = question(database, number)
    assert (row.reaction, row.later_reaction) == (None, "yes")
    with database.writing() as session:
        forget_resident(session, "mio")
    with database.reading() as session:
        assert figures.later(session, TODAY, TODAY) == LaterRates(sent=1, resolved=1)


def test_no_to_the_later_answer_asks_staff_again_and_a_second_answer_comes(
    database: Database, sealer: Sealer
) -> None:
    number = waiting_for_bins(database, sealer)
    answer(database, sealer)
    with database.writing() as session:
        service.react(session, number, "mio", False, later(hours=2), later=True)
        noted = service.await_answer(session, number, "mio", later(hours=2))
        assert noted == Noted(number, first=True)
    gather(database)
    line = only(database)
    assert (line.waiting, line.cluster.earlier_id is not None) == (1, True)
    knows(database, NEW)
    answer(database, sealer, entry="review-1")
    assert len(pushes(database, sealer)) == 2


def test_a_second_person_approves_before_anyone_meets_it(
    database: Database, sealer: Sealer
) -> None:
    waiting_for_bins(database, sealer)
    waits = answer(database, sealer, needs_approval=True)
    assert isinstance(waits, WaitsForApproval)
    assert pushes(database, sealer) == []
    with database.writing() as session:
        own = approving.approve(session, waits.proposal_id, AOI, NOW, terms(sealer))
        assert own == SamePerson()
    with database.writing() as session:
        done = approving.approve(session, waits.proposal_id, HINATA, NOW, terms(sealer))
        assert isinstance(done, Answered)
        assert done.after.changed_by == AOI
    with database.writing() as session:
        again = approving.approve(session, waits.proposal_id, HINATA, NOW, terms(sealer))
        assert again == NotWaiting("approved", HINATA)
    assert len(pushes(database, sealer)) == 1


def test_an_edit_voids_what_waited_for_approval(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    first = answer(database, sealer, needs_approval=True)
    second = answer(database, sealer, by=HINATA, needs_approval=True)
    assert isinstance(first, WaitsForApproval)
    assert isinstance(second, WaitsForApproval)
    with database.reading() as session:
        assert [one.id for one in proposals.waiting(session)] == [second.proposal_id]
    with database.writing() as session:
        stale = approving.approve(session, first.proposal_id, HINATA, NOW, terms(sealer))
        assert stale == NotWaiting("void", None)


def test_a_change_of_the_entry_or_the_group_stops_an_approval(
    database: Database, sealer: Sealer
) -> None:
    waiting_for_bins(database, sealer)
    waits = answer(database, sealer, needs_approval=True)
    assert isinstance(waits, WaitsForApproval)
    with database.writing() as session:
        changed = replace(BIN, answer="朝9時までに出します。")
        knowledge.put(session, ENTRIES, changed, Author(HINATA, NOW))
    with database.writing() as session:
        stopped = approving.approve(session, waits.proposal_id, HINATA, NOW, terms(sealer))
        assert isinstance(stopped, EntryChanged)
        clusters.assign(session, seen(only(database)), HINATA, HINATA, NOW)
    with database.writing() as session:
        void = approving.approve(session, waits.proposal_id, HINATA, NOW, terms(sealer))
        assert void == NotWaiting("void", None)


def test_an_answer_can_be_sent_back_with_a_reason(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    waits = answer(database, sealer, needs_approval=True)
    assert isinstance(waits, WaitsForApproval)
    with database.writing() as session:
        back = approving.send_back(session, waits.proposal_id, "料金がない", HINATA, NOW)
        assert isinstance(back, SentBack)
    with database.reading() as session:
        one = proposals.one(session, waits.proposal_id)
    assert one is not None
    assert (one.state, one.reason, one.decided_by) == ("refused", "料金がない", HINATA)
    assert only(database).cluster.state is ClusterState.OPEN


def test_a_stale_screen_answers_nothing(database: Database, sealer: Sealer) -> None:
    waiting_for_bins(database, sealer)
    old = seen(only(database))
    with database.writing() as session:
        clusters.assign(session, old, HINATA, HINATA, NOW)
    with database.writing() as session:
        done = answering.answer_with_existing(
            session, old, "bin", [], actor=AOI, now=NOW, terms=terms(sealer)
        )
        assert isinstance(done, ChangedMeanwhile)
        assert done.by == HINATA
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxParcel)) == 0


def test_a_push_is_due_at_once_though_civil_time_stands_ahead(
    database: Database, sealer: Sealer
) -> None:
    """A demo's clock may be moved by weeks; the outbox sends by the machine's."""
    waiting_for_bins(database, sealer)
    answer(database, sealer)  # an hour later by civil time
    with database.reading() as session:
        assert session.scalars(select(OutboxParcel.run_at)).all() == [NOW]
