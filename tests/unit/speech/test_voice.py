"""Residents are spoken to as they chose."""

import pytest

from bot.answers.words import word_cutter
from bot.residents.rules import Style
from bot.speech.furigana import Furigana
from bot.speech.texts import Text, Texts, UnknownText, Voice

TEXTS = Texts(
    {
        "a.plain": Text("{count}件の手続き"),
        "a.both": Text("申請が必要です。", easy="もうしこみが いります。"),
    }
)
READINGS = Furigana(word_cutter())


def test_blanks_are_filled() -> None:
    assert Voice(TEXTS).say("a.plain", count=3) == "3件の手続き"


def test_easy_words_are_used_where_they_are_written() -> None:
    voice = Voice(TEXTS, Style.EASY)
    assert voice.say("a.both") == "もうしこみが いります。"
    assert voice.say("a.plain", count=1) == "1件の手続き"


def test_readings_stand_after_words_in_kanji() -> None:
    voice = Voice(TEXTS, Style.FURIGANA, READINGS)
    assert voice.read("住民票") == "住民（じゅうみん）票（ひょう）"
    assert voice.read("あさ、電話する") == "あさ、電話（でんわ）する"


def test_readings_are_not_added_twice_nor_to_addresses() -> None:
    assert READINGS("市（し）の手続") == "市（し）の手続（てつづき）"
    assert READINGS("https://city.example/手続") == "https://city.example/手続"


def test_a_reading_stands_by_the_kanji_and_not_by_its_ending() -> None:
    assert READINGS("大きなごみを送り出した。") == "大（おお）きなごみを送（おく）り出（だ）した。"
    assert READINGS("お知らせ") == "お知（し）らせ"


def test_figures_get_no_wrong_reading() -> None:
    assert READINGS("10万円") == "10万円（えん）"
    assert READINGS("8時30分から") == "8時（じ）30分から"


def test_a_word_is_read_as_the_city_says() -> None:
    assert Furigana(word_cutter(), {"何時": "なんじ"})("何時まで") == "何時（なんじ）まで"


def test_easy_japanese_reads_what_is_not_written_easily_yet() -> None:
    assert Voice(TEXTS, Style.EASY, READINGS).read("電話") == "電話（でんわ）"
    assert Voice(TEXTS, Style.EASY, READINGS).say("a.both") == "もうしこみが いります。"


def test_a_button_keeps_its_short_words() -> None:
    assert Voice(TEXTS, Style.FURIGANA, READINGS).label("a.both") == "申請が必要です。"


def test_a_text_that_is_not_there_stops_the_speaker() -> None:
    with pytest.raises(UnknownText):
        Voice(TEXTS).say("a.none")
