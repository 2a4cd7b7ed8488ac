"""The platform takes a message up to each of LINE's limits, and refuses it one step beyond."""

from typing import Any

import pytest

from bot.emulator.messages import check_messages

Json = dict[str, Any]
FAMILY = "👨‍👩‍👧‍👦"


def where_wrong(*messages: Json) -> list[str]:
    return [detail["property"] for detail in check_messages(list(messages)).details]


def text(words: str, **more: Any) -> Json:
    return {"type": "text", "text": words, **more}


def postback(label: str = "はい", data: str = "d", **more: Any) -> Json:
    return {"type": "postback", "label": label, "data": data, **more}


def picker(mode: str, **more: str) -> Json:
    return {"type": "datetimepicker", "label": "日時", "data": "d", "mode": mode, **more}


def clipboard(words: str) -> Json:
    return {"type": "clipboard", "label": "コピー", "clipboardText": words}


def quick(*actions: Json) -> Json:
    return {"items": [{"type": "action", "action": action} for action in actions]}


def template(**shape: Any) -> Json:
    return {"type": "template", "altText": "alt", "template": shape}


def test_text_may_have_5000_utf16_units() -> None:
    assert where_wrong(text("あ" * 5000)) == []
    assert where_wrong(text("あ" * 5001)) == ["messages[0].text"]
    assert where_wrong(text("👍" * 2500)) == []
    assert where_wrong(text("👍" * 2501)) == ["messages[0].text"]


@pytest.mark.parametrize("words", ["", "  \n", None, 5])
def test_a_text_without_words_is_refused(words: Any) -> None:
    assert where_wrong(text(words)) == ["messages[0].text"]


@pytest.mark.parametrize(("count", "wrong"), [(0, True), (1, False), (5, False), (6, True)])
def test_a_call_carries_one_to_five_messages(count: int, wrong: bool) -> None:
    assert bool(check_messages([text("あ")] * count)) is wrong


def test_an_unknown_type_is_refused_by_name() -> None:
    assert where_wrong({"type": "poem", "text": "あ"}) == ["messages[0].type"]
    assert where_wrong({"text": "あ"}) == ["messages[0].type"]


def test_a_misspelt_property_does_not_go_unnoticed() -> None:
    assert where_wrong(text("あ", quickreply=quick(postback()))) == ["messages[0].quickreply"]


def test_quick_replies_are_thirteen_at_most() -> None:
    assert where_wrong(text("あ", quickReply=quick(*[postback()] * 13))) == []
    assert where_wrong(text("あ", quickReply=quick(*[postback()] * 14))) == [
        "messages[0].quickReply.items"
    ]


def test_a_label_has_twenty_characters_as_people_count() -> None:
    assert where_wrong(text("あ", quickReply=quick(postback(FAMILY * 20)))) == []
    assert where_wrong(text("あ", quickReply=quick(postback(FAMILY * 21)))) == [
        "messages[0].quickReply.items[0].action.label"
    ]


ACTION = "messages[0].quickReply.items[0].action"


@pytest.mark.parametrize(
    ("action", "wrong"),
    [
        (postback(data="d" * 300), []),
        (postback(data="d" * 301), [f"{ACTION}.data"]),
        (postback(data=""), [f"{ACTION}.data"]),
        (postback(displayText="あ" * 301), [f"{ACTION}.displayText"]),
        (postback(displayText="あ", text="あ"), [f"{ACTION}.text"]),
        (postback(inputOption="sing"), [f"{ACTION}.inputOption"]),
        (postback(inputOption="openKeyboard", fillInText="名前"), []),
        (postback(fillInText="名前"), [f"{ACTION}.fillInText"]),
        ({"type": "message", "label": "あ", "text": "あ" * 300}, []),
        ({"type": "message", "label": "あ", "text": "あ" * 301}, [f"{ACTION}.text"]),
        ({"type": "message", "text": "あ"}, [f"{ACTION}.label"]),
        (clipboard("x" * 1000), []),
        (clipboard("x" * 1001), [f"{ACTION}.clipboardText"]),
        ({"type": "camera", "label": "写真"}, []),
        ({"type": "richmenuswitch", "label": "あ", "data": "d"}, [f"{ACTION}.type"]),
        (picker("date", initial="2026-12-01"), []),
        (picker("date", min="2026-12-1"), [f"{ACTION}.min"]),
        (picker("datetime", min="2026-12-01T10:00", max="2026-12-01t09:00"), [f"{ACTION}.max"]),
        (picker("week"), [f"{ACTION}.mode"]),
    ],
)
def test_an_action_keeps_to_its_rules(action: Json, wrong: list[str]) -> None:
    assert where_wrong(text("あ", quickReply=quick(action))) == wrong


@pytest.mark.parametrize(
    ("uri", "fine"),
    [
        ("https://city.example/", True),
        ("http://127.0.0.1:5000/r/x", True),
        ("http://city.example/", True),
        ("tel:000-0000-0000", True),
        ("line://nv/chat", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("tel:", False),
        ("https://city.example/住民票", False),
        ("https://city.example/a b", False),
        ("https://city.example/" + "a" * 980, False),
    ],
)
def test_a_link_has_an_allowed_scheme_and_is_encoded(uri: str, fine: bool) -> None:
    action = {"type": "uri", "label": "ひらく", "uri": uri}
    assert (where_wrong(text("あ", quickReply=quick(action))) == []) is fine


def test_buttons_have_four_actions_and_shorter_words_beside_a_title() -> None:
    shape = {"type": "buttons", "text": "あ" * 160, "actions": [postback()] * 4}
    assert where_wrong(template(**shape)) == []
    assert where_wrong(template(**{**shape, "actions": [postback()] * 5})) == [
        "messages[0].template.actions"
    ]
    assert where_wrong(template(**{**shape, "title": "題"})) == ["messages[0].template.text"]
    assert where_wrong(template(**{**shape, "title": "題", "text": "あ" * 60})) == []


def test_confirm_asks_with_exactly_two_answers() -> None:
    for count, wrong in ((1, True), (2, False), (3, True)):
        shape = {"type": "confirm", "text": "よいですか", "actions": [postback()] * count}
        assert bool(where_wrong(template(**shape))) is wrong


def test_the_columns_of_a_carousel_are_alike_and_ten_at_most() -> None:
    column = {"text": "あ" * 120, "actions": [postback()] * 3}
    assert where_wrong(template(type="carousel", columns=[column] * 10)) == []
    assert where_wrong(template(type="carousel", columns=[column] * 11)) == [
        "messages[0].template.columns"
    ]
    odd = {"text": "あ", "actions": [postback()]}
    assert where_wrong(template(type="carousel", columns=[column, odd])) == [
        "messages[0].template.columns"
    ]


def test_labels_under_pictures_have_twelve_characters() -> None:
    def column(label: str) -> Json:
        return {"imageUrl": "https://city.example/a.png", "action": postback(label)}

    assert where_wrong(template(type="image_carousel", columns=[column("あ" * 12)])) == []
    assert where_wrong(template(type="image_carousel", columns=[column("あ" * 13)])) == [
        "messages[0].template.columns[0].action.label"
    ]


def test_alt_text_has_1500_units() -> None:
    shape = {"type": "confirm", "text": "よいですか", "actions": [postback()] * 2}
    message = {**template(**shape), "altText": "あ" * 1501}
    assert where_wrong(message) == ["messages[0].altText"]


def test_pictures_come_by_https_or_from_this_machine() -> None:
    def picture(url: str) -> Json:
        return {"type": "image", "originalContentUrl": url, "previewImageUrl": url}

    assert where_wrong(picture("https://city.example/a.png")) == []
    assert where_wrong(picture("http://127.0.0.1:5000/a.png")) == []
    assert where_wrong(picture("http://city.example/a.png")) == [
        "messages[0].originalContentUrl",
        "messages[0].previewImageUrl",
    ]


def test_substitutions_fill_every_blank_of_a_text() -> None:
    emoji = {"type": "emoji", "productId": "p", "emojiId": "001"}
    fine = {"type": "textV2", "text": "{e} {{これは文字}}", "substitution": {"e": emoji}}
    assert where_wrong(fine) == []
    assert where_wrong({"type": "textV2", "text": "{e}"}) == ["messages[0].text"]
