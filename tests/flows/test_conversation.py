"""What residents say and what the desk answers, through the real desk and the city's content."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.inbox import service as inbox
from bot.inbox.models import InboxEvent
from bot.inbox.rules import ALONE_FROM
from bot.knowledge import keeping
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import Procedure
from bot.line.inbound import raw_event
from bot.line.limits import check
from bot.questions.models import QuestionRow
from handlers.chat.desk import APOLOGISE_AT
from tests.flows.chatting import (
    CivilTime,
    Resident,
    actions,
    labels,
    numbers,
    replies,
    words,
)


def last_question(resident: Resident) -> QuestionRow:
    with resident.database.reading() as session:
        found = session.scalars(select(QuestionRow).order_by(QuestionRow.id.desc())).first()
    assert found is not None
    return found


def test_a_newcomer_is_greeted_told_what_is_kept_and_shown_the_menu(resident: Resident) -> None:
    said = words(resident.does({"type": "follow", "follow": {"isUnblocked": False}}))
    assert "見本・四日市市の公式ではありません" in said
    assert "いつでも消せます" in said
    assert {
        "質問する",
        "手続きを探す",
        "スマホ教室",
        "お知らせ",
        "わたしの情報",
        "人に聞く",
    } <= set(labels(resident.seen))


def test_an_everyday_question_gets_the_right_card(resident: Resident) -> None:
    said = resident.says("マイナカードを作りたい")
    assert check(said) == []
    assert last_question(resident).outcome == "direct"
    assert last_question(resident).shown == ["mynumber-apply"]
    assert {"はい", "いいえ", "担当に電話する"} <= set(labels(said))
    assert "必要なもの" in words(said)


def test_yes_is_thanked_and_counted(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    assert "よかったです" in words(resident.taps("はい"))
    assert last_question(resident).reaction == "yes"


def test_no_goes_to_the_review_with_the_entry_that_was_shown(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    said = resident.taps("いいえ")
    row = last_question(resident)
    assert (row.reaction, row.review, row.shown) == ("no", "not_resolved", ["mynumber-apply"])
    assert numbers(said) == ["000-0000-0000".replace("-", "")] or numbers(said)


def test_a_vague_question_offers_up_to_three_and_none_of_these(resident: Resident) -> None:
    said = resident.says("ごみ")
    row = last_question(resident)
    assert row.outcome == "candidates"
    assert 2 <= len(row.shown) <= 3
    assert "この中にない" in labels(said)


def test_a_candidate_opens_its_answer_and_is_counted_as_chosen(resident: Resident) -> None:
    resident.says("ごみ")
    chosen = last_question(resident).shown[1]
    button = next(a for a in actions(resident.seen) if f"e={chosen}" in a.get("data", ""))
    said = resident.posts_back(button["data"])
    assert last_question(resident).choice == chosen
    assert "解決しましたか" in words(said)


def test_none_of_these_is_honest_and_goes_to_the_review(resident: Resident) -> None:
    resident.says("ごみ")
    said = resident.taps("この中にない")
    assert last_question(resident).review == "none_of_these"
    assert "調べてお返事します" in labels(said)


def test_an_unknown_question_is_never_met_with_silence(resident: Resident) -> None:
    said = resident.says("明日の天気を教えて")
    assert last_question(resident).outcome == "unanswered"
    assert numbers(said) == ["0000000000"] or numbers(said)
    assert "受付の時間" in words(said)
    assert "職員が調べて" in words(resident.taps("調べてお返事します"))
    assert "お待ちいただいています" in words(
        resident.posts_back(f"to=await&q={last_question(resident).id}")
    )


@pytest.mark.parametrize(
    ("asked", "label"),
    [("いくら？", "お金"), ("何が必要？", "必要なもの"), ("どこで？", "場所")],
)
def test_a_follow_up_is_read_against_the_last_answer(
    resident: Resident, asked: str, label: str
) -> None:
    resident.says("マイナカードを作りたい")
    said = words(resident.says(asked))
    assert "マイナンバーカードはどうやって申し込みますか" in said
    assert label in said


def test_an_amount_that_the_entry_does_not_hold_is_never_made_up(resident: Resident) -> None:
    resident.says("マイナンバーカードの写真はスマホで撮ってもいい")
    said = words(resident.says("いくら？"))
    assert "書いてありません" in said
    assert "円" not in said


def test_a_follow_up_after_ten_minutes_is_a_question_of_its_own(
    resident: Resident, civil: CivilTime
) -> None:
    resident.says("マイナカードを作りたい")
    civil.passes(minutes=11)
    resident.says("いくら？")
    assert last_question(resident).kind == "question"


@pytest.mark.parametrize("unsure", ["ごみ", "明日の天気を教えて"])
def test_wherever_the_desk_is_unsure_the_emergency_numbers_stand_below(
    resident: Resident, unsure: str
) -> None:
    assert "119" in words(resident.says(unsure))


def test_danger_comes_first_and_is_never_a_card_of_the_knowledge_base(resident: Resident) -> None:
    said = resident.says("家が燃えてる")
    assert numbers(said)[0] == "119"
    assert last_question(resident).kind == "danger"
    assert "解決しましたか" not in words(said)


def test_a_procedure_after_a_fire_is_a_procedure(resident: Resident) -> None:
    resident.says("火事のあとの手続き")
    assert last_question(resident).kind == "question"


def test_every_procedure_is_within_four_taps(resident: Resident) -> None:
    """Menu → area → life event → procedure: counted over all of them."""
    from bot.knowledge import queries

    with resident.database.reading() as session:
        every = {procedure.id for procedure in queries.published_procedures(session)}
    reached: dict[str, int] = {}
    resident.posts_back("to=procedures")
    areas = [a["data"] for a in actions(resident.seen) if "to=events" in a.get("data", "")]
    for area in areas:
        resident.posts_back(area)
        events = [a["data"] for a in actions(resident.seen) if "to=event&" in a.get("data", "")]
        assert len(events) <= 6
        for event in events:
            resident.posts_back(event)
            for action in actions(resident.seen):
                if action.get("data", "").startswith("to=procedure&"):
                    reached.setdefault(action["data"].partition("p=")[2], 4)
    assert len(areas) == 6
    assert every - reached.keys() == set()


def test_all_procedures_of_a_life_event_are_shown_also_where_staff_added_many(
    resident: Resident,
) -> None:
    added = [
        Procedure(id=f"X{number:02}", name=f"見本の手続き{number}", life_events=("犬・ペット",))
        for number in range(12)
    ]
    with resident.database.writing() as session:
        keeping.put(session, PROCEDURES, added, Author("staff:1", datetime.now(UTC)))
    shown: list[str] = []
    said = resident.posts_back("to=event&k=pet")
    for more in (True, False):
        assert check(said) == []
        shown += [a["data"] for a in actions(said) if a.get("data", "").startswith("to=procedure&")]
        assert ("つぎの手続きを見る" in labels(said)) is more
        said = resident.taps("つぎの手続きを見る") if more else said
    assert {one.id for one in added} <= {data.partition("p=")[2] for data in shown}
    assert len(shown) == len(set(shown))


def test_a_procedure_tells_whether_it_is_online_and_can_be_watched(resident: Resident) -> None:
    said = words(resident.posts_back("to=procedure&p=P013"))
    assert "予定の年度を過ぎました。今の状況は窓口へ" in said
    assert "お知らせします" in words(resident.taps("オンラインになったら知らせて"))
    again = words(resident.posts_back("to=watch&p=P013"))
    assert "もう受けつけています" in again


@pytest.mark.parametrize("typed", ["メニュー", "戻る", "人に聞く", "わたしの情報"])
def test_the_ways_on_work_from_anywhere_when_typed(resident: Resident, typed: str) -> None:
    resident.says("マイナカードを作りたい")
    assert check(resident.says(typed)) == []
    with resident.database.reading() as session:
        assert len(session.scalars(select(QuestionRow)).all()) == 1


def test_where_no_class_is_to_come_phone_and_hours_are_told(resident: Resident) -> None:
    said = resident.posts_back("to=class_level&l=0")
    assert numbers(said) != []
    assert "時15分まで" in words(said)


@pytest.mark.parametrize("data", ["to=old&x=1", "", "%%%", "to=open&q=1&e=nothing", "to=yes&q=９"])
def test_a_stale_button_is_met_kindly(resident: Resident, data: str) -> None:
    said = resident.posts_back(data)
    assert words(said) != ""
    assert check(said) == []


def test_the_button_of_another_resident_does_nothing(
    resident: Resident, neighbour: Resident
) -> None:
    resident.says("マイナカードを作りたい")
    question = last_question(resident)
    said = words(neighbour.posts_back(f"to=yes&q={question.id}"))
    assert "見つかりませんでした" in said
    assert last_question(resident).reaction is None


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        (
            "sticker",
            {
                "packageId": "1",
                "stickerId": "2",
                "stickerResourceType": "STATIC",
                "quoteToken": "q",
            },
        ),
        ("image", {"contentProvider": {"type": "line"}, "quoteToken": "q"}),
        ("video", {"contentProvider": {"type": "line"}, "quoteToken": "q", "duration": 1}),
        ("audio", {"contentProvider": {"type": "line"}, "duration": 1}),
        ("file", {"fileName": "a.pdf", "fileSize": 1}),
        ("location", {"latitude": 34.9, "longitude": 136.6, "address": "見本の住所"}),
        ("hologram", {}),
    ],
)
def test_every_kind_of_message_is_answered(
    resident: Resident, kind: str, parts: dict[str, object]
) -> None:
    assert words(resident.sends(kind, **parts)) != ""


def test_unsent_words_leave_the_log(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    message_id = last_question(resident).message_id
    assert resident.does({"type": "unsend", "unsend": {"messageId": message_id}}) == []
    row = last_question(resident)
    assert (row.text, row.normalised) == (None, None)
    assert row.withdrawn_at is not None


def test_unsent_words_leave_what_could_not_be_answered_as_well(resident: Resident) -> None:
    database, sealer = resident.database, resident.sealer
    source = {"type": "user", "userId": resident.user_id}
    event = {"type": "message", "webhookEventId": "01DEAD", "source": source, "replyToken": "r"}
    message = {"type": "text", "id": "m-dead", "text": "ひみつです", "quoteToken": "q"}
    with database.writing() as session:
        now = database.lease_now(session)
        inbox.keep(session, sealer, [raw_event(event | {"message": message})], now)
        session.execute(update(InboxEvent).values(state="dead", done_at=now))
    assert resident.does({"type": "unsend", "unsend": {"messageId": "m-dead"}}) == []
    with database.reading() as session:
        dead = session.scalars(select(InboxEvent.event).where(InboxEvent.state == "dead")).one()
    held = json.loads(sealer.open(dead or b"", inbox.PURPOSE))
    assert held["replyToken"] == "r"
    assert "message" not in held


def test_an_edited_message_replaces_its_words_and_is_answered_anew(resident: Resident) -> None:
    resident.says("マイナカードを作りたい", id="m-edit")
    message = {"type": "text", "id": "m-edit", "text": "粗大ごみの出し方", "quoteToken": "q"}
    assert resident.does({"type": "messageEdited", "message": message}) != []
    with resident.database.reading() as session:
        texts = session.scalars(select(QuestionRow.text).order_by(QuestionRow.id)).all()
    assert texts == [None, "粗大ごみの出し方"]


def test_a_my_number_is_masked_before_it_is_written_and_the_resident_is_told(
    resident: Resident,
) -> None:
    said = words(resident.says("マイナンバーは123456789018です。カードを作りたい"))
    assert "番号は消しました" in said
    assert "123456789018" not in (last_question(resident).text or "")


def test_what_fails_again_and_again_ends_in_an_apology_with_ways_on(resident: Resident) -> None:
    def unread(_words: str) -> str:
        raise AttributeError

    resident.says("ふりがな")
    desk = replace(resident.answering.desk, add_readings=unread)
    broken = replace(resident.answering, desk=desk)
    message = {"type": "text", "id": "m-broken", "text": "粗大ごみの出し方", "quoteToken": "q"}
    event = {
        **{"type": "message", "message": message, "mode": "active"},
        **{"webhookEventId": "event-broken", "replyToken": "token-broken"},
        "source": {"type": "user", "userId": resident.user_id},
        "timestamp": int(datetime.now(UTC).timestamp() * 1000),
    }
    with resident.database.writing() as session:
        inbox.keep(session, resident.sealer, [raw_event(event)], datetime.now(UTC))

    def claimed(tries: int) -> inbox.Claim:
        now, alone = datetime.now(UTC), tries >= ALONE_FROM
        with resident.database.writing() as session:
            session.execute(update(InboxEvent).values(owner=None, run_at=now - timedelta(hours=1)))
        with resident.database.writing() as session:
            claim = inbox.claim(session, resident.sealer, owner="test", now=now, alone=alone)
        assert claim is not None
        return claim

    last = APOLOGISE_AT - 1
    for tries in range(last):
        with pytest.raises(AttributeError):
            broken.answer(claimed(tries))
    broken.answer(claimed(last))
    said = replies(resident.database, resident.sealer, "event-broken")
    assert words(said).startswith("うまくお答えできませんでした。")
    assert desk.city.phone in words(said)
    assert labels(said) == ["メニュー", "質問する", "人に聞く"]


def test_standby_is_not_answered(resident: Resident) -> None:
    message = {"type": "text", "id": "m1", "text": "こんにちは", "quoteToken": "q"}
    assert resident.does({"type": "message", "mode": "standby", "message": message}) == []


def test_a_group_hears_one_sentence_and_is_not_logged(resident: Resident) -> None:
    group = {"type": "group", "groupId": "C" + "1" * 32, "userId": resident.user_id}
    said = resident.does({"type": "join", "source": {"type": "group", "groupId": "C" + "1" * 32}})
    assert "一対一" in words(said)
    message = {
        "type": "text",
        "id": "m1",
        "text": "マイナンバーカードを作りたい",
        "quoteToken": "q",
    }
    assert resident.does({"type": "message", "source": group, "message": message}) == []
    with resident.database.reading() as session:
        assert session.scalars(select(QuestionRow)).all() == []


def test_easy_japanese_is_used_from_the_moment_it_is_chosen(resident: Resident) -> None:
    resident.says("やさしい日本語")
    assert "申（もう）し込（こ）み" in words(resident.says("マイナカードを作りたい"))


def test_readings_are_added_for_those_who_want_them(resident: Resident) -> None:
    resident.says("ふりがな")
    said = resident.says("マイナカードを作りたい")
    assert "（ひつよう）" in words(said)
    assert check(said) == []


def test_the_log_holds_the_district_that_a_resident_told_and_guesses_none(
    resident: Resident,
) -> None:
    resident.says("住民票がほしい")
    resident.posts_back("to=district_set&d=tomida")
    resident.says("住民票の写しがほしい")
    with resident.database.reading() as session:
        asked = session.scalars(select(QuestionRow.district).order_by(QuestionRow.id)).all()
    assert asked == [None, "富田"]


def test_the_name_of_an_allowance_alone_leads_to_that_allowance(resident: Resident) -> None:
    for said in ("児童手当", "じどうてあて"):
        resident.says(said)
        row = last_question(resident)
        assert row.outcome == "candidates"
        assert {one.rpartition("-")[0] for one in row.shown} == {"child-allowance"}
