"""Words typed alone act as buttons; short questions are read against the last answer."""

import pytest

import content
from handlers.chat.routes import BY_BUTTON
from handlers.chat.typed import FollowUps, TypedWords
from handlers.chat.words import BY_WORD

WORDS = TypedWords(content.toml("typed.toml"), content.toml("stop-news.toml"))
FOLLOW_UPS = FollowUps(content.toml("follow-ups.toml"))


@pytest.mark.parametrize(
    ("said", "route"),
    [
        ("メニュー", "menu"),
        ("めにゅー", "menu"),
        ("ﾒﾆｭｰ", "menu"),
        ("戻る", "back"),
        ("もどる。", "back"),
        ("人に聞く", "person"),
        ("わたしの情報", "me"),
        ("ありがとう！", "thanks"),
        ("こんにちは", "hello"),
        ("ふりがな", "style_furigana"),
    ],
)
def test_a_word_typed_alone_does_what_its_button_does(said: str, route: str) -> None:
    assert WORDS.route(said) == route


@pytest.mark.parametrize(
    "said", ["メニューの変更をしたい", "人に聞くのは恥ずかしい", "手続きはいくら", ""]
)
def test_a_question_that_holds_such_a_word_stays_a_question(said: str) -> None:
    assert WORDS.route(said) is None


@pytest.mark.parametrize("route", sorted(content.toml("typed.toml")))
def test_every_typed_word_has_someone_who_answers(route: str) -> None:
    assert route in BY_WORD


@pytest.mark.parametrize("area", ["ask", "procedures", "classes", "news", "me", "person"])
def test_every_area_of_the_menu_has_someone_who_answers(area: str) -> None:
    assert area in BY_BUTTON


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("いくら？", "fee"),
        ("いくらですか", "fee"),
        ("それはいくらかかりますか？", "fee"),
        ("お金かかるの", "fee"),
        ("何が必要？", "bring"),
        ("なにがいるの", "bring"),
        ("何が必要ですか", "bring"),
        ("持ち物は？", "bring"),
        ("どこで？", "place"),
        ("どこですか", "place"),
        ("じゃあどこに行けばいいの", "place"),
        ("いつまで？", "deadline"),
        ("ネットでできますか", "online"),
        ("電話番号を教えて", "phone"),
        ("何時まで？", "hours"),
    ],
)
def test_a_short_question_asks_for_a_fact_of_the_last_answer(said: str, fact: str) -> None:
    assert FOLLOW_UPS.fact(said) == fact


@pytest.mark.parametrize(
    "said",
    [
        "住民票はいくら",
        "児童手当に必要なもの",
        "避難所はどこ",
        "ごみの日はいつ",
        "どこも痛くない",
        "はい",
    ],
)
def test_a_question_with_a_subject_of_its_own_is_no_follow_up(said: str) -> None:
    assert FOLLOW_UPS.fact(said) is None
