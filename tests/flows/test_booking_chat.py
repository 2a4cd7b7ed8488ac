"""A resident finds and books a class in the chat with few taps, and never types who they are."""

from datetime import timedelta

import pytest

from bot.classes import bookers, booking, catalogue, linking, queries
from bot.classes.models import SessionRow
from bot.classes.outcomes import Reserved
from bot.classes.values import Actor, Kind
from bot.line.inbound import resident_key
from bot.line.limits import check
from bot.residents import preferences
from tests.flows.chatting import CivilTime, Message, Resident, actions, labels, numbers, words
from tests.flows.class_at_work import CITY, NOON, Classes


@pytest.fixture
def classes(resident: Resident, civil: CivilTime) -> Classes:
    civil.now = NOON
    return Classes(resident.database, resident.sealer)


def known(resident: Resident, classes: Classes) -> str:
    """The resident has entered who they are and told their district; their key."""
    resident.says("こんにちは")
    key = resident_key(resident.sealer, resident.user_id)
    given = bookers.read("見本 太郎", "みほん たろう", "０９０-0000-0001")
    assert isinstance(given, bookers.Particulars)
    with resident.database.writing() as db:
        bookers.enter_own(db, resident.sealer, key, given, classes.now)
        preferences.choose_district(db, key, "tomida", classes.now)
    return key


def fits(messages: list[Message]) -> bool:
    """Within LINE's limits, and never more than six buttons on a card."""
    cards = [m["contents"] for m in messages if m["type"] == "flex"]
    bubbles = [b for card in cards for b in card.get("contents", [card])]
    return check(messages) == [] and all(len(actions([bubble])) <= 6 for bubble in bubbles)


def data_of(messages: list[Message], label: str) -> str:
    """What the button of that label carries."""
    return str(next(a["data"] for a in actions(messages) if a.get("label") == label))


def test_four_taps_lead_from_the_menu_to_the_slip(resident: Resident, classes: Classes) -> None:
    known(resident, classes)
    classes.session(20)
    resident.says("メニュー")
    taps = ["スマホ教室", "はじめて", "この教室にする", "はい、予約する"]
    for label in taps:
        assert fits(resident.taps(label))
    said = words(resident.seen)
    assert "予約できました。" in said
    assert "予約の控え" in said
    assert "12月4日（金） 午前10時〜午後0時" in said
    assert "太郎" not in said
    assert len(taps) == 4


def test_without_a_district_it_is_asked_and_may_be_remembered(
    resident: Resident, classes: Classes
) -> None:
    classes.session(20)
    said = resident.says("スマホ教室に行きたい")
    assert "どこの教室をさがしますか" in words(said)
    assert fits(said)
    assert fits(resident.taps("地区を選ぶ"))
    said = resident.taps("富田")
    assert "スマホは、どのくらい使いますか" in words(said)
    assert "電源を入れる、電話をかける" in words(said)
    assert fits(said)
    resident.taps("この地区をおぼえる")
    assert "スマホは、どのくらい使いますか" in words(resident.says("スマホ教室"))
    assert "あと20席" in words(resident.taps("はじめて"))


def test_anywhere_means_anywhere_also_for_who_told_a_district(
    resident: Resident, classes: Classes
) -> None:
    known(resident, classes)
    with resident.database.writing() as db:
        other = catalogue.put_venue(db, code="far", name="遠いセンター", district="楠")
    classes.session(20)
    classes.session(20, venue_id=other)
    resident.posts_back("to=class_anywhere")
    assert "遠いセンター（楠）" in words(resident.taps("はじめて"))
    resident.says("スマホ教室")
    assert "遠いセンター（楠）" not in words(resident.taps("はじめて"))
    said = resident.posts_back("to=class_level&l=1")
    assert "富田の教室" not in words(said)


def test_a_shared_place_leads_to_the_nearest_and_far_away_is_said_kindly(
    resident: Resident, classes: Classes
) -> None:
    classes.session(20)
    resident.says("スマホ教室")
    resident.taps("近い順でさがす")
    assert "location" in [
        item["action"]["type"] for item in resident.seen[-1]["quickReply"]["items"]
    ]
    said = resident.sends("location", title="家", address="見本", latitude=35.01, longitude=136.61)
    assert "近い順" in words(said)
    assert fits(said)
    assert "この教室にする" in labels(resident.taps("はじめて"))
    said = resident.sends("location", title="旅", address="見本", latitude=43.06, longitude=141.35)
    assert "kmあります" in words(said)
    assert "市内全部からさがす" in labels(said)


def test_who_has_not_entered_a_name_gets_the_telephone_where_there_is_no_page(
    resident: Resident, classes: Classes
) -> None:
    session = classes.session(20)
    said = resident.posts_back(f"to=class_book&s={session}")
    assert "予約は電話でお受けします。" in words(said)
    assert "00000000000" in numbers(said)


def test_a_booking_is_seen_moved_and_given_up_after_being_asked(
    resident: Resident, classes: Classes
) -> None:
    key = known(resident, classes)
    first = classes.session(2)
    later = classes.session(2, starts=NOON + timedelta(days=12))
    classes.books(key, first)
    assert "予約の控え" in words(resident.says("予約を見たい"))
    assert "どの日に変えますか" in words(resident.taps("日を変える"))
    assert "12月6日（日）" in words(resident.seen)
    assert fits(resident.seen)
    assert "この日に変えますか" in words(resident.taps("この教室にする"))
    assert "予約の日を変えました。" in words(resident.taps("はい、変えます"))
    assert "12月6日（日）" in words(resident.says("教室何時から"))
    assert "この予約をやめますか" in words(resident.taps("予約をやめる"))
    assert "予約できています" in words(resident.taps("いいえ、行きます"))
    resident.taps("予約をやめる")
    cancelled = data_of(resident.seen, "はい、やめます")
    assert "予約を取り消しました。" in words(resident.taps("はい、やめます"))
    assert "もう取り消してあります" in words(resident.posts_back(cancelled))
    assert later


def test_a_full_class_has_a_line_and_a_freed_seat_is_offered(
    resident: Resident, neighbour: Resident, classes: Classes, civil: CivilTime
) -> None:
    known(resident, classes)
    session = classes.session(1)
    first = classes.resident("first")
    classes.books(first, session)
    said = resident.posts_back(f"to=class_pick&s={session}")
    assert "満席です。順番を待ちますか" in words(said)
    assert "あなたは1番目です。" in words(resident.taps("はい、順番を待つ"))
    assert "もう申し込んであります" in words(resident.posts_back(f"to=class_book&s={session}"))
    with resident.database.writing() as db:
        held = queries.my_bookings(db, first, NOON)[0].booking.id
        booking.cancel(db, held, actor=Actor.resident(first), city=CITY, now=NOON)
    said = resident.says("わたしの予約")
    assert "はい、行きます" in labels(said)
    number = data_of(said, "はい、行きます")
    assert "見つかりません" in words(neighbour.posts_back(number))
    assert "席が取れました。" in words(resident.taps("はい、行きます"))
    assert "席が取れました。" in words(resident.posts_back(number))


@pytest.mark.parametrize(
    "button",
    [
        "to=class_pick&s=999",
        "to=class_book&s=999",
        "to=class_booking&b=999",
        "to=class_cancel&b=999",
        "to=class_cancel_yes&b=999",
        "to=class_move&b=999",
        "to=class_move_to&b=999&s=1",
        "to=class_move_yes&b=999&s=1",
        "to=class_offer_yes&b=999",
        "to=class_offer_no&b=999",
        "to=class_helpful&b=999&v=1",
        "to=class_wishes&b=999",
        "to=class_family&s=999",
        "to=class_course&c=999",
        "to=class_level&l=7&d=atlantis&n=x,y",
        "to=class_level&l=999999",
        "to=class_at&d=atlantis",
        "to=class_training",
    ],
)
def test_old_buttons_have_a_kind_answer_and_a_way_on(
    resident: Resident, classes: Classes, button: str
) -> None:
    classes.session(2)
    said = resident.posts_back(button)
    assert fits(said)
    assert "もう一度送ってください" not in words(said)
    assert len(labels(said)) >= 3


def test_a_class_that_cannot_be_had_is_said_so_with_others_to_choose(
    resident: Resident, classes: Classes, civil: CivilTime
) -> None:
    known(resident, classes)
    past, closed, soon = classes.session(), classes.session(), classes.session()
    classes.session(starts=NOON + timedelta(days=30))
    with resident.database.writing() as db:
        db.get_one(SessionRow, past).starts_at = NOON - timedelta(days=30)
        db.get_one(SessionRow, closed).closes_at = NOON
        db.get_one(SessionRow, soon).opens_at = NOON + timedelta(days=1)
    for session, said in (
        (past, "この教室は、もう終わりました。"),
        (closed, "この教室の受付は、終わりました。"),
        (soon, "この教室の受付は、令和8年11月25日（水） 午後0時からです。"),
        (999, "この教室は、いまはありません。"),
    ):
        for to in ("class_pick", "class_book"):
            answer = resident.posts_back(f"to={to}&s={session}")
            assert words(answer).startswith(said)
            assert "かわりに、こちらの教室があります。" in words(answer)
            assert "この教室にする" in labels(answer)


def test_as_many_as_one_may_have_and_two_at_once_are_said_so(
    resident: Resident, classes: Classes
) -> None:
    key = known(resident, classes)
    classes.books(key, classes.session())
    said = resident.posts_back(f"to=class_book&s={classes.session()}")
    assert "同じ時間に「はじめてのスマホ」の予約があります。" in words(said)
    assert "予約できました。" in words(resident.taps("それでも予約する"))
    classes.books(key, classes.session(starts=NOON + timedelta(days=20)))
    fourth = classes.session(starts=NOON + timedelta(days=21))
    said = resident.posts_back(f"to=class_book&s={fourth}")
    assert "一度に申し込めるのは、3つまでです。" in words(said)
    assert len([a for a in labels(resident.taps("わたしの予約")) if a == "予約を見る"]) == 3


def test_the_code_of_a_slip_links_a_booking_by_telephone(
    resident: Resident, classes: Classes
) -> None:
    resident.says("こんにちは")
    booked = classes.rings(classes.caller(), classes.session())
    assert isinstance(booked, Reserved)
    with resident.database.writing() as db:
        code = linking.issue(db, resident.sealer, booked.booking.id, city=CITY, now=NOON)
    assert isinstance(code, str)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert "このコードは使えません。" in words(resident.says(f"コードは {wrong}"))
    typed = f"{code[:4]}ー{code[4:]}".translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert "このLINEがつながりました。" in words(resident.says(typed))
    assert "予約の控え" in words(resident.says("わたしの予約"))
    for _ in range(5):
        said = resident.says(wrong)
        assert "このコードは使えません。" in words(said)
    assert "少しお休みします。" in words(resident.says(wrong))


def test_wishes_in_free_text_lead_to_the_classes(resident: Resident, classes: Classes) -> None:
    classes.session()
    for said in (
        "すまほきょうしつにいきたいです",
        "スマホ教室に行ってみたいんですが",
        "教室を予約したいんですけど",
        "スマホの講習を受けたい",
        "近くの教室に行きたい",
        "教室何時から",
        "スマホ教室は何時からですか？",
    ):
        assert "どこの教室をさがしますか" in words(resident.says(said)), said
    for said in ("予約を見たい", "わたしの予約", "予約の確認をしたい", "教室をやめたい"):
        assert "いま、申し込んでいる教室はありません。" in words(resident.says(said)), said


def test_a_code_may_be_sent_with_a_few_words_around_it(
    resident: Resident, classes: Classes
) -> None:
    resident.says("こんにちは")
    booked = classes.rings(classes.caller(), classes.session())
    assert isinstance(booked, Reserved)
    with resident.database.writing() as db:
        code = linking.issue(db, resident.sealer, booked.booking.id, city=CITY, now=NOON)
    assert "このLINEがつながりました。" in words(resident.says(f"予約コードは {code}です。"))


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("スマホ教室の料金は？", "スマホ教室にお金はかかりますか"),
        ("スマホ教室の持ち物", "スマホ教室には何を持って行けばよいですか"),
        ("教室を休みます", "申し込んだスマホ教室を休みたい・取り消したいときはどうしますか"),
        ("きょうしつはいつですか", "次のスマホ教室はいつありますか"),
    ],
)
def test_questions_about_classes_are_answered_by_the_knowledge(
    resident: Resident, classes: Classes, question: str, entry: str
) -> None:
    classes.session()
    assert entry in words(resident.says(question))


def test_who_has_a_booking_and_wants_to_stay_away_sees_it(
    resident: Resident, classes: Classes
) -> None:
    key = known(resident, classes)
    classes.books(key, classes.session())
    for said in ("明日の教室やめたい", "教室に行けなくなった", "きょうしつをやすみます"):
        assert "予約をやめる" in labels(resident.says(said))


def test_training_for_supporters_has_a_button_of_its_own(
    resident: Resident, classes: Classes
) -> None:
    with resident.database.writing() as db:
        course = catalogue.put_course(
            db, code="help", title="スマホサポーター養成", kind=Kind.SUPPORTERS, level=3
        )
    classes.session(course_id=course)
    resident.says("スマホ教室")
    said = resident.taps("教える人になる講座")
    assert "スマホサポーター養成" in words(said)
    assert "この教室でよいですか" in words(resident.taps("この教室にする"))
    assert "スマホサポーター養成" in words(resident.taps("ほかの日をさがす"))


def test_typed_for_the_training_has_all_its_days_too(resident: Resident, classes: Classes) -> None:
    with resident.database.writing() as db:
        course = catalogue.put_course(
            db, code="help", title="スマホサポーター養成", kind=Kind.SUPPORTERS, level=3
        )
    for days in range(10, 17):
        classes.session(course_id=course, starts=NOON + timedelta(days=days))
    said = resident.says("サポーター講座")
    assert "スマホサポーター養成" in words(said)
    assert labels(said).count("この教室にする") == 5
    assert labels(resident.taps("つぎの教室を見る")).count("この教室にする") == 2


def test_a_family_sees_all_of_its_bookings_a_few_at_a_time(
    resident: Resident, classes: Classes
) -> None:
    key = known(resident, classes)
    for number in range(3):
        given = bookers.read("見本 花", f"みほん {'あいう'[number]}", "090-0000-0001")
        assert isinstance(given, bookers.Particulars)
        with resident.database.writing() as db:
            child = bookers.enter_family(db, resident.sealer, key, given, NOON)
        for days in range(10, 13):
            starts = NOON + timedelta(days=days, hours=3 * number)
            assert isinstance(classes.rings(child, classes.session(starts=starts)), Reserved)
    said = resident.says("わたしの予約")
    assert fits(said)
    assert labels(said).count("予約を見る") == 5
    assert labels(resident.taps("つぎの予約を見る")).count("予約を見る") == 4
    assert labels(resident.posts_back("to=class_mine&o=99")).count("予約を見る") == 5


def test_a_place_that_lies_in_no_district_has_no_empty_brackets(
    resident: Resident, classes: Classes
) -> None:
    with resident.database.writing() as db:
        shop = catalogue.put_venue(db, code="shop", name="見本の店", district="")
    classes.session(venue_id=shop)
    resident.posts_back("to=class_anywhere")
    said = words(resident.taps("はじめて"))
    assert "見本の店" in said
    assert "（）" not in said


def test_after_class_it_is_asked_whether_it_helped(
    resident: Resident, classes: Classes, civil: CivilTime
) -> None:
    key = known(resident, classes)
    session = classes.session()
    booked = classes.books(key, session)
    assert isinstance(booked, Reserved)
    classes.session(starts=NOON + timedelta(days=20))
    civil.passes(days=11)
    said = resident.posts_back(f"to=class_helpful&b={booked.booking.id}&v=1")
    assert "よかったです。" in words(said)
    assert "この教室にする" in labels(resident.taps("もう一度受ける"))
