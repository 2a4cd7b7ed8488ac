"""Staff are told once by mail: of the week that is over, and of what waits too long."""

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import update

from bot.db import Database
from bot.inbox import service as inbox
from bot.inbox.models import InboxEvent
from bot.line.inbound import raw_event
from bot.mail import Mail, MailServer, NotSent, Sent
from bot.notices import service
from bot.notices.rules import Kind
from bot.notices.service import Notice
from bot.schedules import service as schedules
from bot.sealing import Sealer
from bot.settings import SettingsError
from bot.speech.texts import Voice
from scheduler.clock import Clock, next_due
from scheduler.staff_notices import StaffNotices
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import TEXTS
from tests.flows.reviewing import asks, gather

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


class PostBox:
    """A mail server for one mail at a time: it takes what comes, or answers with a code."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.refusals: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def words(self, number: int) -> tuple[str, str, str]:
        """Recipients, subject and words of a letter."""
        letter = message_from_bytes(self.letters[number], policy=policy.default)
        return letter["To"], letter["Subject"], letter.get_content()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client, client.makefile("rb") as heard:
                self._talk(client, heard)

    def _talk(self, client: socket.socket, heard: object) -> None:
        client.sendall(b"220 post box\r\n")
        for line in heard:  # type: ignore[attr-defined]
            word = line.split()[0].upper()
            if word == b"DATA":
                client.sendall(b"354 go on\r\n")
                letter = b"".join(iter(heard.readline, b".\r\n"))  # type: ignore[attr-defined]
                if not self.refusals:
                    self.letters.append(letter)
                client.sendall(self.refusals.pop(0) if self.refusals else b"250 taken\r\n")
            elif word == b"QUIT":
                client.sendall(b"221 bye\r\n")
                return
            else:
                client.sendall(b"250 post box\r\n")


@pytest.fixture
def post_box() -> Iterator[PostBox]:
    box = PostBox()
    yield box
    box.close()


def office(database: Database, box: PostBox | None, to: str = "team@city.example") -> StaffNotices:
    url = f"smtp://127.0.0.1:{box.port}/?from=desk@city.example" if box else None
    return StaffNotices(
        database,
        lambda: NOW,
        Voice(TEXTS),
        server=MailServer.from_url(url) if url else None,
        recipients=lambda _kind: [to] if to else [],
        limit=timedelta(minutes=10),
        base_url="https://desk.example",
    )


def latest(database: Database) -> tuple[Notice, ...]:
    with database.reading() as session:
        return service.latest(session)


def test_the_week_comes_on_monday_once_with_every_rate_and_masked_words(
    database: Database, post_box: PostBox
) -> None:
    monday = datetime(2026, 11, 23, 23, 0, tzinfo=UTC) - timedelta(days=1)
    asks(database, "月へ行きたい", "r1", at=monday - timedelta(days=2), awaits=True)
    asks(database, "月へ行きたい", "r2", at=monday - timedelta(days=2))
    asks(database, "ごみ", "r3", at=monday - timedelta(days=3), outcome="direct", shown=("bin",))
    gather(database)
    team = office(database, post_box)
    for _process in range(2):
        with database.writing() as session:
            team.week_is_over(session, monday)
    assert [team.go(), office(database, post_box).go()] == [1, 0]
    to, subject, words = post_box.words(0)
    assert to == "team@city.example"
    assert subject == "【まちの窓口】11月16日（月）からの1週間：未回答 1件"
    assert "質問：3件（その前の週 0件）" in words
    assert "すぐに答えた：1件（33%）" in words
    assert "答えられなかった：2件（67%）" in words
    assert "返事がなかった：1件（100%）" in words
    assert "・月へ行きたい（2人、2回、返事を待つ人 1人）" in words
    assert "https://desk.example/console/digest" in words
    assert latest(database)[0].sent_at is not None


def test_the_week_is_told_late_when_the_desk_was_down_from_monday_to_saturday(
    database: Database, post_box: PostBox
) -> None:
    civil = CivilTime(datetime(2026, 11, 21, 1, 0, tzinfo=UTC))
    team = office(database, post_box)
    job = team.weekly()
    with database.writing() as session:
        schedules.ensure(
            session,
            name=job.name,
            job=job.name,
            cron=job.cron,
            now=civil(),
            next_due=next_due,
            grace=job.grace,
        )
    civil.now = datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    with database.reading() as session:
        (schedule_id,) = schedules.overdue(session, civil())
    clock = Clock(database, civil, [job])
    clock.fire(schedule_id)
    clock.fire(schedule_id)
    assert team.go() == 1
    assert "11月16日（月）からの1週間" in post_box.words(0)[1]


@contextmanager
def waiting(database: Database, sealer: Sealer, number: int, **age: float) -> Iterator[None]:
    """An event that has waited so long, until the block ends."""
    event = {"webhookEventId": f"late-{number}", "type": "message", "source": {"userId": "U1"}}
    with database.writing() as session:
        now = database.lease_now(session)
        inbox.keep(session, sealer, [raw_event(event)], now)
        held = update(InboxEvent).where(InboxEvent.state == "waiting")
        session.execute(held.values(received_at=now - timedelta(**age)))
    yield
    with database.writing() as session:
        claim = inbox.claim(session, sealer, owner="test", now=database.lease_now(session))
        assert claim is not None
        inbox.finish(session, claim)


def test_what_waits_too_long_is_told_once_an_incident(
    database: Database, sealer: Sealer, post_box: PostBox
) -> None:
    both = [office(database, post_box), office(database, post_box)]
    with waiting(database, sealer, 1, minutes=9):
        assert [one.go() for one in both] == [0, 0]
    with waiting(database, sealer, 2, minutes=12):
        assert [one.go() for one in both] == [1, 0]
    assert "12分返事ができていません" in post_box.words(0)[1]
    assert [one.go() for one in both] == [0, 0]
    assert latest(database)[0].over_at == NOW
    with waiting(database, sealer, 3, minutes=30):
        assert [one.go() for one in both] == [1, 0]
    assert len(post_box.letters) == 2


def test_a_mail_that_is_not_taken_is_tried_again_or_given_up(
    database: Database, sealer: Sealer, post_box: PostBox
) -> None:
    post_box.refusals = [b"451 later\r\n"]
    team = office(database, post_box)
    with waiting(database, sealer, 4, minutes=12):
        assert team.go() == 0
        (held,) = latest(database)
        assert (held.outcome, held.is_waiting, held.attempts) == (
            "the mail server said 451",
            True,
            1,
        )
        with database.writing() as session:
            later = database.lease_now(session) + timedelta(minutes=2)
            claimed = service.claim(session, later)
            assert claimed is not None
            service.settle(session, claimed, later)
        assert not latest(database)[0].is_waiting


@pytest.mark.parametrize(
    ("box", "to", "why"),
    [(False, "a@b.example", "no mail server"), (True, "", "nobody to write to")],
)
def test_without_a_server_or_anybody_to_write_to_it_stands_in_the_console_alone(
    database: Database, sealer: Sealer, post_box: PostBox, box: bool, to: str, why: str
) -> None:
    with waiting(database, sealer, 5, minutes=12):
        assert office(database, post_box if box else None, to).go() == 0
    (held,) = latest(database)
    assert (held.kind, held.outcome, held.is_waiting) == (Kind.LATE_EVENTS, why, False)


def test_the_address_of_the_mail_server_is_read_strictly() -> None:
    server = MailServer.from_url("smtps://desk%40city.example:p%3Aw@mail.example")
    assert (server.user, server.password, server.port) == ("desk@city.example", "p:w", 465)
    assert server.sender == "desk@city.example"
    for wrong in ("http://mail.example/?from=a@b", "smtp://mail.example", "smtp://x:y/?from=a@b"):
        with pytest.raises(SettingsError, match="MADOGUCHI_SMTP_URL"):
            MailServer.from_url(wrong)


def test_a_server_that_lets_nobody_sign_in_is_hung_up(post_box: PostBox) -> None:
    mail = Mail(("team@city.example",), "件名", "本文", "k-1")
    address = f"127.0.0.1:{post_box.port}/?from=desk@city.example"
    refused = MailServer.from_url(f"smtp://desk:wrong@{address}").send(mail, NOW)
    assert refused == NotSent("SMTPNotSupportedError", is_final=False)
    gc.collect()
    assert MailServer.from_url(f"smtp://{address}").send(mail, NOW) == Sent()


def test_nobody_there_and_a_forged_header_are_values(post_box: PostBox) -> None:
    mail = Mail(("team@city.example",), "件名", "本文", "k-1")
    server = MailServer.from_url(f"smtp://127.0.0.1:{post_box.port}/?from=desk@city.example")
    assert server.send(mail, NOW) == Sent()
    forged = Mail(("a@b.example",), "件名\nBcc: c@d.example", "本文", "k-2")
    assert server.send(forged, NOW) == NotSent("a header cannot be written", is_final=True)
    post_box.close()
    gone = MailServer.from_url("smtp://127.0.0.1:9/?from=desk@city.example").send(mail, NOW)
    assert gone == NotSent("ConnectionRefusedError", is_final=False)
