"""An address in the words of an announcement cannot be tapped: who writes it is told so in time."""

import pytest

from bot.campaigns.checking import addresses_in_words
from bot.campaigns.rules import Audience, Card, Draft, Kind, Picture, State, Wish, Words
from bot.db import Database
from tests.flows.console_at_work import Browser
from tests.flows.test_console_news import aims, newest, version, writes

WORDS = "くわしくは https://www.city.yokkaichi.lg.jp/ を見てください。"


def test_an_address_in_words_is_a_caution_that_names_the_button_and_no_refusal(
    database: Database, writer: Browser
) -> None:
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    number = newest(database).id
    assert writes(writer, number, p0_text=WORDS) == 303
    assert aims(writer, number) == 303
    writer.get(f"/console/news/{number}")
    assert "1番目の文章の中のアドレス（https://…）は、スマホで押せません。" in writer.words
    assert "カードのボタンの行き先にしてください。" in writer.words
    writer.post(f"/console/news/{number}/check", {"version": version(writer)})
    assert newest(database).state is State.CHECKED


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (WORDS, True),
        ("市のページ（www.city.yokkaichi.lg.jp）へ", True),
        ("HTTP://example.jp/", True),
        ("市のホームページを見てください。", False),
        ("wwwとは何ですか", False),
    ],
)
def test_an_address_is_found_in_texts_and_cards_but_not_behind_buttons(
    said: str, stands: bool
) -> None:
    parts = (Words("題"), Words("やさしく", said), Picture(1, said), Card("題", said, ""))
    draft = Draft(Kind.FREE, "題", "classes", parts, Audience(), Wish(None))
    assert addresses_in_words(draft) == ((1, 3) if stands else ())
