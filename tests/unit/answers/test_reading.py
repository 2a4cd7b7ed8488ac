"""How a question is read before it is compared: kana, slips, padding, duplicates."""

import pytest

from bot.answers.duplicates import near_duplicates
from bot.answers.folding import fold, squeeze
from bot.answers.padding import Padding, sentences
from bot.answers.sounding import Sounds
from bot.answers.spelling import Speller, pairs_in
from bot.answers.words import word_cutter
from tests.unit.answers.samples import ENTRIES, IGNORABLE, engine

COUNTS = {
    ("住民票", "ジュウミンヒョウ"): 5,
    ("保険", "ホケン"): 9,
    ("の", "ノ"): 90,
    ("は", "ハ"): 60,
    ("日", "カ"): 40,
    ("か", "カ"): 30,
    ("図書館", "トショカン"): 3,
}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("じゅうみんひょうのほけんは", "住民票の保険は"),
        ("としょかんは何時まで", "図書館は何時まで"),
        ("ほけんか", "保険か"),
        ("ぴよぴよ", "ぴよぴよ"),
        ("住民票", "住民票"),
    ],
)
def test_kana_is_read_as_the_knowledge_writes_it(written: str, read: str) -> None:
    assert Sounds(COUNTS).write(written) == read


def _repair(text: str) -> str:
    known = "国民健康保険の手続き。予防接種を受ける。マイナンバーカード。"
    speller = Speller(["国民健康保険", "予防接種", "マイナンバーカード"], pairs_in(known))
    return speller.repair(text, word_cutter().cut(text))


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("国民健崎保険の手続き", "国民健康保険の手続き"),
        ("予接種を受ける", "予防接種を受ける"),
        ("国民健保険の手続き", "国民健康保険の手続き"),
        ("国民健康保険の手続き", "国民健康保険の手続き"),
        ("会社の健康診断", "会社の健康診断"),
        ("", ""),
    ],
)
def test_a_slip_is_repaired_and_nothing_else_is_touched(slip: str, meant: str) -> None:
    assert _repair(slip) == meant


def test_padding_is_taken_off_whole() -> None:
    padding = Padding(IGNORABLE)
    assert padding.bare("えーと、住民票の取り方を教えてください。") == "住民票の取り方を"
    assert padding.bare("すみません。") == ""
    assert padding.without_opening("すみません") == "すみません"


def test_sentences_know_whether_they_ask() -> None:
    found = sentences("初めてです。どこで払えますか?急ぎません")
    assert [(one.text, one.asks) for one in found] == [
        ("初めてです。", False),
        ("どこで払えますか?", True),
        ("急ぎません", False),
    ]


def test_folding_unites_width_case_and_dashes() -> None:
    assert fold(" ＬＩＮＥ　の－使い方 ") == "line の-使い方"
    assert squeeze("ＬＩＮＥの、使い方？") == "lineの使い方"


def test_a_near_duplicate_is_found_before_it_is_added() -> None:
    found = near_duplicates("粗大ゴミの出し方?", ENTRIES)
    assert [one.entry_id for one in found] == ["waste"]
    assert near_duplicates("公園でたき火をしたい", ENTRIES) == ()


def test_the_decision_shows_how_the_question_was_read() -> None:
    assert engine().ask("じゅうみんひょうはどこ").normalised == "住民票はどこ"
