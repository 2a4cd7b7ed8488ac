"""The week's script: read as people write it, and told at once where it makes no sense."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import content
from bot.city import City
from handlers.commands.demo_week import JAPAN, plain_monday
from handlers.week.judging import Awaited, judge
from handlers.week.paper import Paper
from handlers.week.script import Script, ScriptFault, days, read

PEOPLE = {
    "person": [
        {"key": "kayo", "name": "かよさん（見本）", "role": "resident"},
        {"key": "support", "name": "見本 相談支援", "role": "staff"},
    ]
}


def script(*steps: dict[str, Any], **scene: Any) -> Script:
    held = {"part": "ごみ", "at": "月 09:00", "who": "kayo", "step": list(steps), **scene}
    return read([PEOPLE, {"scene": [held]}])


def test_steps_of_a_scene_follow_each_other_by_a_minute_and_scenes_mix_by_time() -> None:
    late = {"part": "遅く", "at": "月 09:01", "who": "support", "step": [{"opens": "/console/"}]}
    early = {"part": "ごみ", "at": "月 09:00", "who": "kayo"}
    steps = [{"says": "ごみの日"}, {"taps": "はい"}, {"at": "翌 08:00", "says": "こんにちは"}]
    held = read([PEOPLE, {"scene": [late, {**early, "step": steps}]}])
    order = [(step.when, step.who) for step in held.steps]
    assert order == [
        ("月 09:00", "kayo"),
        ("月 09:01", "support"),
        ("月 09:01", "kayo"),
        ("翌 08:00", "kayo"),
    ]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"says": "ごみの日", "shouts": "!"}, "unknown shouts"),
        ({"says": "ごみの日", "taps": "はい"}, "exactly one of"),
        ({"sees": "ごみ"}, "exactly one of"),
        ({"says": "ごみの日", "who": "tarou"}, "nobody is called 'tarou'"),
        ({"says": "ごみの日", "at": "明日"}, "a time looks like 月 09:00"),
    ],
)
def test_a_step_that_makes_no_sense_is_told_with_its_place(step: dict[str, Any], told: str) -> None:
    with pytest.raises(ScriptFault, match=told) as fault:
        script({"does": "follows"}, step)
    assert "「ごみ」, step 2" in str(fault.value)


def test_days_are_said_as_the_chat_says_them_and_as_forms_want_them() -> None:
    (step,) = script(
        {"presses": "送る", "fills": {"日": "{今週木:iso}"}, "sees": "{来週月} {code}"}
    ).steps
    known = days(date(2026, 11, 30)) | {"code": "1234 5678"}
    filled = step.filled(known)
    assert filled.fills == {"日": "2026-12-03"}
    assert filled.sees == ("12月7日（月） 1234 5678",)
    with pytest.raises(ScriptFault, match="nothing is kept as 'code'"):
        step.filled(days(date(2026, 11, 30)))


def test_an_announcement_has_the_hour_before_which_nobody_may_get_it() -> None:
    given = {"what": "お知らせ", "words": "ごみ", "who": ["kayo"]}
    (at_once, late) = read([{"reach": [given, {**given, "not_before": "火 15:00"}]}]).reaches
    assert (at_once.not_before, late.not_before) == (None, timedelta(days=1, hours=15))
    with pytest.raises(ScriptFault, match="reach 「お知らせ」: a time looks like"):
        read([{"reach": [{**given, "not_before": "15:00"}]}])


def test_parts_can_be_played_alone_and_their_people_come_in_before() -> None:
    whole = read(
        [
            PEOPLE,
            {
                "scene": [
                    {
                        "part": "友だちになる",
                        "at": "月 09:00",
                        "who": "kayo",
                        "step": [{"does": "follows"}, {"says": "こんにちは"}],
                    },
                    {
                        "part": "ごみ",
                        "at": "火 09:00",
                        "who": "kayo",
                        "step": [{"says": "ごみの日"}],
                    },
                ],
                "reach": [{"what": "お知らせ", "words": "ごみ", "who": ["kayo"], "part": "友だち"}],
            },
        ]
    )
    alone = whole.only(["ごみ"])
    assert [step.does or step.says for step in alone.steps] == ["follows", "ごみの日"]
    assert alone.reaches == ()
    with pytest.raises(ScriptFault, match="no part is called かみ"):
        whole.only(["かみ"])


def test_the_week_itself_is_in_order_and_forty_people_live_in_it() -> None:
    files = sorted((content.folder() / "week").glob("*.toml"))
    held = read([content.toml(f"week/{file.name}") for file in files])
    acting = {step.who for step in held.steps}
    assert len(held.people) >= 40
    assert acting - {""} == set(held.people)
    known = days(date(2026, 11, 30)) | {"slip-code": ""}
    assert all(step.filled(known) for step in held.steps)
    assert {key for one in held.reaches for key in one.who} <= set(held.people)
    asked = {step.says for step in held.steps}
    assert not any(one.asks in asked for one in held.held_back)


def test_the_week_begins_on_a_monday_before_two_weeks_without_a_holiday() -> None:
    opening = City.from_toml(content.toml("city.toml")).opening
    now = datetime(2026, 12, 24, tzinfo=UTC)
    monday = plain_monday(now, opening)
    assert monday == datetime(2027, 1, 18, tzinfo=JAPAN)
    assert plain_monday(monday - timedelta(seconds=1), opening) == monday


# ---------------------------------------------------------------- the judge


REPLY = {"kind": "api", "endpoint": "reply", "verdict": "accepted", "status": 200}
AT = "2026-11-30T00:00:00+00:00"


def said(via: str, text: str) -> dict[str, Any]:
    message = {"type": "text", "text": text}
    return {"from": "account", "via": via, "id": via, "at": AT, "message": message}


def test_lost_and_doubled_replies_are_told_from_the_platforms_own_log() -> None:
    one = {**REPLY, "at": AT, "reached": ["U1"], "body_hash": "a"}
    entries = [{**one, "event_id": "e1"}, {**one, "event_id": "e2"}, {**one, "event_id": "e2"}]
    judged = judge({"e1": "kayo", "e2": "kayo", "e3": "kayo"}, entries, {}, [], {})
    assert (judged.lost, judged.doubled) == (("e3",), ("e2",))
    chats = {"kayo": [said("reply", "はい"), said("push", "はい"), said("push", "席です")]}
    assert judge({}, [], chats, [], {}).doubled == ("kayo push",)
    push = {**one, "endpoint": "push"}
    assert len(judge({}, [push, push], {}, [], {}).doubled) == 1
    assert judge({}, [push, {**push, "verdict": "refused"}], {}, [], {}).doubled == ()


def test_who_should_have_been_told_is_compared_with_who_was() -> None:
    wanted = Awaited("お知らせ", "ごみの日", ("kayo", "jiro"))
    chats = {
        "kayo": [said("push", "ごみ の日です"), said("push", "ごみの日です。")],
        "jiro": [said("reply", "ごみの日です")],
        "sue": [said("multicast", "ごみの日です")],
    }
    (reached,) = judge({}, [], chats, [wanted], {}).reached
    assert (reached.missed, reached.unasked, reached.twice) == (("jiro",), ("sue",), ("kayo",))
    assert (reached.should, reached.got) == (2, 2)
    assert not reached.is_right
    good = replace(wanted, who=("sue",))
    assert judge({}, [], {"sue": chats["sue"]}, [good], {}).is_good


def test_what_comes_before_its_hour_is_told_by_the_platforms_own_clock() -> None:
    came = datetime.fromisoformat(AT)
    chats = {"kayo": [said("multicast", "ごみの日です")]}
    wanted = Awaited("お知らせ", "ごみの日", ("kayo",), since=came + timedelta(seconds=1))
    judged = judge({}, [], chats, [wanted], {})
    assert judged.reached[0].early == ("kayo",)
    assert not judged.is_good
    assert judge({}, [], chats, [replace(wanted, since=came)], {}).is_good


def test_what_comes_by_itself_and_is_spoken_of_nowhere_is_a_stray() -> None:
    chats = {"kayo": [said("push", "席が空きました"), said("reply", "ほかのこと")]}
    judged = judge({}, [], chats, [], {"jiro": ["席が空きました"]})
    assert judged.strays == ("kayo: 席が空きました",)
    assert not judged.is_good
    assert judge({}, [], chats, [], {"kayo": ["席が 空き"]}).is_good
    beside = Awaited("お知らせ", "ごみの日", (), also=("席が空きました",))
    assert judge({}, [], chats, [beside], {}).is_good


# ---------------------------------------------------------------- the browser without a window


def test_a_page_is_read_with_its_fields_its_buttons_and_what_its_marks_say() -> None:
    paper = Paper(
        '<p class="code slip-code">1234 5678</p><form method="post" action="/a">'
        '<label for="t">文章</label><textarea id="t" name="t">\nはい\n</textarea>'
        '<label><input type="checkbox" name="w" value="1">選ぶ</label>'
        '<button name="do" value="next">進む<span>：予約1番</span></button></form>'
    )
    (form,) = paper.forms
    assert [(one.name, one.words, one.value) for one in form.fields] == [
        ("t", "文章", "はい\n"),
        ("w", "選ぶ", "1"),
    ]
    assert form.buttons[0].words == "進む：予約1番"
    assert paper.marked("slip-code") == "1234 5678"
