"""What a city must still supply is found, and words that only look like it are not."""

import pytest

from bot.placeholders import placeholders_in


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ("見本・四日市市", "見本"),
        ("市役所 1階（見本）", "見本"),
        ("見本市役所の窓口", "見本"),
        ("電話は000-0000-0000です", "000-0000-0000"),
        ("電話は０００－００００－００００です", "000-0000-0000"),
        ("電話は０００ー００００ー００００です", "000ー0000ー0000"),
        ("00000000000", "00000000000"),
        ("https://city.example/hinanjo/", "city.example"),
        ("https://City.Example/", "City.Example"),
        ("〇〇地区の", "〇〇"),
        ("○○課", "○○"),
        ("〇月〇日に開きます", "〇"),
        ("○月○日", "○"),
        ("午後◯時から", "◯"),
    ],
)
def test_a_placeholder_is_found(said: str, mark: str) -> None:
    assert placeholders_in(said) == (mark,)


@pytest.mark.parametrize(
    "said",
    [
        "国際見本市を開きます",
        "見本市は5日までです",
        "見本品を配ります",
        "二〇二六年一〇月二〇日",
        "二〇〇〇年から",
        "○×クイズ",
        "正しいものに○を付けてください",
        "100-0000",
        "10,000,000,000円",
        "059-354-0000",
        "市のページ https://www.city.yokkaichi.lg.jp/",
    ],
)
def test_other_words_are_none(said: str) -> None:
    assert placeholders_in(said) == ()
