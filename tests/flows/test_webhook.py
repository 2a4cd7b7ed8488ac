"""The webhook keeps what LINE delivers before it says 200, and nothing that is not LINE's."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from bot.db import Database
from bot.inbox.models import InboxEvent
from bot.migrations import migrate
from bot.sealing import Sealer
from handlers import webhook
from scheduler.worker import Sizes, Worker
from tests.contract.test_events import generated
from tests.flows.line_double import SECRET, LineDouble, delivery, signature, text_event
from tests.flows.test_worker import answering, settled, wait_for

Post = Callable[..., int]


def app_around(
    database: Database, sealer: Sealer, mask: Callable[[dict[str, Any]], dict[str, Any]]
) -> FlaskClient:
    app = Flask("webhook")
    app.config["PROPAGATE_EXCEPTIONS"] = True
    door = webhook.blueprint(SECRET, database, sealer, mask, lambda: None)
    app.register_blueprint(door)
    return app.test_client()


@pytest.fixture
def post(database: Database, sealer: Sealer) -> Post:
    client = app_around(database, sealer, lambda event: event)

    def post(body: bytes, signed: str | None = "right", **headers: str) -> int:
        sent = dict(headers)
        if signed is not None:
            sent["x-line-signature"] = signature(body) if signed == "right" else signed
        return client.post("/callback", data=body, headers=sent).status_code

    return post


def kept(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(InboxEvent)).scalar_one()


def test_a_signed_delivery_is_kept_and_acknowledged(post: Post, database: Database) -> None:
    assert post(delivery(text_event(1), text_event(2, resident="U2"))) == 200
    assert kept(database) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body, signed: (body, None),
        lambda body, signed: (body, ""),
        lambda body, signed: (body, "x" * 44),
        lambda body, signed: (body, signed[:-4]),
        lambda body, signed: (body, signed.rstrip("=")),
        lambda body, signed: (body, signature(body, "another secret")),
        lambda body, signed: (body[:-1], signed),
        lambda body, signed: (body + b" ", signed),
        lambda body, signed: (json.dumps(json.loads(body), indent=1).encode(), signed),
    ],
    ids=[
        "missing",
        "empty",
        "wrong",
        "truncated",
        "without padding",
        "of another channel",
        "of a longer body",
        "of a shorter body",
        "of the body before it was written anew",
    ],
)
def test_a_wrong_signature_gets_400_and_leaves_no_row(
    post: Post, database: Database, spoil: Callable[[bytes, str], tuple[bytes, str | None]]
) -> None:
    body = delivery(text_event(1))
    spoilt, signed = spoil(body, signature(body))
    assert post(spoilt, signed) == 400
    assert kept(database) == 0


def test_a_delivery_without_events_is_acknowledged(post: Post, database: Database) -> None:
    assert post(delivery()) == 200
    assert post(b'{"destination": "Ubot"}') == 200
    assert kept(database) == 0


def test_a_signed_body_that_is_no_delivery_gets_400(post: Post) -> None:
    for body in (b"", b"not json", b"[1]", b"[" * 100_000, b'"text"'):
        assert post(body) == 400


def test_a_body_over_one_megabyte_is_refused(post: Post, database: Database) -> None:
    assert post(delivery(text_event(1, "あ" * 400_000))) == 413
    assert kept(database) == 0


def test_an_odd_event_does_not_harm_its_neighbours(post: Post, database: Database) -> None:
    odd: list[Any] = [None, 7, "x", [], {}, {"type": 5}, {"type": "message", "message": 3}]
    assert post(delivery(text_event(1), *odd, text_event(2, resident="U2"))) == 200
    assert kept(database) == 5


def test_an_event_without_an_id_is_known_again_when_it_is_redelivered(
    post: Post, database: Database
) -> None:
    event = text_event(1)
    del event["webhookEventId"]
    assert post(delivery(event)) == 200
    assert post(delivery(event | {"deliveryContext": {"isRedelivery": True}})) == 200
    assert kept(database) == 1


def test_numbers_are_masked_before_anything_is_written(database: Database, sealer: Sealer) -> None:
    def mask(event: dict[str, Any]) -> dict[str, Any]:
        if event["message"]["text"] == "breaks the mask":
            raise ValueError
        return event | {"message": event["message"] | {"text": "[masked]"}}

    client = app_around(database, sealer, mask)
    for number, said in enumerate(("123456789018", "breaks the mask")):
        body = delivery(text_event(number, said, f"U{number}"))
        headers = {"x-line-signature": signature(body)}
        assert client.post("/callback", data=body, headers=headers).status_code == 200
    with database.reading() as session:
        rows = session.execute(select(InboxEvent).order_by(InboxEvent.id)).scalars()
        first, second = (json.loads(sealer.open(row.event or b"", "inbox.event")) for row in rows)
    assert first["message"]["text"] == "[masked]"
    assert "message" not in second


def test_a_waiting_event_is_not_readable_in_the_database(post: Post, database: Database) -> None:
    assert post(delivery(text_event(1, "ひみつの相談", "Uresident"))) == 200
    with database.reading() as session:
        for row in session.execute(text("SELECT * FROM inbox")):
            for value in row:
                raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for secret in ("ひみつ", "Uresident", "token1"):
                    assert secret.encode() not in raw


def test_the_same_event_fifty_times_in_parallel_is_answered_once(
    database: Database, sealer: Sealer
) -> None:
    body = delivery(text_event(1))
    clients = [app_around(database, sealer, lambda event: event) for _ in range(50)]
    start, statuses = threading.Barrier(50), []

    def post(client: FlaskClient) -> None:
        headers = {"x-line-signature": signature(body)}
        start.wait()
        statuses.append(client.post("/callback", data=body, headers=headers).status_code)

    threads = [threading.Thread(target=post, args=(client,)) for client in clients]
    line = LineDouble()
    worker = Worker(database, sealer, line, answering(database, sealer), sizes=Sizes(poll=0.05))
    worker.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    wait_for(lambda: settled(database))
    assert worker.stop(5)
    assert statuses == [200] * 50
    assert [token for token, _ in line.replies] == ["token1"]


def test_a_database_that_is_away_gets_503_and_the_redelivery_is_answered(
    database: Database, sealer: Sealer
) -> None:
    client = app_around(database, sealer, lambda event: event)
    body = delivery(text_event(1))
    headers = {"x-line-signature": signature(body)}
    with database.writing() as session:
        session.execute(text("ALTER TABLE inbox RENAME TO away"))
    assert client.post("/callback", data=body, headers=headers).status_code == 503
    with database.writing() as session:
        session.execute(text("ALTER TABLE away RENAME TO inbox"))
    assert kept(database) == 0
    assert client.post("/callback", data=body, headers=headers).status_code == 200
    assert kept(database) == 1


def test_a_database_server_that_does_not_answer_gets_503(sealer: Sealer) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:9/none")
    client = app_around(away, sealer, lambda event: event)
    body = delivery(text_event(1))
    headers = {"x-line-signature": signature(body)}
    assert client.post("/callback", data=body, headers=headers).status_code == 503
    away.close()


@pytest.mark.slow
def test_ten_thousand_generated_bodies_are_all_acknowledged_or_refused(
    sqlite_url: str, sealer: Sealer
) -> None:
    database = Database(sqlite_url)
    migrate(database)
    client = app_around(database, sealer, lambda event: event)
    statuses: Counter[int] = Counter()
    for body in generated(18, 10_000):
        headers = {"x-line-signature": signature(body)}
        statuses[client.post("/callback", data=body, headers=headers).status_code] += 1
    assert set(statuses) == {200, 400}
    assert statuses.total() == 10_000
    assert statuses[400] < 500
    database.close()
