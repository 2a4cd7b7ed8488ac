"""Words typed about news and districts: they stop what is meant, and answer what was asked."""

import pytest
from sqlalchemy import func, select

from bot.questions.models import QuestionRow
from tests.flows.chatting import CivilTime, Resident, labels, words
from tests.flows.test_choices import chosen


def logged(resident: Resident) -> int:
    with resident.database.reading() as session:
        return session.scalar(select(func.count()).select_from(QuestionRow)) or 0


def gets(resident: Resident, *topics: str) -> None:
    for topic in topics:
        resident.posts_back(f"to=topic_on&t={topic}")


@pytest.mark.parametrize(
    ("said", "topic", "name"),
    [
        ("スマホ教室のお知らせを止めたい", "classes", "スマホ教室"),
        ("スマホ教室のおしらせをとめたいです。", "classes", "スマホ教室"),
        ("教室のお知らせはもういらない", "classes", "スマホ教室"),
        ("介護の通知をやめたい", "care", "介護"),
        ("かいごのおしらせはいりません", "care", "介護"),
        ("防災のメールを停止してください", "disaster", "防災"),
        ("詐欺のお知らせを止めてほしい", "safety", "防犯と詐欺"),
        ("防災の話題はもういいです", "disaster", "防災"),
        ("計画の進み具合のお知らせ、いらないです", "plan", "計画の進み具合"),
    ],
)
def test_the_topic_that_is_named_stops(
    resident: Resident, said: str, topic: str, name: str
) -> None:
    gets(resident, topic, "health")
    assert f"「{name}」のお知らせを止めました。もう届きません。" in words(resident.says(said))
    assert chosen(resident).topics == {"health"}
    assert "元に戻す" in labels(resident.seen)
    assert logged(resident) == 0


@pytest.mark.parametrize(
    "said",
    [
        "お知らせをとめたい",
        "お知らせをやめたいんですが",
        "おしらせはもういらない",
        "このお知らせを止めてください",
        "ごみの日の通知を止めたい",
        "配信を停止したい",
        "健康と介護のお知らせを止めたい",
        "介護のお知らせの止め方を教えて",
        "介護のお知らせは止められますか",
    ],
)
def test_which_one_is_asked_where_none_is_named(resident: Resident, said: str) -> None:
    gets(resident, "care", "health")
    assert "どのお知らせを止めますか" in words(resident.says(said))
    assert chosen(resident).topics == {"care", "health"}
    assert logged(resident) == 0


@pytest.mark.parametrize("said", ["お知らせを全部止めたい", "全部のお知らせをやめたい"])
def test_all_of_it_is_asked_once_more(resident: Resident, said: str) -> None:
    gets(resident, "care", "health")
    assert "お知らせを全部止めますか" in words(resident.says(said))


@pytest.mark.parametrize(
    "said",
    [
        "お知らせを止めるとどうなりますか",
        "水道を止めたい",
        "介護をやめたい",
        "お知らせを止めないで",
    ],
)
def test_what_is_no_wish_to_stop_news_stops_nothing(resident: Resident, said: str) -> None:
    gets(resident, "care")
    resident.says(said)
    assert chosen(resident).topics == {"care"}
    assert "止めました" not in words(resident.seen)
    assert "どのお知らせを止めますか" not in words(resident.seen)


def test_news_of_what_is_no_topic_is_a_question_for_who_gets_none(resident: Resident) -> None:
    resident.says("納税のお知らせを止めたい")
    assert logged(resident) == 1


@pytest.mark.parametrize(
    "said", ["富田", "とみだ", "トミダ", "富田地区です", "とみだに住んでいます"]
)
def test_a_district_typed_to_our_question_is_kept(resident: Resident, said: str) -> None:
    resident.says("地区を変えたい")
    assert words(resident.says(said)).startswith("「富田」ですね。わかりました。")
    assert chosen(resident).district == "tomida"
    assert logged(resident) == 0


def test_a_district_typed_between_the_questions_leads_to_the_next_one(resident: Resident) -> None:
    resident.posts_back("to=choose_topics&walk=1")
    resident.taps("スマホ教室")
    resident.taps("つぎへ")
    assert "何歳ぐらいですか" in words(resident.says("はづ"))
    assert chosen(resident).district == "hazu"


def test_a_district_typed_to_the_question_about_classes_leads_to_its_classes(
    resident: Resident,
) -> None:
    resident.says("スマホ教室")
    said = words(resident.says("桜"))
    assert "さがす所：桜" in said
    assert chosen(resident).district is None, "remembered only when that is tapped"
    assert logged(resident) == 0


@pytest.mark.parametrize("said", ["富田", "しもの", "県", "内部地区"])
def test_a_district_typed_alone_leads_on_and_is_no_unanswered_question(
    resident: Resident, said: str
) -> None:
    resident.says(said)
    assert "のことですね。" in words(resident.seen)
    assert {"この地区の教室をさがす", "この地区をおぼえる"} <= set(labels(resident.seen))
    assert logged(resident) == 0
    resident.taps("この地区をおぼえる")
    assert chosen(resident).district is not None
    resident.says(said)
    assert "この地区をおぼえる" not in labels(resident.seen)


def test_our_question_is_not_remembered_for_long(resident: Resident, civil: CivilTime) -> None:
    resident.says("地区を変えたい")
    civil.passes(minutes=11)
    assert "「富田」のことですね。" in words(resident.says("富田"))
    assert chosen(resident).district is None


def test_a_question_that_names_a_district_stays_a_question(resident: Resident) -> None:
    resident.says("富田の避難所はどこですか")
    assert logged(resident) == 1
