"""Trying a change must not change what residents hear meanwhile."""

from bot.answers.engine import Engine
from bot.answers.values import Entry

BIN = Entry("bin", "ごみの出し方を知りたい", "朝8時までに出します。")
DOG = Entry("dog", "犬の登録をしたい", "市役所で登録します。")
PARK = Entry("park", "公園で花火をしたい", "公園では花火ができません。")
DRONE = Entry("drone", "公園でドローンを飛ばしたい", "公園ではドローンを飛ばせません。")


def test_the_engine_answers_the_same_after_another_learnt_new_words() -> None:
    engine = Engine.build([BIN, DOG, PARK])
    asked = "公園でドローン"
    before = engine.ask(asked)
    changed = engine.with_changes(put=[DRONE])
    assert changed.ask(asked).ranked[0].entry_id == "drone"
    assert engine.ask(asked) == before


def test_a_vector_is_not_needed_without_a_model() -> None:
    engine = Engine.build([BIN, DOG])
    assert engine.ask("犬の登録", vector=b"\x00\x3c") == engine.ask("犬の登録")
