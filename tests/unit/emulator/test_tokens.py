"""A reply token is good once, for about a minute; a retry key sends once in 24 hours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.emulator.retry_keys import Accepted, RetryKeys, is_uuid
from bot.emulator.tokens import ReplyTokens, Spent

NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
KEY = "123e4567-e89b-12d3-a456-426614174000"


def test_a_reply_token_is_accepted_once() -> None:
    tokens = ReplyTokens(60)
    token = tokens.issue("U1", "E1", NOON)
    uses = [tokens.spend(token, NOON) for _ in range(2)]
    assert [use.spent for use in uses] == [Spent.NOW, Spent.USED]
    assert {(use.chat_id, use.event_id) for use in uses} == {("U1", "E1")}


@pytest.mark.parametrize(("seconds", "outcome"), [(60, Spent.NOW), (60.1, Spent.EXPIRED)])
def test_a_reply_token_ends_after_its_minute(seconds: float, outcome: Spent) -> None:
    tokens = ReplyTokens(60)
    token = tokens.issue("U1", "E1", NOON)
    assert tokens.spend(token, NOON + timedelta(seconds=seconds)).spent is outcome


def test_a_made_up_token_is_unknown() -> None:
    assert ReplyTokens(60).spend("0" * 32, NOON).spent is Spent.UNKNOWN


def test_of_fifty_at_once_one_spends_the_token() -> None:
    tokens = ReplyTokens(60)
    token = tokens.issue("U1", "E1", NOON)
    with ThreadPoolExecutor(50) as crowd:
        outcomes = list(crowd.map(lambda _: tokens.spend(token, NOON).spent, range(50)))
    assert outcomes.count(Spent.NOW) == 1
    assert outcomes.count(Spent.USED) == 49


def test_a_key_stays_used_for_a_day_in_either_case_of_its_letters() -> None:
    keys = RetryKeys()
    keys.accept(KEY, Accepted("first", NOON))
    at = [NOON + timedelta(hours=24), NOON + timedelta(hours=24, seconds=1)]
    found = [keys.accepted(KEY.upper(), now) for now in at]
    assert [f and f.request_id for f in found] == ["first", None]


def test_a_retry_with_another_body_is_noticed() -> None:
    keys = RetryKeys()
    assert [keys.body_changed(KEY, body) for body in ("a", "a", "b")] == [False, False, True]


@pytest.mark.parametrize(
    ("key", "fits"),
    [(KEY, True), (KEY.upper(), True), (KEY.replace("-", ""), False), ("", False), ("k1", False)],
)
def test_a_retry_key_is_a_uuid(key: str, fits: bool) -> None:
    assert is_uuid(key) is fits
