"""Anger that asks nothing is known as such; anger that asks something stays a question."""

import tomllib
from pathlib import Path

import pytest

import content
from handlers.chat.anger import Anger

ANGER = Anger.from_toml(content.toml("anger.toml"))
EVERYDAY = Path(__file__).parents[2] / "flows" / "everyday.toml"


@pytest.mark.parametrize(
    "said",
    [
        "ふざけるな！いつまで待たせるんだ！",
        "役所は何をやってるんだ、税金泥棒",
        "お前じゃ話にならん、人間を出せ",
        "税金の無駄遣いするな",
        "対応が最悪です",
        "ﾊﾞｶ野郎",
        "何度言わせるんだよ！！",
        "職員の対応がひどい。",
        "もういい、役立たず",
    ],
)
def test_anger_that_asks_nothing_is_anger(said: str) -> None:
    assert ANGER.is_all(said)


@pytest.mark.parametrize(
    "said",
    [
        "ふざけるな、住民票はどこで取れるんだ",
        "なんで電話つながらないんだよ",
        "税金を返せと言われました",
        "市役所の窓口",
        "電話",
        "待たせすぎなので予約したい",
        "夫に馬鹿にされて叩かれます",
        "もういいかい",
        "",
    ],
)
def test_who_asks_something_gets_an_answer(said: str) -> None:
    assert not ANGER.is_all(said)


def test_no_everyday_question_is_taken_for_anger() -> None:
    held = tomllib.loads(EVERYDAY.read_text(encoding="utf-8"))
    asked = [one["ask"] for part in held.values() for one in part if "ask" in one]
    assert len(asked) > 150
    assert [words for words in asked if ANGER.is_all(words)] == []
