"""A message on the console's phone: all its words, none of its styles, links or markup."""

import content
from bot.city import City
from bot.knowledge.values import KnowledgeEntry
from bot.speech import answer_cards
from bot.speech.texts import Texts, Voice
from handlers.console.phone import Part, draw

CITY = City.from_toml(content.toml("city.toml"))
VOICE = Voice(Texts.read(content.folder() / "texts"))


def words(part: Part) -> list[str]:
    found = [part.words] if part.words else []
    return found + [word for inner in part.parts for word in words(inner)]


def test_a_card_shows_all_that_a_resident_reads() -> None:
    entry = KnowledgeEntry(
        id="bin", question="ごみの出し方", answer="朝に出します。\n袋は透明です。", fee="無料"
    )
    (picture,) = draw(answer_cards.answer(VOICE, CITY, entry, 1))
    said = words(picture.bubbles[0])
    assert said[:3] == ["ごみの出し方", "朝に出します。", "袋は透明です。"]
    assert "無料" in said
    assert said[-2:] == ["はい", "いいえ"]


def test_odd_messages_are_drawn_without_failing_or_carrying_style() -> None:
    deep: dict[str, object] = {"type": "text", "text": "底"}
    for _ in range(50):
        deep = {"type": "box", "layout": "vertical", "contents": [deep]}
    bubble = {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "text", "text": "<b>赤</b>", "color": "red;}", "size": "9999px"},
                {"type": "unheard-of", "text": "x"},
                {
                    "type": "button",
                    "action": {"type": "uri", "label": "開く", "uri": "javascript:1"},
                },
                deep,
            ],
        },
    }
    (flex, text) = draw(
        [{"type": "flex", "altText": "要約", "contents": bubble}, {"type": "text", "text": "文"}]
    )
    (body,) = flex.bubbles[0].parts
    first, button, *_rest = body.parts[0].parts
    assert (first.words, first.classes) == ("<b>赤</b>", "is-lg")
    assert (button.kind, button.words, button.address) == ("button", "開く", "javascript:1")
    assert (text.alt, words(text.bubbles[0])) == ("文", ["文"])
