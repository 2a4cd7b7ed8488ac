"""Staff take a conversation: the quicker one has it, answers arrive, nothing personal in chat."""

import logging
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from bot.handover import staffing
from bot.handover.models import HandoverLine
from bot.handover.rules import AlreadyTaken, Taken, Times
from bot.line.limits import check
from bot.staff.audit_models import AuditRow
from bot.staff.rules import Role
from tests.flows.chatting import words
from tests.flows.console_at_work import app_with_console, at_work, services
from tests.flows.handing_over import House, everything

TIMES = Times.of(60, 30)


def test_an_answer_arrives_in_the_chat_under_who_speaks(at: House) -> None:
    at.calls_a_person("窓口はどこですか")
    staff = at.staff()
    number = at.in_hands_of(staff)
    form = {"text": "市役所1階です。\n5番の窓口です。", "form": "f1"}
    staff.post(f"/console/conversations/{number}/answer", form)
    staff.get(f"/console/conversations/{number}")
    staff.post(f"/console/conversations/{number}/answer", form)
    answers = [push for push in at.pushes() if "5番の窓口です。" in words(push)]
    assert len(answers) == 1
    assert words(answers[0]).splitlines()[0] == "市の担当者から"
    assert "窓口です" not in answers[0][0]["altText"]


@pytest.mark.parametrize("text", ["090-0000-0000 に電話します", "abc@example.com へどうぞ"])
def test_what_is_personal_is_refused_in_the_chat_and_kept_in_the_form(at: House, text: str) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    before = len(at.pushes())
    answer = staff.post(f"/console/conversations/{number}/answer", {"text": text, "form": "f"})
    assert answer.status_code == 422
    assert text in staff.words
    assert "トークには書けません" in staff.words
    assert len(at.pushes()) == before


def test_the_citys_own_number_may_be_said_in_the_chat(at: House) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    staff.get(f"/console/conversations/{number}?template=phone")
    assert "000-0000-0000 に電話してください" in staff.words
    form = {"text": "000-0000-0000 に電話してください。", "form": "f"}
    assert staff.post(f"/console/conversations/{number}/answer", form).status_code == 303


def test_without_messages_left_nothing_is_pushed_and_the_reply_tells(at: House) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    at.quota[0] = 0
    pushed = len(at.pushes())
    answer = {"text": "お答えします", "form": "f"}
    assert staff.post(f"/console/conversations/{number}/answer", answer).status_code == 409
    assert "お答えします" in staff.words
    staff.post(f"/console/conversations/{number}/hand-back")
    at.round()
    assert len(at.pushes()) == pushed
    assert "自動でお答えします" in at.resident.says("ごみ")[0]["text"]


def test_a_colleague_who_was_quicker_keeps_the_conversation(at: House) -> None:
    at.calls_a_person("こんにちは")
    quick, slow = at.staff("quick"), at.staff("slow")
    number = at.number()
    slow.get(f"/console/conversations/{number}")
    at.in_hands_of(quick)
    slow.post(f"/console/conversations/{number}/take")
    slow.get(f"/console/conversations/{number}")
    assert "さんが先に担当になりました" in slow.words
    answer = slow.post(f"/console/conversations/{number}/answer", {"text": "あ", "form": "f"})
    assert answer.status_code == 409
    assert len(at.pushes()) == 1


def test_of_six_who_take_at_the_same_time_one_has_it(at: House) -> None:
    at.calls_a_person("こんにちは")
    number = at.number()
    outcomes: list[object] = []
    gate = threading.Barrier(6)

    def take(login: str) -> None:
        gate.wait()
        with at.database.writing() as session:
            outcomes.append(staffing.take(session, number, login, now=at.civil(), times=TIMES))

    racers = [threading.Thread(target=take, args=(f"staff{n}",)) for n in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    (taken,) = [one for one in outcomes if isinstance(one, Taken)]
    others = {one.by for one in outcomes if isinstance(one, AlreadyTaken)}
    assert len(outcomes) == 6
    assert others == {taken.conversation.staff}


def test_staff_take_over_from_a_question(at: House) -> None:
    at.resident.says("ぷらねたりうむのよやくをしたい")
    with at.database.reading() as session:
        question = session.execute(text("SELECT max(id) FROM question")).scalar_one()
    staff = at.staff("counter1")
    staff.get(f"/console/log/{question}")
    assert "この人と話す" in staff.words
    staff.post(f"/console/conversations/from-question/{question}")
    staff.get(f"/console/conversations/{at.number()}")
    assert "ぷらねたりうむのよやくをしたい" in staff.words
    (push,) = at.pushes()
    assert "市の担当者がお答えします" in words(push)
    assert "ここに書かないでください" in words(push)
    assert "ぷらねたりうむ" not in everything(push)
    assert at.resident.says("はい")[0]["text"] == "担当者に届きました。"
    other = at.staff("counter2")
    other.post(f"/console/conversations/from-question/{question}")
    assert len(at.pushes()) == 1


def test_without_a_public_address_no_page_is_offered_and_the_reason_is_told(at: House) -> None:
    at.calls_a_person("こんにちは")
    number = at.number()
    bare = replace(services(at.database, at.sealer, civil=at.civil), links=None)
    staff = at_work(at.database, at.sealer, app_with_console(bare), "support", Role.SUPPORT)
    staff.get(f"/console/conversations/{number}")
    staff.post(f"/console/conversations/{number}/take")
    staff.get(f"/console/conversations/{number}")
    assert 'name="personal"' not in staff.page
    assert "専用ページは、いま使えません" in staff.words
    answer = staff.post(f"/console/conversations/{number}/page", {"personal": "あ", "form": "f"})
    assert answer.status_code == 422
    assert "専用ページは、いま使えません" in staff.words
    assert len(at.pushes()) == 1


def test_every_push_is_within_lines_limits(at: House) -> None:
    at.calls_a_person("こんにちは")
    staff = at.staff()
    number = at.in_hands_of(staff)
    long = {"text": "あ" * 999 + "。", "form": "f1"}
    staff.post(f"/console/conversations/{number}/answer", long)
    staff.post(f"/console/conversations/{number}/page", {"personal": "い", "form": "f2"})
    staff.post(f"/console/conversations/{number}/hand-back")
    assert len(at.pushes()) == 4
    assert [fault for push in at.pushes() for fault in check(push)] == []


def test_markup_in_messages_is_shown_as_it_was_written(at: House) -> None:
    at.calls_a_person("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>")
    staff = at.staff()
    number = at.in_hands_of(staff)
    assert "<script>alert" not in staff.page
    assert "<img src=x" not in staff.page
    assert "<script>alert(1)</script>" in staff.words
    staff.get(f"/console/conversations/{number}/lines")
    assert "<script>alert" not in staff.page


def test_no_words_stand_in_log_audit_or_plainly_in_the_database(
    at: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    at.calls_a_person("ひみつのことば")
    staff = at.staff()
    number = at.in_hands_of(staff)
    form = {"text": "こたえのことば", "form": "f"}
    staff.post(f"/console/conversations/{number}/answer", form)
    assert "のことば" not in caplog.text
    with at.database.reading() as session:
        rows = session.scalars(select(AuditRow)).all()
        done = [row.action for row in rows if row.item_kind == "handover"]
        assert done == ["handover.taken", "handover.answered"]
        assert not any("ことば" in str(vars(row)) for row in rows)
        line = session.scalars(select(HandoverLine)).first()
        assert line is not None
        assert "ひみつ".encode() not in (line.said or b"")
