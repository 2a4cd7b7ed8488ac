"""Residents choose in the chat what they are told, skip what they like, and stop with one tap."""

import pytest

from bot.line.inbound import resident_key
from bot.line.limits import check
from bot.residents import preferences
from bot.residents.rules import AgeBand, Choices, Hours
from tests.flows.chatting import Message, Resident, actions, labels, words


def chosen(resident: Resident) -> Choices:
    with resident.database.reading() as session:
        return preferences.chosen(session, resident_key(resident.sealer, resident.user_id))


def fits(messages: list[Message]) -> bool:
    """Within LINE's limits, and never more than six buttons on a card."""
    cards = [m["contents"] for m in messages if m["type"] == "flex"]
    bubbles = [b for card in cards for b in card.get("contents", [card])]
    return check(messages) == [] and all(len(actions([bubble])) <= 6 for bubble in bubbles)


def test_choosing_leads_from_question_to_question_and_ends_with_what_is_kept(
    resident: Resident, neighbour: Resident
) -> None:
    neighbour.posts_back("to=topic_on&t=care")
    said = resident.says("お知らせの設定")
    assert "選ばなければ、何も届きません。" in words(said)
    assert fits(resident.taps("お知らせを選ぶ"))
    assert "「スマホ教室」のお知らせを、これからお届けします。" in words(
        resident.taps("スマホ教室")
    )
    assert "✓ スマホ教室" in words(resident.taps("ほかの話題も選ぶ"))
    resident.taps("介護")
    assert fits(resident.taps("つぎへ"))
    said = resident.taps("羽津")
    assert words(said).startswith("「羽津」ですね。わかりました。")
    assert fits(said)
    assert "教室などに行きやすいのは、いつですか" in words(resident.taps("とばす"))
    said = resident.taps("どちらでもよい")
    assert "お知らせの控え" in words(said)
    assert "スマホ教室、介護" in words(said)
    assert "羽津" in words(said)
    assert fits(said)
    assert chosen(resident) == Choices(frozenset(["classes", "care"]), "hazu", hours=Hours.EITHER)
    assert chosen(neighbour) == Choices(frozenset(["care"]))
    resident.taps("年代を選ぶ")
    assert "「65歳から74歳」ですね。" in words(resident.taps("65歳から74歳"))
    assert chosen(resident).age_band is AgeBand.TO_74
    resident.taps("年代を選ぶ")
    assert "残していたものは消しました" in words(resident.taps("残したものを消す"))
    assert chosen(resident).age_band is None


def test_a_topic_stops_with_one_tap_comes_back_with_one_and_all_stop_with_two(
    resident: Resident,
) -> None:
    resident.posts_back("to=topic_on&t=childcare")
    resident.posts_back("to=topic_on&t=disaster")
    said = words(resident.posts_back("to=stop_topic&t=childcare"))
    assert said.startswith("「子育て」のお知らせを止めました。もう届きません。")
    assert words(resident.posts_back("to=stop_topic&t=childcare")) == said
    assert chosen(resident).topics == {"disaster"}
    assert "またお届けします" in words(resident.taps("元に戻す"))
    assert chosen(resident).topics == {"childcare", "disaster"}
    assert fits(resident.says("お知らせを止めたい"))
    assert "「子育て」のお知らせを止めました。" in words(resident.taps("子育て"))
    resident.taps("元に戻す")
    resident.says("お知らせを止めたい")
    assert "全部止めますか" in words(resident.taps("全部止める"))
    assert chosen(resident).topics == {"childcare", "disaster"}
    assert "全部止めました" in words(resident.taps("はい、止めます"))
    assert chosen(resident).topics == set()
    assert "お知らせを選ぶ" in labels(resident.seen)
    assert "選ばなければ、何も届きません。" in words(resident.says("お知らせを止めたい"))


@pytest.mark.parametrize(
    ("button", "answer"),
    [
        ("to=topic_on&t=gone", "この話題のお知らせは、いまはありません。"),
        ("to=stop_topic&t=gone", "「この話題」のお知らせを止めました。"),
        ("to=stop_topic", "「この話題」のお知らせを止めました。"),
        ("to=district_set&d=atlantis", "このボタンは古くなりました。"),
        ("to=age_set&a=old", "このボタンは古くなりました。"),
        ("to=hours_set&h=noon", "このボタンは古くなりました。"),
        ("to=later", "わかりました。また今度で、だいじょうぶです。"),
        ("to=choose_page", "いまは、専用のページを開けません。"),
    ],
)
def test_old_buttons_keep_nothing_and_are_answered_kindly(
    resident: Resident, button: str, answer: str
) -> None:
    said = resident.posts_back(button)
    assert words(said).startswith(answer)
    assert fits(said)
    assert chosen(resident).is_empty


@pytest.mark.parametrize("style", ["easy", "furigana"])
def test_every_card_fits_in_every_way_of_reading(resident: Resident, style: str) -> None:
    resident.posts_back(f"to=style_set&s={style}")
    for button in (
        *("news", "choose_topics&walk=1", "choose_district&walk=1", "choose_age", "choose_hours"),
        *("topic_on&t=safety", "topic_on&t=care&again=1", "age_set&a=to19", "hours_set&h=night"),
        *("district_set&d=tomisuhara", "choose_district", "news", "stop_topic&t=care", "stop_all"),
        *("stop_all_yes", "later"),
    ):
        assert fits(resident.posts_back(f"to={button}")), button
