"""On the wire to LINE: slow, busy, refusing, cut off; and tokens of our own."""

import base64
import json
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from bot.line.client import Timeouts
from bot.line.gateway import Gateway, Quota
from bot.line.outcomes import (
    MONTH_IS_FULL,
    Accepted,
    AlreadyAccepted,
    Refused,
    TryAgain,
)
from bot.line.tokens import Issued, OwnTokens, assertion
from bot.settings import LineSettings
from handlers.emulator.launch import RunningEmulator, start
from tests.flows.line_double import SECRET
from tests.running import TOKEN

HELLO = [{"type": "text", "text": "こんにちは"}]
KEY = "123e4567-e89b-12d3-a456-426614174000"


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    nowhere = "http://127.0.0.1:9/callback"
    with start(webhook_url=nowhere, channel_secret=SECRET, channel_token=TOKEN) as running:
        yield running


@pytest.fixture(scope="module")
def resident(emulator: RunningEmulator) -> str:
    user_id: str = emulator.post("residents", {"count": 1, "prefix": "w"})["user_ids"][0]
    return user_id


def line_settings(url: str, token: str | None = TOKEN) -> LineSettings:
    return LineSettings(
        channel_secret=SECRET,
        access_token=token,
        api_base_url=url,
        channel_id=None,
        channel_key_file=None,
        liff_id=None,
        login_channel_id=None,
    )


@pytest.fixture
def gateway(emulator: RunningEmulator) -> Iterator[Gateway]:
    emulator.delete("faults")
    opened = Gateway(line_settings(emulator.url), Timeouts(connect=1, read=0.5))
    yield opened
    opened.close()


def test_a_push_is_accepted_and_the_same_key_again_is_known(
    gateway: Gateway, resident: str
) -> None:
    first = gateway.push(resident, HELLO, KEY)
    assert isinstance(first, Accepted)
    assert gateway.push(resident, HELLO, KEY) == AlreadyAccepted(first.request_id)


@pytest.mark.parametrize(
    ("fault", "status", "may_have_arrived"),
    [
        ("429", 429, False),
        ("500", 500, True),
        ("reset", None, True),
        ("timeout", None, True),
        ("timeout-after-accept", None, True),
    ],
)
def test_what_goes_wrong_says_whether_the_message_may_have_arrived(
    gateway: Gateway,
    emulator: RunningEmulator,
    resident: str,
    fault: str,
    status: int | None,
    may_have_arrived: bool,
) -> None:
    emulator.post("faults", {"kind": fault, "endpoint": "push", "seconds": 1})
    key = str(uuid.uuid5(uuid.NAMESPACE_URL, fault))
    outcome = gateway.push(resident, HELLO, key)
    assert isinstance(outcome, TryAgain)
    assert (outcome.status, outcome.may_have_arrived) == (status, may_have_arrived)
    again = gateway.push(resident, HELLO, key)
    assert isinstance(again, AlreadyAccepted if fault == "timeout-after-accept" else Accepted)


def test_a_month_that_is_full_is_told_from_a_busy_line(
    gateway: Gateway, emulator: RunningEmulator, resident: str
) -> None:
    emulator.post("quota", {"limit": 0})
    full = TryAgain(MONTH_IS_FULL, 429, may_have_arrived=False)
    assert gateway.broadcast(HELLO, str(uuid.uuid4())) == full
    assert gateway.push(resident, HELLO, str(uuid.uuid4())) == full
    emulator.post("quota", {"limit": None})
    emulator.post("faults", {"kind": "429", "endpoint": "push", "seconds": 1})
    busy = TryAgain("status 429", 429, may_have_arrived=False)
    assert gateway.push(resident, HELLO, str(uuid.uuid4())) == busy


def test_a_used_or_made_up_reply_token_and_a_bad_message_are_refused(gateway: Gateway) -> None:
    outcome = gateway.reply("made-up", HELLO)
    assert isinstance(outcome, Refused)
    assert outcome.status == 400


def test_a_line_that_is_away_never_got_the_message() -> None:
    gateway = Gateway(line_settings("http://127.0.0.1:9"), Timeouts(connect=1, read=1))
    outcome = gateway.push("U1", HELLO, KEY)
    gateway.close()
    assert isinstance(outcome, TryAgain)
    assert outcome.may_have_arrived is False


def test_a_revoked_channel_token_does_not_lose_the_message(emulator: RunningEmulator) -> None:
    gateway = Gateway(line_settings(emulator.url, "revoked"), Timeouts(connect=1, read=1))
    assert gateway.push("U1", HELLO, KEY) == TryAgain("status 401", 401, may_have_arrived=False)
    gateway.close()


def test_quota_and_menus_are_asked_for(gateway: Gateway) -> None:
    assert isinstance(gateway.quota(), Quota)
    assert gateway.default_rich_menu() is None
    assert gateway.rich_menus() == []
    gateway.delete_rich_menu("richmenu-that-is-gone")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    private = rsa.generate_private_key(65537, 2048)
    numbers, public = private.private_numbers(), private.public_key().public_numbers()

    def encoded(number: int) -> str:
        raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

    values = {"n": public.n, "e": public.e, "d": numbers.d, "p": numbers.p, "q": numbers.q}
    values |= {"dp": numbers.dmp1, "dq": numbers.dmq1, "qi": numbers.iqmp}
    jwk = {name: encoded(value) for name, value in values.items()}
    file = tmp_path_factory.mktemp("keys") / "channel.json"
    file.write_text(json.dumps(jwk | {"kty": "RSA", "alg": "RS256", "kid": "key-1"}))
    return file


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_the_channel_proves_itself_with_its_key(key_file: Path) -> None:
    head, claims, signature = assertion("1000000000", key_file, 1_786_000_000).split(".")
    assert json.loads(decoded(head)) == {"alg": "RS256", "typ": "JWT", "kid": "key-1"}
    assert json.loads(decoded(claims)) == {
        "iss": "1000000000",
        "sub": "1000000000",
        "aud": "https://api.line.me/",
        "exp": 1_786_001_800,
        "token_exp": 2_592_000,
    }
    jwk = json.loads(key_file.read_text())
    e, n = (int.from_bytes(decoded(jwk[name]), "big") for name in ("e", "n"))
    public = rsa.RSAPublicNumbers(e, n).public_key()
    signed = f"{head}.{claims}".encode()
    public.verify(decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())


def test_a_token_is_renewed_in_time_and_survives_a_failed_renewal(key_file: Path) -> None:
    now, given = [0.0], iter(["first", None, "second"])

    def issue(_assertion: str) -> Issued:
        token = next(given)
        if token is None:
            raise OSError
        return Issued(token, timedelta(days=30))

    tokens = OwnTokens("1", key_file, issue, wall=lambda: now[0])
    day = 86400.0
    assert [tokens(), tokens()] == ["first", "first"]
    now[0] = 21 * day
    assert tokens() == "first"
    now[0] = 22 * day
    assert tokens() == "second"


def test_own_tokens_open_the_api(emulator: RunningEmulator, key_file: Path, resident: str) -> None:
    settings = LineSettings(
        channel_secret=SECRET,
        access_token=None,
        api_base_url=emulator.url,
        channel_id="1000000000",
        channel_key_file=key_file,
        liff_id=None,
        login_channel_id=None,
    )
    gateway = Gateway(settings, Timeouts(connect=1, read=2))
    assert isinstance(gateway.push(resident, HELLO, KEY[:-1] + "9"), Accepted)
    gateway.close()


@pytest.mark.parametrize("is_there", [True, False], ids=["refused", "away"])
def test_a_token_that_is_not_issued_keeps_the_message_for_later(
    emulator: RunningEmulator, key_file: Path, resident: str, is_there: bool
) -> None:
    settings = replace(
        line_settings(emulator.url if is_there else "http://127.0.0.1:9", token=None),
        channel_id="not-this-channel",
        channel_key_file=key_file,
    )
    gateway = Gateway(settings, Timeouts(connect=1, read=1))
    outcome = gateway.push(resident, HELLO, KEY)
    assert isinstance(outcome, TryAgain)
    assert (outcome.reason, outcome.may_have_arrived) == ("no token", False)
    gateway.close()
