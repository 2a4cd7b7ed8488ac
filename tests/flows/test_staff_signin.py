"""Signing in: two proofs, a code once, delays that hold everywhere, sessions that end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.db import Database
from bot.migrations.tables import metadata
from bot.sealing import Sealer
from bot.staff import accounts, drafts, sessions, setup, upkeep
from bot.staff.models import Staff
from bot.staff.rules import Role, Stage
from bot.staff.setup import Finished, Gone, WrongCode
from bot.staff.signin import HalfWay, Refused, SignedIn, Wait
from tests.flows.staff_at_work import (
    HASH,
    MORNING,
    PASSWORD,
    Colleague,
    colleague,
    try_code,
    try_password,
)

LATER = MORNING + timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tanaka(database: Database, sealer: Sealer) -> Colleague:
    return colleague(database, sealer, "tanaka", [Role.SUPPORT])


def visit_of(database: Database, sealer: Sealer, token: str, now: datetime = LATER) -> Any:
    with database.reading() as session:
        return sessions.find(session, sealer, token, now)


def sign_in(database: Database, sealer: Sealer, who: Colleague, now: datetime = LATER) -> SignedIn:
    half = try_password(database, sealer, who.login, PASSWORD, now)
    assert isinstance(half, HalfWay)
    done = try_code(database, sealer, half.token, who.code(now), now)
    assert isinstance(done, SignedIn)
    return done


def test_password_and_code_open_a_fresh_session(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    half = try_password(database, sealer, "ＴANAKA", PASSWORD, LATER)
    assert isinstance(half, HalfWay)
    assert visit_of(database, sealer, half.token).stage is Stage.CODE
    done = try_code(database, sealer, half.token, tanaka.code(LATER), LATER)
    assert isinstance(done, SignedIn)
    assert done.token != half.token
    assert visit_of(database, sealer, half.token) is None
    visit = visit_of(database, sealer, done.token)
    assert (visit.is_open, visit.last_sign_in_at) == (True, MORNING)


def test_a_code_works_once(database: Database, sealer: Sealer, tanaka: Colleague) -> None:
    sign_in(database, sealer, tanaka)
    half = try_password(database, sealer, "tanaka", PASSWORD, LATER)
    assert isinstance(half, HalfWay)
    assert try_code(database, sealer, half.token, tanaka.code(LATER), LATER) == Refused()


def test_one_code_given_twice_at_once_lets_one_in(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    halves = [try_password(database, sealer, "tanaka", PASSWORD, LATER) for _ in range(2)]
    code = tanaka.code(LATER)

    def give(half: object) -> object:
        assert isinstance(half, HalfWay)
        return try_code(database, sealer, half.token, code, LATER)

    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(give, halves))
    assert sorted(type(end).__name__ for end in ends) == ["Refused", "SignedIn"]


def test_a_recovery_code_works_once_and_is_not_kept_readable(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    code = tanaka.recovery_codes[0]
    ends = []
    for _ in range(2):
        half = try_password(database, sealer, "tanaka", PASSWORD, LATER)
        assert isinstance(half, HalfWay)
        ends.append(try_code(database, sealer, half.token, code.lower(), LATER))
    assert isinstance(ends[0], SignedIn)
    assert (ends[0].recovery_left, ends[1]) == (9, Refused())


def test_an_unknown_name_is_refused_and_delayed_exactly_like_a_known_one(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    for login in ("tanaka", "nobody"):
        ends = [
            try_password(database, sealer, login, "wrong", LATER, address=f"192.0.2.{n}")
            for n in range(10, 16)
        ]
        assert ends == [Refused()] * 5 + [Wait(LATER + timedelta(seconds=30))]


def test_the_right_password_must_wait_too_and_is_welcome_after(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    for _ in range(5):
        try_password(database, sealer, "tanaka", "wrong", LATER)
    assert isinstance(try_password(database, sealer, "tanaka", PASSWORD, LATER), Wait)
    after = LATER + MINUTE
    assert isinstance(sign_in(database, sealer, tanaka, after), SignedIn)
    assert try_password(database, sealer, "tanaka", "wrong", after, address="other") == Refused()


def test_an_address_that_tries_many_names_is_delayed(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    for n in range(5):
        try_password(database, sealer, f"name{n}", "wrong", LATER)
    assert isinstance(try_password(database, sealer, "tanaka", PASSWORD, LATER), Wait)
    other = try_password(database, sealer, "tanaka", PASSWORD, LATER, address="198.51.100.7")
    assert isinstance(other, HalfWay)


def test_delays_hold_across_processes(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    second = Database(database.url.render_as_string(hide_password=False))
    for turn in range(5):
        try_password((database, second)[turn % 2], sealer, "tanaka", "wrong", LATER)
    assert isinstance(try_password(second, sealer, "tanaka", PASSWORD, LATER), Wait)
    second.close()


def test_twenty_guesses_at_once_do_not_slip_in_together(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    with ThreadPoolExecutor(8) as pool:
        ends = list(
            pool.map(
                lambda n: try_password(
                    database, sealer, "tanaka", "wrong", LATER, address=f"192.0.2.{n}"
                ),
                range(20),
            )
        )
    assert sum(isinstance(end, Refused) for end in ends) == 5


def test_wrong_codes_are_delayed_and_the_right_password_does_not_wipe_them_out(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    ends: list[object] = []
    for _ in range(6):
        half = try_password(database, sealer, "tanaka", PASSWORD, LATER, address="a")
        if isinstance(half, HalfWay):
            ends.append(try_code(database, sealer, half.token, "000000", LATER))
    assert ends == [Refused()] * 5


def test_a_session_ends_when_idle_and_after_ten_hours(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    token = sign_in(database, sealer, tanaka).token
    idle = LATER + timedelta(minutes=30)
    assert visit_of(database, sealer, token, idle - MINUTE) is not None
    assert visit_of(database, sealer, token, idle) is None
    visit = visit_of(database, sealer, token)
    for tens in range(1, 61):
        with database.writing() as session:
            sessions.touch(session, visit.id, LATER + timedelta(minutes=10 * tens))
    assert visit_of(database, sealer, token, LATER + timedelta(hours=10) - MINUTE) is not None
    assert visit_of(database, sealer, token, LATER + timedelta(hours=10)) is None


def test_a_disabled_person_is_out_at_once_and_stays_out(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    token = sign_in(database, sealer, tanaka).token
    with database.writing() as session:
        accounts.disable(session, sealer, tanaka.id, LATER)
    assert visit_of(database, sealer, token) is None
    assert try_password(database, sealer, "tanaka", PASSWORD, LATER) == Refused()


def test_signing_out_kills_a_copied_cookie(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    token = sign_in(database, sealer, tanaka).token
    with database.writing() as session:
        assert sessions.end(session, sessions.find(session, sealer, token, LATER).id)
    assert visit_of(database, sealer, token) is None


def test_all_sessions_can_be_ended_and_none_is_readable_in_the_table(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    one = sign_in(database, sealer, tanaka).token
    two = sign_in(database, sealer, tanaka, LATER + MINUTE).token
    with database.writing() as session:
        open_now = sessions.living(session, sealer, tanaka.id, LATER)
        assert len(open_now) == 2
        assert sessions.end_all(session, tanaka.id, but=open_now[0].id) >= 1
    assert [visit_of(database, sealer, token) is None for token in (one, two)] == [True, False]


def test_a_link_survives_being_looked_at_and_works_once(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    with database.writing() as session:
        link = setup.issue(session, sealer, tanaka.id, LATER)
        assert setup.look(session, sealer, link, LATER) == setup.look(session, sealer, link, LATER)
        cookies = [setup.start(session, sealer, link, HASH, LATER) for _ in range(2)]
    visits = [visit_of(database, sealer, str(cookie)) for cookie in cookies]
    with database.writing() as session:
        assert setup.finish(session, sealer, visits[0], "000000", now=LATER, civil=LATER) == (
            WrongCode()
        )
        for visit, end in zip(visits, (Finished, Gone), strict=True):
            secret = setup.pending_secret(session, sealer, visits[0].id) or ""
            code = Colleague(0, "", secret, [], "").code(LATER) if secret else "000000"
            done = setup.finish(session, sealer, visit, code, now=LATER, civil=LATER)
            assert isinstance(done, end)
        assert setup.look(session, sealer, link, LATER) is None


def test_a_link_is_dead_after_three_days_and_when_a_newer_one_is_made(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    with database.writing() as session:
        old = setup.issue(session, sealer, tanaka.id, LATER)
        new = setup.issue(session, sealer, tanaka.id, LATER)
        assert setup.look(session, sealer, old, LATER) is None
        assert setup.look(session, sealer, new, LATER + timedelta(hours=72)) is None
        assert setup.start(session, sealer, old, HASH, LATER) is None


def test_half_a_set_up_changes_nothing(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    with database.writing() as session:
        link = setup.issue(session, sealer, tanaka.id, LATER)
        setup.start(session, sealer, link, "another hash", LATER)
    assert isinstance(sign_in(database, sealer, tanaka), SignedIn)


def test_a_changed_password_ends_every_session_and_gives_this_browser_a_new_one(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    token = sign_in(database, sealer, tanaka).token
    visit = visit_of(database, sealer, token)
    with database.writing() as session:
        new = setup.change_password(session, sealer, visit, HASH, LATER)
    assert visit_of(database, sealer, token) is None
    assert visit_of(database, sealer, new).is_open


def test_the_last_admin_can_be_neither_shut_out_nor_made_less(
    database: Database, sealer: Sealer
) -> None:
    boss = colleague(database, sealer, "boss", [Role.ADMIN])
    with database.writing() as session:
        refused = [
            accounts.disable(session, sealer, boss.id, LATER),
            accounts.change_roles(session, sealer, boss.id, [Role.VIEWER]),
        ]
    assert refused == [accounts.LastAdmin()] * 2


def test_two_admins_cannot_shut_one_another_out_at_once(database: Database, sealer: Sealer) -> None:
    both = [colleague(database, sealer, name, [Role.ADMIN]) for name in ("one", "two")]

    def shut_out(who: Colleague) -> object:
        with database.writing() as session:
            return accounts.disable(session, sealer, who.id, LATER)

    with ThreadPoolExecutor(2) as pool:
        ends = [type(end).__name__ for end in pool.map(shut_out, both)]
    assert sorted(ends) == ["Changed", "LastAdmin"]


def test_neither_name_nor_secret_nor_token_stands_readable_in_any_table(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    token = sign_in(database, sealer, tanaka).token
    with database.reading() as session:
        held = repr(
            [
                session.execute(table.select()).all()
                for name, table in metadata.tables.items()
                if name.startswith(("staff", "audit"))
            ]
        )
    readable = ["見本 職員", tanaka.secret, token, PASSWORD, *tanaka.recovery_codes, "192.0.2.1"]
    assert [value for value in readable if value in held] == []


def test_an_account_unused_for_ninety_days_is_flagged(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    with database.reading() as session:
        person = accounts.everyone(session, sealer)[0]
    days = [timedelta(days=90), timedelta(days=90, seconds=1)]
    assert [person.is_unused(MORNING + waited) for waited in days] == [False, True]


def test_what_has_ended_is_cleared_away(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    try_password(database, sealer, "nobody", "wrong", LATER)
    with database.writing() as session:
        setup.issue(session, sealer, tanaka.id, LATER)
    much_later = LATER + timedelta(days=30)
    with database.writing() as session:
        gone = upkeep.clear_away(session, much_later, much_later)
    assert gone == {"sessions": 1, "links": 1, "failures": 2, "drafts": 0, "editing": 0}


def test_who_stands_under_a_lost_key_is_known_by_login_and_comes_in_by_a_recovery_code(
    database: Database, sealer: Sealer, tanaka: Colleague
) -> None:
    lost = Sealer([bytes(range(32))], bytes(32))
    with database.writing() as session:
        row = session.get_one(Staff, tanaka.id)
        row.sealed_name = lost.seal("見本".encode(), accounts.NAME_PURPOSE)
        row.sealed_totp = lost.seal(b"secret", accounts.TOTP_PURPOSE)
        drafts.keep(session, lost, tanaka.id, "form", {"words": "x"}, now=LATER)
        assert drafts.find(session, sealer, tanaka.id, "form") is None
        assert [one.name for one in accounts.everyone(session, sealer)] == ["tanaka"]
    half = try_password(database, sealer, "tanaka", PASSWORD, LATER)
    assert isinstance(half, HalfWay)
    assert isinstance(try_code(database, sealer, half.token, tanaka.code(LATER), LATER), Refused)
    code = tanaka.recovery_codes[0]
    done = try_code(database, sealer, half.token, code, LATER)
    assert isinstance(done, SignedIn)
    assert done.person.name == "tanaka"
