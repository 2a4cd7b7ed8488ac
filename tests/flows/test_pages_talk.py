"""What is personal is written and read on the resident's own page alone, and kept under seal."""

import logging

import pytest
from sqlalchemy import select

from bot.handover.models import HandoverLine
from bot.links.models import PageLink
from bot.staff.audit_models import AuditRow
from tests.flows.chatting import words
from tests.flows.handing_over import House, entered, everything, link_in, post_on_page, write

PERSONAL = "見本 花子です。電話は 000-0000-0000 です。"


def test_what_is_personal_is_written_and_read_on_the_page_alone(at: House, link: str) -> None:
    phone = entered(at, link)
    post_on_page(phone, "/r/talk/check", {"text": PERSONAL})
    assert "この内容で送りますか" in phone.words
    assert PERSONAL in phone.words
    post_on_page(phone, "/r/talk", {"text": PERSONAL})
    assert "担当者に届きました" in phone.words
    staff = at.staff()
    number = at.in_hands_of(staff)
    assert "花子" not in staff.words
    staff.post(f"/console/conversations/{number}/personal")
    assert PERSONAL in staff.words
    answer = {"personal": "花子さんの件は、来週お送りします。", "form": "f"}
    staff.post(f"/console/conversations/{number}/page", answer)
    push = at.pushes()[-1]
    assert "お返事があります" in words(push)
    assert "花子" not in everything(push)
    phone = entered(at, link_in(push))
    assert "花子さんの件は、来週お送りします。" in phone.words
    with at.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.item_kind == "handover")).all()
        assert [row.action for row in rows] == [
            "handover.taken",
            "handover.page_read",
            "handover.answered",
        ]
        assert not any("花子" in str(vars(row)) for row in rows)


def test_pressing_twice_sends_once(at: House, link: str) -> None:
    phone = entered(at, link)
    post_on_page(phone, "/r/talk/check", {"text": "一度だけ"})
    page = phone.page
    for _ in range(2):
        phone.page = page
        post_on_page(phone, "/r/talk", {"text": "一度だけ"})
    with at.database.reading() as session:
        assert len(session.scalars(select(HandoverLine)).all()) == 1


def test_a_my_number_is_taken_out_on_the_page_too(at: House, link: str) -> None:
    phone = entered(at, link)
    write(phone, "マイナンバーは 1234 5678 9012 です")
    assert "9012" not in phone.words
    assert "■" in phone.words


def test_when_the_conversation_is_over_the_page_says_so_and_shows_what_was_typed(
    at: House, link: str
) -> None:
    phone = entered(at, link)
    post_on_page(phone, "/r/talk/check", {"text": PERSONAL})
    at.resident.posts_back("to=talk_end")
    answer = post_on_page(phone, "/r/talk", {"text": PERSONAL})
    assert answer.status_code == 409
    assert PERSONAL in phone.words
    assert "人に聞く" in phone.words


def test_markup_written_on_the_page_is_shown_as_written(at: House, link: str) -> None:
    phone = entered(at, link)
    write(phone, "<script>alert(1)</script>\"'")
    assert "<script>" not in phone.page
    assert "<script>alert(1)</script>" in phone.words


def test_no_personal_words_in_logs_or_plainly_in_the_database(
    at: House, link: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    phone = entered(at, link)
    write(phone, PERSONAL)
    assert "花子" not in caplog.text
    assert link.removeprefix("/r/") not in caplog.text
    with at.database.reading() as session:
        (line,) = session.scalars(select(HandoverLine))
        assert "花子".encode() not in (line.said or b"")
        (row,) = session.scalars(select(PageLink))
        assert row.token_hash not in link


def test_the_page_speaks_as_the_resident_chose(at: House) -> None:
    at.resident.says("やさしい日本語")
    at.resident.posts_back("to=talk")
    phone = at.phone()
    phone.get(link_in(at.resident.seen))
    assert "大切（たいせつ）な" in phone.words
