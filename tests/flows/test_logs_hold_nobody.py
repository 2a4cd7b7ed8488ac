"""Whatever residents say, and however it goes wrong: no line of the log holds anything of them."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from bot.db import Database
from bot.inbox import service as inbox
from bot.line.inbound import raw_event
from bot.masking import mask_event
from bot.residents import service as residents
from bot.sealing import Sealer
from handlers import logs, tracing, webhook
from scheduler.worker import Sizes, Worker
from tests.flows.chatting import Resident
from tests.flows.line_double import SECRET, LineDouble, delivery, signature, text_event
from tests.flows.test_worker import wait_for

USER = "U" + "1" * 32
WORDS = ("山田", "太郎", "離婚", "手当", "090", "1234", USER, "token-", "4649")
FORMS = (logs.TextLine(), logs.JsonLine())


@pytest.fixture(autouse=True)
def hearing_everything(caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", *logs.OURS):
        caplog.set_level(logging.DEBUG, logger=name or None)


def ours(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name.split(".")[0] in logs.OURS]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The words of a resident that stand in what we said, or in any written line at all."""
    lines = [record.getMessage() for record in ours(caplog)]
    lines += [form.format(record) for record in caplog.records for form in FORMS]
    return [word for word in WORDS if any(word in line for line in lines)]


def test_a_conversation_leaves_no_word_behind(
    resident: Resident, caplog: pytest.LogCaptureFixture
) -> None:
    resident.says("山田太郎です。離婚したら手当はもらえますか")
    resident.says("電話は 090-1234-4649 です")
    resident.says("マイナンバーカードを作りたい")
    resident.says("もう消えたい 山田")
    resident.sends("location", title="山田の家", address="4649", latitude=1.0, longitude=2.0)
    resident.posts_back("to=nowhere&name=山田")
    resident.does({"type": "unfollow"})
    assert told(caplog) == []


def test_a_delivery_and_its_answer_leave_no_word_behind(
    resident: Resident, caplog: pytest.LogCaptureFixture
) -> None:
    app = Flask("webhook")
    tracing.number_requests(app)
    line = LineDouble()
    database, sealer = resident.database, resident.sealer
    worker = Worker(database, sealer, line, resident.answering.answer, sizes=Sizes(poll=0.02))
    app.register_blueprint(webhook.blueprint(SECRET, database, sealer, mask_event, worker.wake))
    worker.start()
    body = delivery(text_event(1, "山田太郎です。離婚の手当は？", USER))
    headers = {"x-line-signature": signature(body)}
    answer = app.test_client().post("/callback", data=body, headers=headers)
    wait_for(lambda: len(line.replies) == 1)
    assert worker.stop(5)
    assert answer.status_code == 200
    assert len(answer.headers["X-Request-Id"]) == 12
    assert "webhook from 127.0.0.1: 200" in [record.getMessage() for record in ours(caplog)]
    assert told(caplog) == []


def test_a_fault_that_quotes_the_resident_leaves_no_word_behind(
    city_database: Database, sealer: Sealer, caplog: pytest.LogCaptureFixture
) -> None:
    """The desk breaks on a statement whose values are the resident's own words."""

    def answer(claim: Any) -> None:
        with city_database.writing() as session:
            residents.meet(session, sealer, claim.user_key, USER, claim.received_at)
            said = {"said": claim.event["message"]["text"], "to": USER}
            session.execute(text("INSERT INTO nowhere VALUES (:said, :to)"), said)

    line = LineDouble()
    worker = Worker(city_database, sealer, line, answer, sizes=Sizes(poll=0.02))
    worker.start()
    with city_database.writing() as session:
        event = text_event(1, "山田太郎です。4649", USER)
        inbox.keep(session, sealer, [raw_event(event)], city_database.lease_now(session))
    wait_for(lambda: any("could not be answered" in r.getMessage() for r in ours(caplog)))
    assert worker.stop(5)
    written = [FORMS[0].format(record) for record in ours(caplog)]
    assert any("Error" in line for line in written)
    assert told(caplog) == []


def test_a_page_is_logged_by_its_name_and_not_by_its_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = Flask("pages")
    tracing.number_requests(app)

    @app.get("/set-up/<token>")
    def set_up(token: str) -> str:
        return token

    first, second = (app.test_client().get("/set-up/token-4649") for _ in range(2))
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]
    lines = [record.getMessage() for record in ours(caplog)]
    assert [line.rpartition(",")[0] for line in lines] == ["GET set_up: 200"] * 2
    assert told(caplog) == []
