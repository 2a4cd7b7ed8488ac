"""The sieve lets through what shares rare characters or meaning."""

import numpy as np

from bot.questions import overlap


def test_rare_pairs_count_more_than_common_ones() -> None:
    texts = ["犬の登録をしたい", "猫の世話をしたい", "転入の届をしたい", "図書の予約をしたい"]
    covered = overlap.Pairs(texts).covered(["犬の登録"])
    assert overlap.highest(covered, 1) == [0]
    assert covered[0] > 0.5 > covered[1]


def test_a_text_covers_itself_and_an_empty_one_nothing() -> None:
    pairs = overlap.Pairs(["犬の登録", "", "犬"])
    assert pairs.covered(["犬の登録"]).tolist() == [1, 0, 0]
    assert pairs.covered([]).tolist() == [0, 0, 0]
    assert overlap.Pairs([]).covered(["犬"]).tolist() == []


def test_pairs_do_not_cross_from_one_text_to_the_next() -> None:
    assert overlap.Pairs(["あ", "い"]).covered(["あい"]).tolist() == [0, 0]


def test_meaning_is_the_nearest_of_the_wanted_ones() -> None:
    rows = np.array([[1, 0], [0, 1], [0, 0]], np.float16)
    wanted = np.array([[0, 1]], np.float16)
    assert overlap.meaning(rows, wanted).tolist() == [0, 1, 0]
    assert overlap.meaning(rows, rows[:0]).tolist() == [0, 0, 0]
