"""Staff run classes in the console: plan them, book for those who ring, call, tick, print."""

import re
from datetime import timedelta

import pytest

from bot.classes import linking, sessions
from bot.classes.attendance import checkin_token
from bot.classes.values import Channel, State
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.rules import Role
from tests.flows.class_at_work import CITY, NOON
from tests.flows.classroom import CALLER, Room, led_to, number_in


@pytest.fixture
def room(database: Database, sealer: Sealer) -> Room:
    return Room(database, sealer)


def test_a_class_is_planned_copied_repeated_moved_and_called_off(room: Room) -> None:
    staff = room.staff
    assert staff.get("/console/classes").status_code == 200
    assert "この条件の教室は、ありません。" in staff.words
    staff.get("/console/classes/new")
    wanted = {
        "course": room.classes.course,
        "venue": room.classes.venue,
        "day": "2026-12-04",
        "start": "10:00",
        "end": "12:00",
        "capacity": "２０",
        "kept": "2",
    }
    refused = staff.post("/console/classes/new", {**wanted, "end": "09:00", "kept": "30"})
    assert refused.status_code == 422
    assert "日時を確かめてください" in staff.words
    made = led_to(staff.post("/console/classes/new", wanted))
    session = number_in(made)
    staff.get(made)
    assert "予約 0／20人" in staff.words
    assert "受付" in staff.words
    for month in ("?month=2026-12", ""):
        staff.get(f"/console/classes{month}")
        assert "午前10時 はじめてのスマホ" in staff.words, "the next class is a month away"

    seat = room.classes.books(room.classes.resident(), session)
    caller = room.classes.rings(room.classes.caller(), session)
    staff.get(f"/console/classes/{session}/edit")
    stamp = staff.page.split('name="stamp" value="')[1].split('"')[0]
    moved = {**wanted, "stamp": stamp, "start": "13:30", "end": "15:00", "as": "open"}
    looked = staff.post(f"/console/classes/{session}/edit", moved)
    assert looked.status_code == 200
    assert "お知らせを確かめる" in staff.words
    assert "12月4日（金） 午後1時30分〜午後3時" in staff.words
    assert "LINEで知らせる 1人" in staff.words
    assert "電話リストに載せる 1人" in staff.words
    done = staff.post(f"/console/classes/{session}/edit", {**moved, "sure": "1"})
    staff.get(led_to(done))
    assert "教室を変えました。知らせる人：2人" in staff.words
    stale = staff.post(f"/console/classes/{session}/edit", {**moved, "sure": "1"})
    assert stale.status_code == 409

    staff.get(f"/console/classes/{session}/repeat?every=7&times=4")
    assert "令和8年12月11日（金）" in staff.words
    again = {"every": "7", "times": "4", "day": ["1", "3"]}
    staff.get(led_to(staff.post(f"/console/classes/{session}/repeat", again)))
    assert "教室を2件作りました。" in staff.words
    staff.get(led_to(staff.post(f"/console/classes/{session}/repeat", again)))
    assert "教室を0件作りました。" in staff.words
    staff.get(f"/console/classes/{session}/repeat?every=7&times=4")
    assert staff.words.count("同じ教室が、もうあります。") == 2
    staff.get(f"/console/classes/new?like={session}")
    assert 'value="13:30"' in staff.page

    staff.get(f"/console/classes/{session}/off")
    assert "中止" in staff.words
    staff.get(led_to(staff.post(f"/console/classes/{session}/off")))
    assert "中止にしました。知らせる人：2人" in staff.words
    assert room.booked(seat.booking.id).booking.state is State.CANCELLED  # type: ignore[union-attr]
    staff.get("/console/classes/calls")
    assert "教室の中止" in staff.words
    assert "見本 花子" not in staff.words
    booking = caller.booking.id  # type: ignore[union-attr]
    assert f"予約{booking}番" in staff.words
    assert room.trail() == [
        "class.created",
        "class.changed",
        "class.repeated",
        "class.called_off",
    ]


def test_who_rings_up_is_booked_gets_a_slip_and_is_found_again(room: Room) -> None:
    session = room.classes.session(capacity=1, kept=1)
    other = room.classes.session(capacity=5, starts=NOON + timedelta(days=10, hours=-1))
    desk = room.enter("madoguchi", Role.COUNTER)
    desk.get(f"/console/classes/{session}/book")
    half = desk.post(f"/console/classes/{session}/book", {**CALLER, "kana": "花子", "act": "look"})
    assert half.status_code == 422
    assert "ひらがなかカタカナで" in desk.words
    desk.post(f"/console/classes/{session}/book", {**CALLER, "act": "look"})
    assert "席があります。" in desk.words
    assert "090-0000-0001" in desk.words
    booked = led_to(desk.post(f"/console/classes/{session}/book", {**CALLER, "act": "book"}))
    number = number_in(booked)
    held = room.booked(number).booking
    assert (held.state, held.channel, held.is_linked) == (State.BOOKED, Channel.PHONE, False)
    desk.get(booked)
    assert "見本 𠮷子（ミホン ハナコ）" in desk.words
    assert "補聴器があります" in desk.words
    assert "見本" not in booked

    slip = desk.post(f"/console/classes/bookings/{number}/slip")
    assert slip.status_code == 200
    assert "data:image/svg+xml" in desk.page
    first = desk.page.split('slip-code">')[1].split("<")[0]
    assert len(first.replace(" ", "")) == 8
    desk.post(f"/console/classes/bookings/{number}/slip")
    assert first not in desk.page

    desk.get(booked.replace(f"/{number}?", f"/{number}/correct?"))
    assert "補聴器があります" in desk.words
    corrected = {**CALLER, "person": "見本 𠮷江", "wish": "前の席", "needs_hearing": ""}
    again = booked.replace(f"/{number}?", f"/{number}/correct?")
    desk.get(led_to(desk.post(again, corrected)))
    assert "見本 𠮷江（ミホン ハナコ）" in desk.words
    assert "前の席" in desk.words
    assert not room.booked(number).booking.wishes.needs_hearing
    desk.get(led_to(desk.post(again, CALLER)))
    desk.get(led_to(desk.get(f"/console/classes/bookings/{number}/correct")))
    assert "見本 𠮷子" not in desk.words

    desk.post(f"/console/classes/{other}/book", {**CALLER, "act": "look"})
    assert "同じ時間に、ほかの教室の予約があります" in desk.words
    again = desk.post(f"/console/classes/{session}/book", {**CALLER, "act": "look"})
    assert "もうこの教室を予約しています" in desk.words
    desk.post(f"/console/classes/{session}/book", {**CALLER, "act": "book"})
    assert again.status_code == 200
    with_line = {**CALLER, "phone": "059-000-1234", "kana": "たろう", "person": "見本 太郎"}
    desk.post(f"/console/classes/{session}/book", {**with_line, "act": "look"})
    assert "キャンセル待ちの1番目になります" in desk.words

    desk.get("/console/classes/find")
    for words in ("090-0000-0001", "みほん", "𠮷子"):
        desk.post("/console/classes/find", {"words": words})
        assert "見本 𠮷子" in desk.words
    desk.post("/console/classes/find", {"words": "やまだ"})
    assert "見つかりませんでした" in desk.words
    known = {**CALLER, "kana": "", "person": "", "act": "known"}
    desk.post(f"/console/classes/{other}/book", known)
    assert "見本 𠮷子（ミホン ハナコ）" in desk.words
    assert room.trail().count("class.booked") == 1
    assert room.trail().count("class.searched") == 5

    desk.post(f"/console/classes/bookings/{number}/slip")
    code = desk.page.split('slip-code">')[1].split("<")[0]
    key = room.classes.resident()
    with room.database.writing() as db:
        done = linking.link(db, room.sealer, key, code, city=CITY, now=room.now)
    assert isinstance(done, linking.Linked)
    assert room.booked(number).booking.is_linked
    desk.post(f"/console/classes/bookings/{number}/slip")
    assert 'slip-code">' not in desk.page

    desk.post(f"/console/classes/bookings/{number}/cancel")
    printed = room.trail().count("class.slip_printed")
    assert desk.post(f"/console/classes/bookings/{number}/slip").status_code == 303
    assert room.trail().count("class.slip_printed") == printed


def test_the_trail_says_what_of_a_venue_and_a_course_was_changed_or_taken_away(room: Room) -> None:
    desk = room.staff
    desk.get("/console/classes/venues/new")
    venue = {"name": "見本会館", "address": "見本町1"}
    desk.post("/console/classes/venues/new", venue)
    desk.get("/console/classes/venues")
    page = re.findall(r'href="([^"]+)">見本会館<', desk.page)[0]
    desk.get(page)
    desk.post(page, {**venue, "address": "見本町2"})
    desk.post(page, {**venue, "address": "見本町2"})
    desk.post(f"{page}/remove")
    desk.get("/console/classes/courses/new")
    desk.post(
        "/console/classes/courses/new", {"title": "見本の講座", "kind": "class", "level": "0"}
    )
    desk.get("/console/classes/courses")
    page = re.findall(r'href="([^"]+)">見本の講座<', desk.page)[0]
    desk.post(f"{page}/remove")
    with room.database.reading() as db:
        rows = [row.done for row in audit.find(db, audit.Search(), most=9)]
    told = {one.action: (one.before, one.after) for one in rows}
    assert told["class.venue_added"] == (None, venue)
    assert told["class.venue_changed"] == ({"address": "見本町1"}, {"address": "見本町2"})
    assert told["class.venue_removed"] == ({"name": "見本会館"}, None)
    assert told["class.course_removed"] == ({"title": "見本の講座"}, None)
    assert room.trail().count("class.venue_changed") == 1


def test_a_name_that_fills_the_booking_form_is_recorded_as_read(room: Room) -> None:
    session = room.classes.session()
    desk = room.enter("uketsuke", Role.COUNTER)
    desk.get(f"/console/classes/{session}/book")
    desk.post(f"/console/classes/{session}/book", {**CALLER, "act": "book"})
    desk.get(f"/console/classes/{session}/book")
    found = {"phone": CALLER["phone"]}
    desk.post(f"/console/classes/{session}/book", {**found, "act": "known"})
    take = desk.page.split('value="take:')[1].split('"')[0]
    desk.post(f"/console/classes/{session}/book", {**found, "act": f"take:{take}"})
    assert 'value="見本 𠮷子"' in desk.page
    assert room.trail().count("class.searched") == 2


def test_names_are_covered_until_they_are_opened_and_never_for_who_only_looks(room: Room) -> None:
    session = room.classes.session(capacity=3)
    number = room.classes.rings(room.classes.caller(), session).booking.id  # type: ignore[union-attr]
    pages = [
        f"/console/classes/{session}",
        f"/console/classes/{session}/roster",
        f"/console/classes/{session}/line",
        f"/console/classes/bookings/{number}",
    ]
    looker = room.enter("etsuran", Role.VIEWER)
    support = room.enter("shien", Role.SUPPORT)
    for page in pages:
        for browser in (looker, support):
            assert browser.get(page).status_code == 200
            assert "見本 花子" not in browser.words
            assert "059-000" not in browser.words
    asked = {"kind": "roster", "number": str(session)}
    opened = led_to(support.post("/console/classes/names", asked))
    support.get(opened)
    assert "見本 花子" in support.words
    assert room.trail() == ["class.names_read"]
    looker.get(pages[0])
    assert looker.post("/console/classes/names", asked).status_code == 403
    looker.get(opened)
    assert "見本 花子" not in looker.words
    support.get(pages[0])
    assert support.post(f"/console/classes/bookings/{number}/cancel").status_code == 403
    assert looker.get("/console/classes/calls").status_code == 403
    assert room.enter("koho", Role.ANNOUNCER).get(pages[0]).status_code == 403


def test_the_line_is_reordered_with_a_reason_and_a_call_answers_an_offer(room: Room) -> None:
    staff, classes = room.staff, room.classes
    session = classes.session(capacity=1)
    seat = classes.rings(classes.caller(), session).booking.id  # type: ignore[union-attr]
    first, second, third = (
        classes.rings(classes.caller(), session).booking.id  # type: ignore[union-attr]
        for _ in range(3)
    )
    staff.get(f"/console/classes/{session}/line")
    bare = staff.post(f"/console/classes/{session}/line", {"move": f"{third}:1"})
    assert bare.status_code == 422
    assert "理由を書いてください。" in staff.words
    ordered = {"move": f"{third}:1", "reason": "介助の人の都合"}
    staff.get(led_to(staff.post(f"/console/classes/{session}/line", ordered)))
    assert f"予約{third}番を1番目にしました。" in staff.words
    assert [room.booked(n).booking.place for n in (third, first, second)] == [1, 2, 3]
    staff.get(f"/console/classes/bookings/{third}")
    assert "介助の人の都合" not in staff.words

    staff.post(f"/console/classes/bookings/{seat}/cancel", {"reason": "入院"})
    assert room.booked(third).booking.state is State.OFFERED
    staff.get("/console/")
    assert "教室のことで電話する人" in staff.words
    staff.get("/console/classes/calls")
    opened = led_to(staff.post("/console/classes/names", {"kind": "calls", "number": "0"}))
    staff.get(opened)
    assert "見本 花子" in staff.words
    notice = staff.page.split('action="/console/classes/calls/')[1].split('"')[0]
    for result, said in (("nobody", "出なかったことを記録しました"), ("yes", "席を受けました")):
        staff.get(led_to(staff.post(f"/console/classes/calls/{notice}", {"result": result})))
        assert said in staff.words
    assert room.booked(third).booking.state is State.BOOKED
    staff.get(led_to(staff.post(f"/console/classes/calls/{notice}", {"result": "no"})))
    assert "もう終わっています" in staff.words
    assert room.booked(third).booking.state is State.BOOKED
    assert room.trail().count("class.called") == 2

    plan = classes.plan(capacity=1, starts=NOON + timedelta(days=11, hours=-2))
    classes.does(sessions.change, session, plan)
    staff.get("/console/classes/calls")
    assert "教室の変更" in staff.words
    notice = staff.page.split('action="/console/classes/calls/')[1].split('"')[0]
    staff.get(led_to(staff.post(f"/console/classes/calls/{notice}", {"result": "cannot"})))
    assert "予約を取り消しました" in staff.words


def test_the_roster_takes_ticks_once_a_qr_code_and_who_walks_in(room: Room) -> None:
    staff, classes = room.staff, room.classes
    session = classes.session(capacity=3)
    one, two = (
        classes.rings(classes.caller(), session).booking.id  # type: ignore[union-attr]
        for _ in range(2)
    )
    staff.get(f"/console/classes/{session}/roster")
    assert "からつけられます" in staff.words
    staff.post(f"/console/classes/{session}/ticks", {"tick": f"{one}:1:yes"})
    assert room.booked(one).booking.state is State.BOOKED
    room.later(days=9, hours=22)
    staff.get(f"/console/classes/{session}/roster")
    sent = {"tick": [f"{one}:1:yes", f"{two}:1:no", "999:1:yes", "nonsense"]}
    for _ in range(2):
        staff.post(f"/console/classes/{session}/ticks", sent)
    assert room.booked(one).booking.state is State.ATTENDED
    assert room.booked(two).booking.state is State.ABSENT
    assert room.trail() == ["class.ticked"]
    answer = staff.client.post(
        f"/console/classes/{session}/ticks",
        data={"tick": [f"{two}:1:yes", "999:1:yes"]},
        headers={
            "X-CSRFToken": staff.token,
            "Accept": "application/json",
            "Sec-Fetch-Site": "same-origin",
        },
        base_url="http://127.0.0.1",
    )
    assert answer.json == {
        "settled": [{"tick": f"{two}:1", "kept": True}, {"tick": "999:1", "kept": False}]
    }
    staff.post(f"/console/classes/{session}/ticks", {"tick": f"{one}:1:none"})
    assert room.booked(one).booking.state is State.BOOKED

    token = checkin_token(room.sealer, one)
    assert staff.get(f"/console/classes/{session}/arrive/{token}").status_code == 200
    assert f"予約{one}番" in staff.words
    assert room.booked(one).booking.state is State.BOOKED
    scanned = {"code": f"https://city.example/console/classes/{session}/arrive/{token}"}
    staff.get(led_to(staff.post(f"/console/classes/{session}/scan", scanned)))
    assert f"予約{one}番を出席にしました" in staff.words
    assert "autofocus" in staff.page
    staff.get(led_to(staff.post(f"/console/classes/{session}/scan", {"code": "wrong"})))
    assert "この教室の予約ではありません" in staff.words

    walks = {"kana": "とびいり", "person": "見本 次郎", "phone": ""}
    staff.get(led_to(staff.post(f"/console/classes/{session}/walk-in", walks)))
    assert "参加にしました" in staff.words
    walks["kana"] = "みせき"
    staff.get(led_to(staff.post(f"/console/classes/{session}/walk-in", walks)))
    assert "空いている席がありません" in staff.words
