"""Flex messages are refused for what LINE would refuse, at the place where it stands."""

from typing import Any

import pytest

from bot.emulator.flexes import size_of
from bot.emulator.messages import check_messages

Json = dict[str, Any]


def box(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def words(text: str = "あ", **more: Any) -> Json:
    return {"type": "text", "text": text, **more}


def bubble(*contents: Json, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*contents), **more}


def where_wrong(contents: Any) -> list[str]:
    message = {"type": "flex", "altText": "alt", "contents": contents}
    details = check_messages([message]).details
    return [d["property"].removeprefix("messages[0].contents").lstrip(".") for d in details]


def test_a_plain_card_is_taken() -> None:
    link = {"type": "uri", "label": "ひらく", "uri": "https://city.example/"}
    button = {"type": "button", "style": "primary", "action": link}
    card = bubble(words(wrap=True, size="xl", color="#112233"), {"type": "separator"}, button)
    assert where_wrong(card) == []


@pytest.mark.parametrize(
    ("part", "place"),
    [
        (words(""), "text"),
        (words(colour="#000000"), "colour"),
        (words(color="red"), "color"),
        (words(size="huge"), "size"),
        (words(wrap="true"), "wrap"),
        (words(weight="heavy"), "weight"),
        (words(flex=-1), "flex"),
        ({"type": "icon", "url": "https://city.example/i.png"}, "type"),
        ({"type": "button", "style": "primary"}, "action"),
        ({"type": "button", "action": {"type": "postback", "data": "d"}}, "action.label"),
        (
            {"type": "button", "action": {"type": "postback", "data": "d", "label": "あ" * 41}},
            "action.label",
        ),
        ({"type": "image", "url": "http://city.example/i.png"}, "url"),
        (
            {"type": "image", "url": "https://city.example/i.png", "aspectRatio": "1:4"},
            "aspectRatio",
        ),
        (box(words(), layout="diagonal"), "layout"),
        (box(words(), paddingAll="big"), "paddingAll"),
        (box(words(), background={"type": "linearGradient", "angle": "90deg"}), "background"),
    ],
)
def test_a_part_that_line_would_refuse_is_named(part: Json, place: str) -> None:
    found = where_wrong(bubble(part))
    assert found != []
    assert {where.startswith(f"body.contents[0].{place}") for where in found} == {True}


def test_a_card_has_30_kilobytes_counted_as_the_sdk_escapes_them() -> None:
    filled = bubble(words("あ" * 5000))
    assert size_of(filled) <= 30 * 1024
    assert where_wrong(filled) == []
    assert where_wrong(bubble(words("あ" * 5200))) == [""]


def test_a_carousel_has_twelve_cards_of_one_width() -> None:
    def carousel(*cards: Json) -> Json:
        return {"type": "carousel", "contents": list(cards)}

    assert where_wrong(carousel(*[bubble(words())] * 12)) == []
    assert where_wrong(carousel(*[bubble(words())] * 13)) == ["contents"]
    assert where_wrong(carousel()) == ["contents"]
    mixed = carousel(bubble(words(), size="kilo"), bubble(words(), size="mega"))
    assert where_wrong(mixed) == ["contents"]


def test_a_carousel_has_50_kilobytes() -> None:
    cards = [bubble(words("あ" * 3000))] * 3
    assert where_wrong({"type": "carousel", "contents": cards}) == [""]


@pytest.mark.parametrize("contents", [None, [], "bubble", {"type": "bubble"}, {"type": "sack"}])
def test_what_is_no_card_is_refused(contents: Any) -> None:
    assert where_wrong(contents) != []
