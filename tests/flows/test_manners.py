"""How residents are met: six buttons at most, a way on everywhere, typed words as they come."""

import pytest
from sqlalchemy import select

from bot.questions.models import QuestionRow
from tests.flows.chatting import Resident, actions, labels, numbers, words
from tests.flows.test_conversation import last_question


def buttons(message: dict[str, object]) -> list[str]:
    """What stands on the buttons of one message's cards, without its quick replies."""
    return labels([{key: part for key, part in message.items() if key != "quickReply"}])


@pytest.mark.parametrize(
    "typed",
    [
        "マイナカードを作りたい",
        "児童手当の申請",
        "ごみ",
        "明日の天気を教えて",
        "メニュー",
        "手続き",
        "人に聞く",
        "わたしの情報",
        "読み方を変える",
        "わたしの情報を消す",
        "家が燃えてる",
        "スマホ教室",
        "お知らせ",
        "もういい",
        "わかりました",
        "👍",
        "はい",
        "怖い",
    ],
)
def test_six_buttons_at_most_stand_together_and_there_is_always_a_way_on(
    resident: Resident, typed: str
) -> None:
    said = resident.says(typed)
    assert sum(len(buttons(message)) for message in said) <= 6
    targets = {a.get("data", "") for a in actions(said)}
    assert "to=menu" in targets or targets >= {f"to={area}" for area in ("ask", "procedures", "me")}
    assert any(target == "to=person" for target in targets) or numbers(said) != []


def test_the_greeting_shows_six_buttons_and_offers_another_way_of_reading(
    resident: Resident,
) -> None:
    said = resident.does({"type": "follow", "follow": {"isUnblocked": False}})
    assert sum(len(buttons(message)) for message in said) == 6
    assert "読み方を変える" in labels(said)


def test_the_number_to_ring_stands_in_writing_too(resident: Resident) -> None:
    assert "000-0000-0000" in words(resident.says("マイナカードを作りたい"))
    assert "000-0000-0000" in words(resident.says("人に聞く"))


def test_yes_and_no_can_be_typed(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    assert "お役に立てず" in words(resident.says("いいえ"))
    assert last_question(resident).reaction == "no"
    assert "よかったです" in words(resident.says("はい"))
    assert last_question(resident).reaction == "yes"


def test_none_of_these_can_be_typed(resident: Resident) -> None:
    resident.says("ごみ")
    resident.says("この中にない")
    assert last_question(resident).review == "none_of_these"


def test_a_yes_to_nothing_is_met_kindly_and_not_logged(resident: Resident) -> None:
    assert "知りたいことを" in words(resident.says("はい"))
    with resident.database.reading() as session:
        assert session.scalars(select(QuestionRow)).all() == []


@pytest.mark.parametrize("said", ["👍", "😀😀", "。。。", "？", "　", "123456789018"])
def test_signs_without_a_word_are_no_question(resident: Resident, said: str) -> None:
    assert "言葉で" in words(resident.says(said))
    with resident.database.reading() as session:
        assert session.scalars(select(QuestionRow)).all() == []


def test_who_leaves_a_telephone_number_is_told_that_nobody_rings_back(resident: Resident) -> None:
    said = words(resident.says("児童手当のことで090-0000-0000に電話ください"))
    assert "ここから電話をかけることはできません" in said
    assert "090" not in (last_question(resident).text or "")


def test_fear_is_asked_kindly_and_is_no_question(resident: Resident) -> None:
    said = resident.says("怖い")
    assert "どうしましたか" in words(said)
    assert "119" in words(said)
    with resident.database.reading() as session:
        assert session.scalars(select(QuestionRow)).all() == []


@pytest.mark.parametrize("typed", ["119", "１１０", "110番"])
def test_an_emergency_number_alone_is_danger(resident: Resident, typed: str) -> None:
    assert {"119", "110"} <= set(numbers(resident.says(typed)))


@pytest.mark.parametrize("typed", ["予約はいる？", "代理でもいい？", "郵送でもいい？"])
def test_what_is_not_written_is_said_to_be_unwritten(resident: Resident, typed: str) -> None:
    resident.says("マイナカードを作りたい")
    said = words(resident.says(typed))
    assert ("書いてありません" in said) or ("こう書いてあります" in said)
    assert "市民課" in said


def test_anger_meets_an_apology_and_a_number(resident: Resident) -> None:
    said = resident.says("ふざけるな！")
    assert "お役に立てず、すみません" in words(said)
    assert numbers(said) != []


@pytest.mark.parametrize("typed", ["いつまで待たせるんだ！税金泥棒", "対応が最悪です"])
def test_anger_that_asks_nothing_is_not_looked_up(resident: Resident, typed: str) -> None:
    said = resident.says(typed)
    assert "お役に立てず、すみません" in words(said)
    assert numbers(said) != []
    with resident.database.reading() as session:
        assert session.scalars(select(QuestionRow)).all() == []


def test_who_writes_english_reads_english_below_the_answer(resident: Resident) -> None:
    said = resident.says("How do I throw away big garbage?")
    answer, below = said
    assert "まだ答えを持っていません" in words([answer])
    assert words([below]).startswith("This chat answers in Japanese.")
    assert "quickReply" in below
    assert {"Easy Japanese", "Call city hall", "調べてお返事します"} <= set(labels(said))
    easy = resident.taps("Easy Japanese")
    assert "これから こう 書（か）きます" in words(easy)


def test_danger_in_a_message_is_not_kept_waiting_by_its_language(resident: Resident) -> None:
    said = resident.says("119")
    assert "This chat" not in words(said)
    assert {"119", "110"} <= set(numbers(said))


@pytest.mark.parametrize("typed", ["なにがいりますか", "印鑑いりますか？", "お金かかりますか"])
def test_follow_ups_are_read_as_people_put_them(resident: Resident, typed: str) -> None:
    resident.says("印鑑登録をしたい")
    resident.says(typed)
    assert last_question(resident).kind == "follow_up"


def test_what_the_answer_says_is_not_called_unwritten(resident: Resident) -> None:
    resident.says("引っ越しの届けが14日を過ぎてしまいました")
    assert "過料" in words(resident.says("いくら？"))


def test_whether_it_is_online_is_told_as_its_procedure_has_it(resident: Resident) -> None:
    resident.says("児童手当の申請には何が必要ですか")
    said = resident.says("スマホでできますか")
    assert "ぴったりサービス" in words(said)
    assert "ネットで手続きする" in labels(said)


def test_what_a_life_event_is_about_comes_first(resident: Resident) -> None:
    said = words(resident.posts_back("to=event&k=hikkoshi"))
    assert said.index("転入届") < said.index("児童手当の住所変更")


def test_a_statute_name_stands_below_the_everyday_one(resident: Resident) -> None:
    said = words(resident.posts_back("to=procedure&p=P001")).splitlines()
    assert said[:2] == [
        "児童手当の申請",
        "児童手当等の受給資格及び児童手当の額についての認定請求",
    ]


def test_after_everything_is_deleted_there_is_a_way_on(resident: Resident) -> None:
    resident.says("マイナカードを作りたい")
    old = [a["data"] for a in actions(resident.seen) if a["type"] == "postback"]
    resident.says("わたしの情報を消す")
    assert "メニュー" in labels(resident.taps("はい、消します"))
    for button in old:
        assert words(resident.posts_back(button)) != ""
