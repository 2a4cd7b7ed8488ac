"""Names, furigana and numbers as people write them."""

import pytest

from bot.classes import bookers, naming


@pytest.mark.parametrize("name", ["髙橋 一郎", "𠮷田", "レ・ロイ", "O'Brien Mary"])
def test_a_name_stays_as_it_was_written(name: str) -> None:
    assert naming.read_name(f"　{name} ") == name


@pytest.mark.parametrize("name", ["", "　", "090", "あ" * 41, "a\0b"])
def test_what_is_no_name_is_not_taken(name: str) -> None:
    assert naming.read_name(name) is None


@pytest.mark.parametrize("kana", ["たかはし　いちろう", "ﾀｶﾊｼ ｲﾁﾛｳ", "タカハシ イチロウ"])
def test_furigana_is_read_in_any_kana(kana: str) -> None:
    assert naming.read_kana(kana) == "タカハシ イチロウ"
    assert naming.read_kana("高橋") is None


@pytest.mark.parametrize(
    "number", ["090-1234-5678", "０９０ー１２３４−５６７８", "(090) 1234.5678", "+81 90 1234 5678"]
)
def test_a_number_is_read_however_it_is_written(number: str) -> None:
    assert naming.read_phone(number) == "09012345678"


@pytest.mark.parametrize("number", ["", "110", "1234567890", "090-1234-567x", "0901234567890"])
def test_what_is_no_number_is_not_taken(number: str) -> None:
    assert naming.read_phone(number) is None


def test_faults_are_named_by_field() -> None:
    assert bookers.read("", "漢字", "1") == bookers.Unreadable(("name", "kana", "phone"))
    assert isinstance(bookers.read("見本", "ミホン", "", phone_needed=False), bookers.Particulars)


def test_a_register_goes_by_sound_with_voiced_marks_after() -> None:
    kana = ["バン", "ハシ", "アベ", "ハン", "アイダ ゴロウ", "アイダ"]
    ordered = sorted(kana, key=naming.in_furigana_order)
    assert ordered == ["アイダ", "アイダ ゴロウ", "アベ", "ハシ", "ハン", "バン"]
