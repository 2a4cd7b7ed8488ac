"""Wordings that ask the same thing come together, others do not."""

import numpy as np

from bot.answers.words import word_cutter
from bot.questions.grouping import group, nearest
from bot.questions.likeness import Wording, vector_rows, wording


def said(*texts: str) -> list[Wording]:
    return [wording(word_cutter(), text) for text in texts]


def meant(key: str, *numbers: float) -> Wording:
    return Wording(key, (), np.array(numbers, "<f2").tobytes())


def test_width_case_and_punctuation_make_no_difference() -> None:
    assert group(said("ＰＤＦの見方", "pdfの見方？", "ＰＤＦ　の見方。")) == [0, 0, 0]


def test_politeness_makes_no_difference_and_the_subject_does() -> None:
    texts = said("犬の登録", "すみません、犬の登録について教えてください", "犬の注射", "猫の登録")
    assert group(texts)[:2] == [0, 0]


def test_a_slip_of_the_finger_joins_but_short_words_are_not_guessed() -> None:
    assert group(said("国民健康保険の減免申請の方法", "国民健康保険の減免申請の方方法")) == [0, 0]
    assert group(said("鍵", "柿", "カギ")) == [0, 1, 2]


def test_meaning_joins_from_a_cosine_of_092() -> None:
    near, far = np.cos(0.39), np.cos(0.42)
    wordings = [
        meant("一", 1, 0),
        meant("二", near, np.sqrt(1 - near**2)),
        meant("三", far, -np.sqrt(1 - far**2)),
    ]
    assert group(wordings) == [0, 0, 2]


def test_groups_do_not_chain() -> None:
    turns = [meant(f"{n}", np.cos(0.3 * n), np.sin(0.3 * n)) for n in range(4)]
    assert group(turns) == [0, 0, 2, 2]


def test_fixed_wordings_lead_even_when_they_are_alike() -> None:
    texts = said("犬の登録", "犬の登録", "犬の登録です")
    assert group(texts, fixed=2) == [0, 1, 0]


def test_vectors_of_another_model_or_broken_ones_are_left_out() -> None:
    broken = [meant("一", 1, 0), meant("二", 1, 0), meant("三", 1, 0, 0), meant("四", np.inf, 0)]
    rows = vector_rows(broken)
    assert rows.tolist() == [[1, 0], [1, 0], [0, 0], [0, 0]]
    assert group(broken) == [0, 0, 2, 3]


def test_the_nearest_are_told_best_first() -> None:
    texts = said("犬の登録", "猫の登録", "犬の登録をしたい")
    (found,) = nearest(texts, 2, 2)
    assert [near.leader for near in found] == [0, 1]
    assert found[0].nearness >= 1 > found[1].nearness


def test_nothing_groups_to_nothing() -> None:
    assert group([]) == []
    assert vector_rows([]).shape == (0, 0)
