"""Rates, faults, clock, signature and events of the emulated platform, each by itself."""

import base64
import hashlib
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.emulator import events, identifiers
from bot.emulator.civil_clock import CivilClock
from bot.emulator.faults import Faults, Kind
from bot.emulator.people import People
from bot.emulator.rates import Rates
from bot.emulator.signing import signature

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def test_the_call_beyond_the_rate_waits_for_the_window_to_pass() -> None:
    rates = Rates({"multicast": (2, 1)})
    assert [rates.allow("multicast", at) for at in (0.0, 0.5, 0.9, 1.0, 1.2)] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_a_fault_strikes_as_often_as_it_was_ordered() -> None:
    faults = Faults()
    faults.order(Kind.SERVER_ERROR, endpoint="reply", times=2)
    struck = [faults.strike(e) for e in ("push", "reply", "webhook", "reply", "reply")]
    assert [f and f.kind for f in struck] == [
        None,
        Kind.SERVER_ERROR,
        None,
        Kind.SERVER_ERROR,
        None,
    ]
    assert faults.in_force() == []


def test_a_webhook_fault_leaves_calls_alone() -> None:
    faults = Faults()
    faults.order(Kind.DROP)
    assert faults.strike("reply") is None
    assert faults.strike("webhook") is not None


def test_a_lasting_fault_strikes_by_chance_until_withdrawn() -> None:
    faults = Faults(random.Random(7))
    order = faults.order(Kind.TOO_MANY, times=None, probability=0.5)
    hits = sum(faults.strike("push") is not None for _ in range(1000))
    assert 400 < hits < 600
    faults.withdraw(order.number)
    assert faults.strike("push") is None


def test_moved_time_is_left_where_the_product_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "var" / "clock.json"
    clock = CivilClock(file)
    clock.advance(3600)
    assert json.loads(file.read_text()) == {"offset_seconds": 3600.0}
    clock.move_to(NOON + timedelta(days=2), NOON)
    assert CivilClock(file).reading(NOON)["civil"] == "2026-12-03T03:00:00+00:00"
    clock.back_to_real_time()
    assert json.loads(file.read_text()) == {"offset_seconds": 0.0}


def test_the_signature_is_base64_of_hmac_sha256_over_the_raw_body() -> None:
    body = '{"events":[],"destination":"あ"}'.encode()
    expected = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    assert signature("secret", body) == expected


def test_event_ids_rise_with_time_and_never_repeat() -> None:
    ids = [identifiers.event_id(NOON + timedelta(milliseconds=n // 10)) for n in range(1000)]
    assert len(set(ids)) == 1000
    assert {len(i) for i in ids} == {26}
    assert [i[:10] for i in ids] == sorted(i[:10] for i in ids)


def test_a_resident_keeps_the_same_id_from_run_to_run() -> None:
    first, second = People().find("r74"), People().find("r74")
    assert first is not None
    assert second is not None
    assert first.chat_id == second.chat_id


def test_an_event_is_completed_where_the_caller_was_silent() -> None:
    resident = People().find("r74")
    partial = {"type": "message", "message": {"type": "text", "text": "あ"}}
    event = events.complete(partial, events.source_of(resident), "1", NOON)
    assert event["message"]["quoteToken"]
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert (event["mode"], event["timestamp"]) == ("active", 1796094000000)


def test_no_reply_token_in_standby_or_where_none_is_due() -> None:
    def wants(**partial: object) -> bool:
        event = events.complete(dict(partial), None, "1", NOON)
        return events.wants_token(event, dict(partial))

    assert wants(type="follow") is True
    assert wants(type="unfollow") is False
    assert wants(type="unsend", unsend={"messageId": "1"}) is False
    assert wants(type="postback", mode="standby") is False
    assert wants(type="postback", replyToken=None) is False
