"""What is hard to read is told, with an easier way to say it; what is explained is not."""

import pytest

import content
from bot.knowledge.plain_japanese import Hard, PlainJapanese, Warning

MEASURE = PlainJapanese.from_toml(content.toml("plain-japanese.toml"))


def hard(text: str, *, easy: bool = False) -> list[tuple[Hard, str]]:
    return [(found.hard, found.words) for found in MEASURE.warnings(text, easy=easy)]


def test_a_plain_answer_is_left_in_peace() -> None:
    assert hard("朝8時までに、ごみ置き場に出してください。\n祝日も集めます。") == []


def test_a_sentence_is_long_by_its_own_characters_without_readings_and_addresses() -> None:
    sentence = "あ" * 59 + "。"
    assert hard(sentence) == []
    assert hard("い" + sentence) == [(Hard.LONG_SENTENCE, "い" + sentence)]
    assert hard(sentence[:40] + "（" + "ふ" * 30 + "）。https://city.example/" + "a" * 50) == []
    assert hard("あ" * 45 + "。", easy=True) == [(Hard.LONG_SENTENCE, "あ" * 45 + "。")]


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("もらえないわけではありません。", "ないわけではありません"),
        ("行かざるを得ません。", "ざるを得ません"),
        ("写真がないと、できません。", "ないと、できません"),
        ("使えなくは\nない。", "なくはない"),
    ],
)
def test_a_double_negative_is_told_once(text: str, ending: str) -> None:
    assert hard(text) == [(Hard.DOUBLE_NEGATIVE, ending)]


def test_a_loanword_is_told_unless_it_is_explained_or_part_of_another_word() -> None:
    assert MEASURE.warnings("フレイルを防ぎます。") == (
        Warning(Hard.LOANWORD, "フレイル", "体や心の働きが弱ってきた状態"),
    )
    assert hard("フレイル（体が弱ること）を防ぎます。") == []
    assert hard("フレイルサロンに来てください。") == []
    assert hard("バスとカードとテレビ。") == []


def test_a_word_of_the_office_comes_with_an_everyday_one() -> None:
    assert MEASURE.warnings("当該の窓口へ。") == (Warning(Hard.OFFICE_WORD, "当該", "その"),)
