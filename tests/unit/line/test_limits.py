"""Our own messages are held to LINE's limits before they leave."""

from typing import Any

import pytest

from bot.line.limits import check, graphemes, split_text, units


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def bubble(*contents: dict[str, Any]) -> dict[str, Any]:
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": "あ", "contents": {"type": "bubble", "body": body}}


def test_a_plain_text_passes() -> None:
    assert check([text("こんにちは")]) == []


@pytest.mark.parametrize("words", ["", "あ" * 5001, "𠮷" * 2501])
def test_a_text_that_is_empty_or_over_5000_units_is_found(words: str) -> None:
    assert check([text(words)]) == ["message 0: a text has 1 to 5000 UTF-16 units"]


def test_six_messages_are_too_many() -> None:
    assert check([text("あ")] * 6) == ["6 messages in a call"]


def test_a_misspelt_flex_property_is_found() -> None:
    assert check([bubble({"type": "text", "text": "あ", "colour": "#000000"})]) == [
        "message 0: text has no property colour"
    ]


def test_a_label_is_counted_as_a_person_sees_it() -> None:
    family = "👨‍👩‍👧‍👦" * 20
    quick = {
        "items": [{"type": "action", "action": {"type": "message", "label": family, "text": "あ"}}]
    }
    assert graphemes(family) == 20
    assert check([text("あ", quickReply=quick)]) == []


def test_a_button_label_over_40_characters_is_found() -> None:
    action = {"type": "postback", "label": "あ" * 41, "data": "d"}
    faults = check([bubble({"type": "button", "action": action})])
    assert faults == [f"message 0: a label has 1 to 40 characters: {'あ' * 41}"]


def test_an_insecure_address_is_found_but_loopback_is_not() -> None:
    def to(uri: str) -> list[str]:
        action = {"type": "uri", "label": "開く", "uri": uri}
        return check([bubble({"type": "button", "action": action})])

    assert to("http://example.com/") == ["message 0: an address without https"]
    assert to("javascript:alert(1)") == ["message 0: an address LINE refuses: javascript"]
    assert to("http://127.0.0.1:5000/r/") == []
    assert to("tel:119") == []


def test_a_bubble_over_30_kilobytes_is_found() -> None:
    parts = [{"type": "text", "text": "あ" * 1000} for _ in range(6)]
    assert check([bubble(*parts)]) == ["message 0: a bubble is larger than 30 KB"]


def test_a_long_text_is_split_at_sentence_ends_and_nothing_is_lost() -> None:
    sentence = "これは市役所からのお知らせです。"
    pieces = split_text(sentence * 700)
    assert "".join(pieces) == sentence * 700
    assert all(piece.endswith("。") and units(piece) <= 5000 for piece in pieces)


def test_one_endless_sentence_is_cut_between_characters() -> None:
    pieces = split_text("𠮷" * 6000)
    assert "".join(pieces) == "𠮷" * 6000
    assert [units(piece) for piece in pieces] == [5000, 5000, 2000]
