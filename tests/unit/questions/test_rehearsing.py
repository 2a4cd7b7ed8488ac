"""A change is tried on real questions before anyone meets it."""

from bot.answers.engine import Engine
from bot.answers.values import Entry, Outcome
from bot.questions.cluster_queries import Worded
from bot.questions.regressions import Logged, regressions
from bot.questions.rehearsing import Change, Saw, Why, explain, rehearse
from tests.flows.reviewing import NOW

BIN = Entry("bin", "ごみの出し方を知りたい", "朝8時までに出します。", ("ごみ収集の日",))
DOG = Entry("dog", "犬の登録をしたい", "市役所で登録します。", ("飼い犬の届出",))
PARK = Entry("park", "公園で花火をしたい", "公園では花火ができません。")
SOFA = Entry("sofa", "粗大ごみを捨てたい", "電話で予約します。", ("ベッドを捨てたい",))
ENTRIES = (BIN, DOG, PARK)
SAW_NOTHING = Saw(Outcome.UNANSWERED, ())


def worded(text: str, questions: int = 1) -> Worded:
    return Worded(text, 1, questions, questions, NOW)


def logged(text: str, asked: int = 1, shown: tuple[str, ...] = ()) -> Logged:
    return Logged(text, asked, shown, None)


def test_each_wording_is_answered_before_and_after() -> None:
    before = Engine.build(ENTRIES)
    change = Change(put=(SOFA,))
    after = before.with_changes(put=change.put)
    bed, dog = rehearse(
        before, after, change, [worded("ベッドを捨てたい"), worded("犬の登録をしたい")]
    )
    assert (bed.helped, bed.after) == (True, Saw(Outcome.DIRECT, ("sofa",)))
    assert (dog.helped, dog.before, dog.after) == (
        False,
        Saw(Outcome.DIRECT, ("dog",)),
        Saw(Outcome.DIRECT, ("dog",)),
    )


def test_a_question_that_would_turn_is_found_with_its_weight() -> None:
    before = Engine.build(ENTRIES)
    greedy = Entry("new", "ごみの出し方", "別の答え。", ("ごみ収集の日", "ごみの日"))
    change = Change(put=(greedy,))
    found = regressions(
        before,
        before.with_changes(put=change.put),
        change,
        [logged("ごみの出し方", 7), logged("犬の登録", 3), logged("花火", 1)],
        ENTRIES,
        seconds=60,
    )
    assert [(turned.text, turned.asked, turned.after.first) for turned in found.questions] == [
        ("ごみの出し方", 7, "new")
    ]
    assert [(turned.text, turned.of) for turned in found.wordings] == [("ごみ収集の日", "bin")]
    assert found.complete


def test_a_harmless_entry_turns_nothing() -> None:
    before = Engine.build(ENTRIES)
    library = Entry("library", "図書館の開館時間", "9時から開きます。")
    found = regressions(
        before,
        before.with_changes(put=[library]),
        Change(put=(library,)),
        [logged("ごみの出し方", 7), logged("犬の登録", 3)],
        ENTRIES,
        seconds=60,
    )
    assert (found.questions, found.wordings) == ((), ())


def test_what_was_answered_by_an_entry_that_goes_is_found() -> None:
    before = Engine.build(ENTRIES)
    found = regressions(
        before,
        before.with_changes(removed=["dog"]),
        Change(removed=("dog",)),
        [logged("わんちゃんの犬の登録", 2, shown=("dog",)), logged("ごみの出し方", 7)],
        ENTRIES,
        seconds=60,
    )
    assert [turned.text for turned in found.questions] == ["わんちゃんの犬の登録"]


def test_looking_stops_when_time_is_over_and_says_so() -> None:
    before = Engine.build(ENTRIES)
    moments = iter(range(1000))
    found = regressions(
        before,
        before.with_changes(put=[SOFA]),
        Change(put=(SOFA,)),
        [logged(f"ごみ{n}を捨てたい") for n in range(50)],
        ENTRIES,
        seconds=10,
        clock=lambda: float(next(moments)),
    )
    assert not found.complete
    assert found.asked < 50


def test_staff_see_why_near_entries_did_not_answer() -> None:
    engine = Engine.build([*ENTRIES, SOFA])
    unclear = explain(engine, "ごみを捨てたい", {"dog": 4})
    whys = {near.entry_id: (near.why, near.in_vain) for near in unclear.neighbours}
    assert whys["dog"] == (Why.IN_VAIN, 4)
    assert unclear.neighbours[0].behind == 0
    foreign = explain(engine, "量子コンピュータ", {})
    assert foreign.saw == SAW_NOTHING
    assert {near.why for near in foreign.neighbours} <= {Why.NOT_ABOUT_US}
