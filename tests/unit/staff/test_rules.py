"""What holds of staff without any database: passwords, delays, codes, ends of sessions."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.staff.codes import (
    accepted_step,
    clean_recovery_code,
    code_at,
    fresh_step,
    new_recovery_codes,
    new_secret,
    qr_image,
    step_at,
    tying_uri,
)
from bot.staff.passwords import Cost, Passwords
from bot.staff.rules import (
    PasswordFault,
    Stage,
    clean_login,
    delay_after,
    is_login,
    password_fault,
    session_ends,
)

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("みどりの丘に雪がふる夜", PasswordFault.SHORT),
        ("みどりの丘に雪がふる夜です", None),
        ("correct horse battery", None),
        ("x" * 129, PasswordFault.LONG),
        ("aaaaaaaaaaaaaaaa", PasswordFault.SIMPLE),
        ("abcdefghijklmnop", PasswordFault.SIMPLE),
        ("1234567890123", PasswordFault.SIMPLE),
        ("madoguchi-2026", PasswordFault.PERSONAL),
        ("ｍａｄｏｇｕｃｈｉ－２０２６", PasswordFault.PERSONAL),
        ("soudan-kakari1", PasswordFault.PERSONAL),
        ("qwerty123456", PasswordFault.KNOWN),
    ],
)
def test_a_password_is_judged_by_length_and_by_what_others_would_try(
    password: str, fault: PasswordFault | None
) -> None:
    personal = ("soudan-kakari", "madoguchi")
    assert password_fault(password, personal=personal, known=("Qwerty123456",)) is fault


def test_five_failures_are_free_then_the_delay_doubles_up_to_a_quarter_of_an_hour() -> None:
    seconds = [delay_after(failures).total_seconds() for failures in range(4, 12)]
    assert seconds == [0, 30, 60, 120, 240, 480, 900, 900]


def test_a_session_ends_half_an_hour_after_its_last_use_and_ten_hours_after_its_start() -> None:
    early, late = NOON + timedelta(hours=1), NOON + timedelta(hours=9, minutes=45)
    assert session_ends(Stage.OPEN, NOON, early) == early + timedelta(minutes=30)
    assert session_ends(Stage.OPEN, NOON, late) == NOON + timedelta(hours=10)
    assert session_ends(Stage.CODE, NOON, early) == NOON + timedelta(minutes=10)


def test_a_login_is_folded_before_it_is_compared() -> None:
    assert clean_login("　Ｔanaka.Ｈ ") == "tanaka.h"
    assert [is_login(name) for name in ("tanaka.h", "t", "system", "田中", "a b")] == [
        *(True, False, False, False, False)
    ]


def test_a_code_is_taken_a_half_minute_early_or_late_and_never_twice() -> None:
    secret, now = new_secret(), step_at(NOON)
    codes = [code_at(secret, now + offset) for offset in (-2, -1, 0, 1, 2)]
    taken = [accepted_step(secret, code, NOON, 0) for code in codes]
    assert taken == [None, now - 1, now, now + 1, None]
    assert accepted_step(secret, codes[2], NOON, now) is None
    assert accepted_step(secret, codes[3], NOON, now) == now + 1


def test_a_code_may_be_typed_in_full_width_and_with_a_space() -> None:
    secret = new_secret()
    code = code_at(secret, step_at(NOON))
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    assert accepted_step(secret, f"{wide[:3]} {wide[3:]}", NOON, 0) == step_at(NOON)
    assert accepted_step(secret, "", NOON, 0) is None


def test_the_demo_shows_a_code_that_will_be_taken() -> None:
    now = step_at(NOON)
    assert [fresh_step(NOON, used) for used in (0, now, now + 1)] == [now, now + 1, None]


def test_a_recovery_code_is_read_whatever_way_it_is_written() -> None:
    code = new_recovery_codes()[0]
    assert clean_recovery_code(code.lower().replace("-", " ")) == code
    assert clean_recovery_code("123456") == ""
    assert len(set(new_recovery_codes())) == 10


def test_the_qr_code_needs_no_script_and_no_other_address() -> None:
    uri = tying_uri("A" * 32, "tanaka", "まちの窓口")
    assert uri.startswith("otpauth://totp/")
    assert qr_image(uri).startswith("data:image/svg+xml;base64,")


def test_an_unknown_name_costs_as_much_as_a_known_one_and_never_matches() -> None:
    passwords = Passwords(Cost(memory_kib=64, passes=1))
    held = passwords.hash("みどりの丘に雪がふる")
    assert passwords.matches(held, "みどりの丘に雪がふる")
    assert not passwords.matches(held, "みどりの丘に雪がふった")
    assert not passwords.matches(None, "みどりの丘に雪がふる")
    assert held.startswith("$argon2id$")
