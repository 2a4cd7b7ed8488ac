"""The push with staff's answer fits LINE's limits for every entry, in every style."""

import pytest

import content
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import check
from bot.residents.rules import Style
from bot.speech.reply_cards import later_answer
from bot.speech.texts import Voice
from handlers.chat.turn import Desk
from tests.flows.chatting import actions, labels, words


@pytest.mark.parametrize("style", list(Style))
def test_every_entry_can_be_pushed(desk: Desk, style: Style) -> None:
    voice = Voice(desk.texts, style, desk.add_readings)
    faults = []
    for file in sorted((content.folder() / "faq").glob("*.toml")):
        for held in content.toml(f"faq/{file.name}")["entry"]:
            entry = KnowledgeEntry(
                id=held["id"],
                question=held["question"],
                answer=held["answer"],
                easy=held.get("easy", ""),
                section=held["section"],
                procedure=held.get("procedure", ""),
            )
            faults += check(later_answer(voice, desk.city, entry, 10**12))
    assert faults == []


def test_the_push_opens_with_the_public_title_and_asks_whether_it_helped(desk: Desk) -> None:
    entry = KnowledgeEntry(id="bin", question="ごみの出し方", answer="朝8時までです。")
    (card,) = later_answer(Voice(desk.texts), desk.city, entry, 7)
    assert card["altText"] == "お待たせしました。「ごみの出し方」の答えです。"
    assert labels([card])[-2:] == ["はい", "いいえ"]
    assert [action.get("data") for action in actions([card])][-2:] == [
        "to=yes&q=7&later=1",
        "to=no&q=7&later=1",
    ]
    assert words([card]).splitlines()[:2] == [
        "ごみの出し方",
        "お待たせしました。前に聞かれたことの答えです。",
    ]
