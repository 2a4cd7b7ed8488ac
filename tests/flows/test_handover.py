"""A person takes over a conversation: heard once, told who speaks, danger first, handed back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.handover import queries
from bot.handover.models import HandoverLine
from bot.handover.rules import Place
from bot.line.inbound import resident_key
from tests.flows.chatting import actions, labels, numbers, words
from tests.flows.handing_over import House, link_in


def held(at: House, number: int) -> list[str]:
    """What staff read of the chat."""
    with at.database.reading() as session:
        lines = queries.lines(session, at.sealer, [number], (Place.CHAT,))
    return [line.said or "-" for line in lines]


def test_a_person_can_be_called_while_the_desk_is_open(at: House) -> None:
    said = at.resident.posts_back("to=person")
    assert "職員と文字で話す" in labels(said)
    assert "人に聞く" not in labels(said)  # a card does not lead to itself
    said = at.resident.taps("職員と文字で話す")
    assert "名前、電話番号、家族のことは、ここに書かないでください。" in words(said)
    assert {"専用のページを開く", "電話をかける", "待つのをやめる"} <= set(labels(said))
    assert link_in(said).startswith("/r/")


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 24, 8, 14, tzinfo=UTC), True),
        (datetime(2026, 11, 24, 8, 15, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 3, 0, tzinfo=UTC), False),  # a national holiday
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), False),  # a Sunday
        (datetime(2026, 12, 29, 3, 0, tzinfo=UTC), False),
    ],
)
def test_outside_the_desks_hours_the_other_ways_are_shown(
    at: House, moment: datetime, is_open: bool
) -> None:
    at.civil.now = moment
    said = at.resident.posts_back("to=person")
    assert ("職員と文字で話す" in labels(said)) is is_open
    assert numbers(said) == ["00000000000"]


def test_an_old_button_says_the_hours_when_the_desk_is_closed(at: House) -> None:
    at.resident.says("ぷらねたりうむのよやく")
    at.civil.passes(hours=0.5)
    at.civil.now = at.civil.now.replace(hour=12)
    said = at.resident.posts_back("to=talk")
    assert "いまは受付の時間ではありません" in words(said)
    assert "平日 8時30分から17時15分まで" in words(said)


def test_each_message_gets_one_short_reply_and_staff_read_it(at: House) -> None:
    at.calls_a_person("国保の相談です")
    assert [m["text"] for m in at.resident.seen] == [
        "担当者に届きました。来るまで、少しお待ちください。"
    ]
    number = at.in_hands_of(at.staff())
    said = at.resident.says("保険証をなくしました")
    assert [m["text"] for m in said] == ["担当者に届きました。"]
    assert held(at, number) == ["国保の相談です", "保険証をなくしました"]


def test_numbers_are_masked_before_staff_read_them(at: House) -> None:
    at.calls_a_person("電話は090-0000-0000です")
    (line,) = held(at, at.number())
    assert "090" not in line
    assert "■" in line


def test_danger_still_comes_first_and_staff_see_it(at: House) -> None:
    at.calls_a_person()
    said = at.resident.says("家が燃えてる")
    assert "119" in numbers(said)
    assert "届きました" not in words(said)
    assert held(at, at.number()) == ["家が燃えてる"]


def test_the_resident_is_told_who_speaks_at_the_start_and_at_the_end(at: House) -> None:
    at.calls_a_person()
    staff = at.staff()
    number = at.in_hands_of(staff)
    assert "ここからは、市の担当者がお答えします。" in at.pushes()[-1][0]["text"]
    staff.post(f"/console/conversations/{number}/hand-back")
    assert at.pushes()[-1][0]["text"].endswith("ここからは、自動でお答えします。")
    assert len(at.pushes()) == 2
    assert "届きました" not in at.resident.says("ごみの出し方")[0].get("text", "")


def test_a_silence_of_half_an_hour_hands_the_conversation_back(at: House) -> None:
    at.calls_a_person("こんにちは")
    at.in_hands_of(at.staff())
    at.civil.passes(minutes=29)
    assert at.round() == 0
    assert at.resident.says("まだいますか")[0]["text"] == "担当者に届きました。"
    at.civil.passes(minutes=31)
    assert at.round() == 1
    assert "しばらくお話がなかった" in at.pushes()[-1][0]["text"]
    assert at.round() == 0
    assert "届きました" not in at.resident.says("ごみの出し方")[0].get("text", "")


def test_who_writes_before_the_round_is_told_with_the_reply_and_only_once(at: House) -> None:
    at.calls_a_person("こんにちは")
    at.in_hands_of(at.staff())
    pushed = len(at.pushes())
    at.civil.passes(minutes=31)
    first, *rest = at.resident.says("ごみの出し方")
    assert first["text"].endswith("ここからは、自動でお答えします。")
    assert rest
    assert at.round() == 0
    assert len(at.pushes()) == pushed
    assert "担当者との話" not in at.resident.says("ごみの出し方")[0].get("text", "")


def test_when_nobody_comes_the_resident_is_told_and_given_the_phone(at: House) -> None:
    at.calls_a_person("こんにちは")
    at.civil.passes(minutes=61)
    assert at.round() == 1
    assert "担当者がお答えできませんでした" in at.pushes()[-1][0]["text"]


def test_the_resident_goes_back_by_a_tap(at: House) -> None:
    at.calls_a_person("こんにちは")
    at.resident.taps("待つのをやめる")
    assert "ここからは、自動でお答えします。" in at.resident.seen[0]["text"]
    assert at.round() == 0
    assert at.pushes() == []
    assert "ここからは、自動で" in at.resident.posts_back("to=talk_end")[0]["text"]


def test_a_redelivered_message_is_heard_once(at: House) -> None:
    at.calls_a_person()
    message = {"type": "text", "id": "m-again", "text": "一度だけ", "quoteToken": "q"}
    event = {
        "type": "message",
        "message": message,
        "webhookEventId": "event-again",
        "mode": "active",
        "timestamp": 1,
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": at.resident.user_id},
        "replyToken": "token-again",
    }
    at.resident.deliver(event)
    at.resident.deliver(event | {"deliveryContext": {"isRedelivery": True}})
    assert held(at, at.number()) == ["一度だけ"]


def test_an_unsent_message_is_gone_for_staff_too(at: House) -> None:
    at.calls_a_person()
    at.resident.says("まちがえて書いた", id="m-unsent")
    at.resident.does({"type": "unsend", "unsend": {"messageId": "m-unsent"}})
    assert held(at, at.number()) == ["-"]


def test_who_blocks_the_account_gets_nothing_more(at: House) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    at.resident.does({"type": "unfollow"})
    staff.post(f"/console/conversations/{number}/answer", {"text": "もしもし", "form": "f"})
    at.round()
    assert at.pushes() == []


def test_who_is_forgotten_leaves_no_conversation_behind(at: House) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    at.resident.posts_back("to=forget_yes")
    key = resident_key(at.sealer, at.resident.user_id)
    with at.database.reading() as session:
        assert queries.latest_of(session, key) is None
        assert session.scalars(select(HandoverLine)).all() == []
    answer = staff.post(f"/console/conversations/{number}/answer", {"text": "あ", "form": "f"})
    assert answer.status_code == 404
    assert at.pushes() == []


def test_no_two_conversations_of_one_resident_live_at_once(at: House) -> None:
    at.calls_a_person()
    first = at.number()
    at.resident.posts_back("to=talk")
    assert "担当者を呼んでいます" in at.resident.seen[0]["text"]
    assert at.number() == first
    assert {a["data"] for a in actions(at.resident.seen)} == {"to=talk_page", "to=talk_end"}
