"""A message in another language is known as such; Japanese, and mere names, are not."""

import tomllib
from pathlib import Path

import pytest

import content
from handlers.chat.other_languages import OtherLanguages

LANGUAGES = OtherLanguages.from_toml(content.toml("other-languages.toml"))
EVERYDAY = Path(__file__).parents[2] / "flows" / "everyday.toml"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("How do I throw away big garbage?", "en"),
        ("Can I speak to someone in English?", "en"),
        ("I moved here last week.", "en"),
        ("Ｈｅｌｌｏ", "en"),
        ("Onde posso jogar o lixo?", "pt"),
        ("Como faço para tirar o cartão?", "pt"),
        ("português", "pt"),
        ("¿Dónde puedo tirar la basura?", "es"),
        ("Quiero mi certificado, gracias", "es"),
        ("Tôi muốn đăng ký thẻ My Number", "vi"),
        ("Paano ang basura?", "tl"),
        ("我想办理住民票", "zh"),
        ("你好，垃圾怎么扔？", "zh"),
        ("쓰레기는 어떻게 버리나요?", "ko"),
    ],
)
def test_a_language_is_known_by_its_words_and_letters(said: str, language: str) -> None:
    found = LANGUAGES.of(said)
    assert found is not None
    assert found.key == language


@pytest.mark.parametrize(
    "said",
    [
        *("wifi", "LINE", "e-Tax", "My Number Card", "Google Play", "PDF", "Paypay", "iPhone 15"),
        *("sumaho kyoushitsu", "juminhyo hoshii", "住民票", "国民健康保険", "粗大ごみ", "我孫子市"),
        *("Can I とは何ですか", "ﾎｰﾑﾍﾟｰｼﾞ", "", "😊", "119"),
    ],
)
def test_japanese_and_names_tell_no_language(said: str) -> None:
    assert LANGUAGES.of(said) is None


def test_no_everyday_question_is_taken_for_another_language() -> None:
    held = tomllib.loads(EVERYDAY.read_text(encoding="utf-8"))
    asked = [one["ask"] for part in held.values() for one in part if "ask" in one]
    assert len(asked) > 150
    assert [words for words in asked if LANGUAGES.of(words)] == []
