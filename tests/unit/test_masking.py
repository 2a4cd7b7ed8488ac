"""Numbers that must not be kept: what is taken out of residents' words, and what stays."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.masking import MARK, MY_NUMBER, is_my_number, mask_event, mask_for_log, mask_numbers

# Made from 12345678901 by the ordinance's formula: nobody's, and the usual example.
VALID = "123456789018"
INVALID = "123456789012"


def test_the_check_digit_follows_the_ordinance() -> None:
    # 1·2+0·3+9·4+8·5+7·6+6·7+5·2+4·3+3·4+2·5+1·6 = 212, 212 mod 11 = 3, 11 − 3 = 8
    assert [digit for digit in range(10) if is_my_number(f"12345678901{digit}")] == [8]


def test_a_remainder_of_nought_or_one_gives_check_digit_nought() -> None:
    assert is_my_number("000000000000")  # remainder 0
    assert is_my_number("000000000400")  # 4·3 = 12, remainder 1


@pytest.mark.parametrize(
    "text", ["", "12345678901", "1234567890188", "１２３４５６７８９０１８", "abcdefghijkl"]
)
def test_only_twelve_plain_digits_can_carry_a_check_digit(text: str) -> None:
    assert not is_my_number(text)


@pytest.mark.parametrize(
    "written",
    [
        VALID,
        "1234 5678 9018",
        "1234-5678-9018",
        "1234‐5678‑9018",
        "1234–5678—9018",
        "1234ー5678−9018",
        "1234.5678.9018",
        "1234・5678・9018",
        "１２３４　５６７８　９０１８",
        "１２３４－５６７８－９０１８",
        "1234\n5678\n9018",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "一二三四五六七八九〇一八",
        "一二三四 五六七八 九〇一八",
        "①②③④⑤⑥⑦⑧⑨⓪①⑧",
        "❶❷❸❹❺❻❼❽❾⓿❶❽",
        "1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣1️⃣8️⃣",
        "𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟎𝟏𝟖",
        "1234\u200b5678\u200b9018",
        "1234(5678)9018",
    ],
)
def test_a_my_number_is_taken_out_however_it_is_written(written: str) -> None:
    masked = mask_numbers(f"これです {written} おねがいします")

    assert masked.text == f"これです {MARK} おねがいします"
    assert masked.found == {MY_NUMBER}


@pytest.mark.parametrize(
    "text",
    [
        f"マイナンバーは{INVALID}です",
        f"まいなんばー {INVALID}",
        f"ﾏｲﾅﾝﾊﾞｰ:{INVALID}",
        f"個人番号 {INVALID}",
        f"こじんばんごう {INVALID}",
        f"My Number {INVALID}",
        f"{INVALID} これが私のマイナンバーです",
        "マイナンバー 1234、5678、9012",
        "個人番号は一二三四五六七八九〇一二",
    ],
)
def test_near_its_name_any_twelve_digits_are_taken_out(text: str) -> None:
    masked = mask_numbers(text)

    assert masked.found == {MY_NUMBER}
    assert not any(character.isdigit() or character in "一二三" for character in masked.text)


@pytest.mark.parametrize(
    "text",
    [
        INVALID,
        f"手続ID {INVALID}",
        "2026年11月24日から2027年3月31日まで",
        "2026-11-24 09:04:22",
        "〒510-8601 諏訪町1-5",
        "000-0000-0000",
        "1,234,567円と890,123円",
        "令和八年十一月二十四日",
        "一人一台、二〇二六年から",
        "マイナンバーカードは10年、証明書は5年",
        "受付番号 1234567890123456",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert mask_numbers(text).text == text
    assert mask_numbers(text).found == frozenset()


def test_a_telephone_number_before_it_does_not_hide_a_my_number() -> None:
    assert mask_numbers("000-0000-0001 1234-5678-9018").text == f"000-0000-0001 {MARK}"


def test_two_numbers_in_one_message_are_both_taken_out() -> None:
    assert mask_numbers(f"{VALID}と{VALID}").text == f"{MARK}と{MARK}"


def test_the_mark_may_be_another() -> None:
    assert mask_numbers(VALID, mark=r"\1［］").text == r"\1［］"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("電話は090-0000-0000 10時に", f"電話は{MARK} 10時に"),
        ("０９０－００００－００００", MARK),
        ("090ー0000ー0000", MARK),
        ("(059)000-0000へ", f"({MARK}へ"),
        ("0590000000", MARK),
        ("+81 90 0000 0000", MARK),
        ("＋８１－９０－００００－００００", MARK),
        ("+1 202 555 0100 です", f"{MARK} です"),
        ("〇九〇〇〇〇〇〇〇〇〇", MARK),
        ("resident@city.exampleまで", f"{MARK}まで"),
        ("ｒｅｓｉｄｅｎｔ＠ｃｉｔｙ．ｅｘａｍｐｌｅ", MARK),
        ("カード4111 1111 1111 1111です", f"カード{MARK}です"),
        ("4111-1111-1111-1111", MARK),
        (VALID, MARK),
    ],
)
def test_a_log_holds_no_contact(text: str, kept: str) -> None:
    assert mask_for_log(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "令和8年11月24日 09:04",
        "510-8601",
        "10,000円",
        "2026-11-24 09:04:22",
        "4000 1234 5678 9011",
        "@city",
    ],
)
def test_a_log_keeps_what_is_no_contact(text: str) -> None:
    assert mask_for_log(text) == text


def message(**fields: Any) -> dict[str, Any]:
    return {
        "type": "message",
        "webhookEventId": VALID,
        "replyToken": VALID,
        "timestamp": 1795511062000,
        "source": {"type": "user", "userId": VALID},
        "message": {"id": VALID, "quoteToken": VALID, **fields},
    }


def test_a_text_message_is_masked_and_its_ids_are_not() -> None:
    event = message(type="text", text=f"番号は{VALID}")

    assert mask_event(event) == message(type="text", text=f"番号は{MARK}")


def test_offsets_go_with_the_text_they_pointed_into() -> None:
    places = {"emojis": [{"index": 20, "length": 3}], "mention": {"mentionees": [{"index": 0}]}}

    assert mask_event(message(text=f"{VALID} ($)", **places)) == message(text=f"{MARK} ($)")
    assert mask_event(message(text="こんにちは", **places)) == message(text="こんにちは", **places)


@pytest.mark.parametrize("field", ["fileName", "title", "address", "text", "someday"])
def test_every_text_of_a_resident_is_masked(field: str) -> None:
    assert mask_event(message(**{field: f"{VALID}.pdf"})) == message(**{field: f"{MARK}.pdf"})


def test_an_edited_message_is_masked() -> None:
    event = {"type": "messageEdited", "edited": {"messageId": "1", "text": VALID}}

    assert mask_event(event)["edited"]["text"] == MARK


def test_a_postback_is_this_programs_own_and_stays() -> None:
    event = {"type": "postback", "postback": {"data": VALID, "params": {"date": "2026-11-24"}}}

    assert mask_event(event) == event


def test_the_event_given_is_not_changed() -> None:
    event = message(text=VALID, lists=[[VALID]])
    before = copy.deepcopy(event)

    mask_event(event)["message"]["lists"][0].append("x")

    assert event == before


def test_a_deep_event_does_not_exhaust_the_stack() -> None:
    event: dict[str, Any] = {"text": VALID}
    for _ in range(100_000):
        event = {"message": event}

    masked = mask_event(event)

    while "message" in masked:
        masked, event = masked["message"], event["message"]
    assert masked == {"text": MARK}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("text"), inner),
    max_leaves=12,
)
DIGITS = st.text(
    st.sampled_from(f"0123456789０９〇一①️⃣-－ー ./、()+@マイナンバー個人番号\ud800{VALID}"),
    max_size=60,
)


@given(st.text() | DIGITS)
def test_no_text_is_too_odd(text: str) -> None:
    masked = mask_numbers(text)

    assert mask_numbers(masked.text).text == masked.text
    assert (masked.text != text) == bool(masked.found)
    assert VALID not in mask_for_log(text)


@given(st.dictionaries(st.sampled_from(["message", "text", "source", "events"]) | st.text(), JSON))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_no_event_is_too_odd(event: dict[str, Any]) -> None:
    masked = mask_event(event)

    assert json.dumps(mask_event(masked)) == json.dumps(masked)
    assert set(masked) <= set(event)


@given(
    st.text(st.sampled_from("あいう、。 "), max_size=30),
    st.text(st.sampled_from("あいう。"), max_size=30),
)
def test_a_my_number_never_survives_among_words(before: str, after: str) -> None:
    assert mask_numbers(before + VALID + after).text == before + MARK + after
