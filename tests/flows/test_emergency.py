"""In an emergency every friend is told at once, whatever the hour and the rest of the queue."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

import content
from bot.campaigns import emergency, finding
from bot.campaigns.models import Emergency as EmergencyRow
from bot.city import City
from bot.clocks import real_time
from bot.db import Database
from bot.line import limits
from bot.line.outcomes import MONTH_IS_FULL, Accepted, Outcome, TryAgain
from bot.outbox import service as outbox
from bot.outbox.models import OutboxParcel
from bot.outbox.rules import EMERGENCY
from bot.sealing import Sealer
from bot.speech import emergency_cards
from bot.speech.texts import Texts, Voice
from scheduler.sending import Sender
from scheduler.worker import Sizes, Worker
from tests.flows.announcing import wait_for
from tests.flows.line_double import LineDouble

NIGHT = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
TEMPLATES = emergency.templates(content.toml("emergency.toml"))
CITY = City.from_toml(content.toml("city.toml"))
VOICE = Voice(Texts.read(content.folder() / "texts"))


def declare(database: Database, sealer: Sealer, **more: Any) -> Any:
    with database.writing() as session:
        return declare_in(session, sealer, lease_now=database.lease_now(session), **more)


def declare_in(session: Session, sealer: Sealer, **more: Any) -> Any:
    said = more.pop("said", TEMPLATES[0])
    facts: dict[str, Any] = {
        "form": "form-1",
        "actor": "approver",
        "proved": True,
        "is_drill": False,
        "is_real_line": False,
        "now": NIGHT,
    } | more
    shown = emergency_cards.broadcast(VOICE, CITY, said, is_drill=facts["is_drill"])
    messages = facts.pop("messages", shown)
    return emergency.declare(session, sealer, said, messages, **facts)


def end(database: Database, declared: Any) -> Any:
    with database.writing() as session:
        facts = {"now": NIGHT, "lease_now": database.lease_now(session)}
        return emergency.end(session, declared.emergency_id, actor="approver", **facts)


def broadcasts(database: Database) -> list[str]:
    with database.reading() as session:
        wanted = select(OutboxParcel.dedupe_key).where(OutboxParcel.endpoint == "broadcast")
        return list(session.scalars(wanted))


def lasting(database: Database) -> list[tuple[str, bool]]:
    with database.reading() as session:
        return [(one.hazard, one.is_drill) for one in emergency.active(session)]


def claim(database: Database, sealer: Sealer) -> outbox.Parcel | None:
    """What a sender takes in hand after every lease and wait has passed."""
    with database.writing() as session:
        session.execute(update(OutboxParcel).values(run_at=OutboxParcel.created_at))
        now = database.lease_now(session)
        return outbox.claim(session, sealer, owner="s", now=now, priority=EMERGENCY)


def test_of_two_who_tell_of_one_hazard_at_the_same_time_one_does_and_the_other_hears_who(
    database: Database, sealer: Sealer
) -> None:
    begin = threading.Barrier(2)

    def tell(who: str) -> Any:
        begin.wait()
        return declare(database, sealer, form=f"form of {who}", actor=who)

    for _ in range(5):
        with ThreadPoolExecutor(2) as people:
            told = dict(zip("ab", people.map(tell, "ab"), strict=True))
        first, second = sorted(told, key=lambda who: isinstance(told[who], emergency.StillLasts))
        assert isinstance(told[first], emergency.Declared)
        assert (told[second].by, told[second].lasting.id) == (first, told[first].emergency_id)
        assert len(broadcasts(database)) == 1
        end(database, told[first])
        with database.writing() as session:
            session.execute(delete(OutboxParcel))
            session.execute(delete(EmergencyRow))


def test_one_who_waits_for_the_other_is_told_once_that_one_is_kept(
    database: Database, sealer: Sealer
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        with database.writing() as session:
            first = declare_in(session, sealer, lease_now=database.lease_now(session))
            second = elsewhere.submit(declare, database, sealer, form="form-2", actor="other")
            time.sleep(0.3)
        told = second.result(5)
    assert isinstance(told, emergency.StillLasts)
    assert (told.lasting.id, told.by) == (first.emergency_id, "approver")


def test_a_hazard_can_be_told_beside_another_after_its_end_and_beside_a_drill_of_it(
    database: Database, sealer: Sealer
) -> None:
    declare(database, sealer, form="1", is_drill=True)
    first = declare(database, sealer, form="2")
    assert isinstance(first, emergency.Declared), "a drill keeps nobody from telling the truth"
    assert isinstance(declare(database, sealer, form="3", said=TEMPLATES[1]), emergency.Declared)
    assert isinstance(declare(database, sealer, form="4"), emergency.StillLasts)
    end(database, first)
    assert isinstance(declare(database, sealer, form="4"), emergency.Declared)


def test_a_form_that_is_sent_twice_at_the_same_time_goes_out_once(
    database: Database, sealer: Sealer
) -> None:
    with ThreadPoolExecutor(1) as elsewhere:
        with database.writing() as session:
            first = declare_in(session, sealer, lease_now=database.lease_now(session))
            second = elsewhere.submit(declare, database, sealer)
            time.sleep(0.3)
        assert second.result(5) == emergency.AlreadyDeclared(first.emergency_id)


@pytest.mark.parametrize("said", TEMPLATES, ids=lambda said: said.hazard)
def test_every_template_fits_line_and_holds_nothing_of_the_sample(
    said: emergency.Template,
) -> None:
    assert limits.check(emergency_cards.broadcast(VOICE, CITY, said, is_drill=True)) == []
    assert emergency._fault(said, True, False) is None


def test_one_approver_with_a_fresh_code_reaches_everybody_before_all_else(
    database: Database, sealer: Sealer
) -> None:
    with database.writing() as session:
        for number in range(3):
            outbox.keep_push(
                session,
                sealer,
                dedupe_key=f"p{number}",
                user_id="U1",
                user_key="k1",
                messages=[{"type": "text", "text": "予約"}],
                kind="reminder",
                now=database.lease_now(session),
            )
    assert declare(database, sealer, proved=False) == emergency.NotProved()
    declared = declare(database, sealer)
    assert declared == emergency.Declared(declared.emergency_id)
    assert declare(database, sealer) == emergency.AlreadyDeclared(declared.emergency_id)
    line = LineDouble()
    worker = Worker(
        database, sealer, line, lambda claim: None, sizes=Sizes(answering=1, replying=1, sending=1)
    )
    worker.start()
    wait_for(lambda: len(line.pushes) == 4)
    worker.stop()
    assert [to for to, _ in line.pushes] == ["everybody", "U1", "U1", "U1"]


def test_the_banner_stands_until_somebody_ends_it(database: Database, sealer: Sealer) -> None:
    assert lasting(database) == []
    declared = declare(database, sealer, is_drill=True)
    assert lasting(database) == [("earthquake", True)]
    assert end(database, declared) == emergency.Ended("dropped")
    assert end(database, declared) == emergency.OverAlready()
    assert lasting(database) == []


def test_all_that_last_are_active_the_newest_first_and_a_drill_hides_no_real_one(
    database: Database, sealer: Sealer
) -> None:
    earthquake = declare(database, sealer, form="1")
    tsunami = declare(database, sealer, form="2", said=TEMPLATES[1])
    flood = declare(database, sealer, form="3", said=TEMPLATES[2], is_drill=True)
    assert lasting(database) == [("tsunami", False), ("earthquake", False), ("flood", True)]
    done = end(database, flood)
    assert [one.hazard for one in done.still] == ["tsunami", "earthquake"]
    assert [one.hazard for one in end(database, tsunami).still] == ["earthquake"]
    assert end(database, earthquake).still == ()


def test_what_was_not_sent_when_an_emergency_ends_never_goes_out(
    database: Database, sealer: Sealer
) -> None:
    """LINE refuses for the month's limit, the emergency is ended, the limit is raised."""
    declared = declare(database, sealer)
    line = LineDouble()
    line.answers = [TryAgain("status 429", 429, may_have_arrived=False)]
    sender = Sender(database, sealer, line, "w", lambda point: None)
    assert sender.one(EMERGENCY)
    assert end(database, declared) == emergency.Ended("dropped")
    assert claim(database, sealer) is None
    with database.reading() as session:
        assert finding.broadcast_end(session, declared.emergency_id) == "dropped"


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        (TryAgain(MONTH_IS_FULL, 429, may_have_arrived=False), "waiting_full"),
        (TryAgain("status 429", 429, may_have_arrived=False), "waiting_tried"),
        (Accepted("request"), "sent"),
    ],
)
def test_why_an_emergency_is_not_sent_yet_is_told(
    database: Database, sealer: Sealer, answer: Outcome, end: str
) -> None:
    declared = declare(database, sealer)
    line = LineDouble()
    line.answers = [answer]
    with database.reading() as session:
        assert finding.broadcast_end(session, declared.emergency_id) == "waiting"
    assert Sender(database, sealer, line, "w", lambda point: None).one(EMERGENCY)
    with database.reading() as session:
        assert finding.broadcast_end(session, declared.emergency_id) == end


@pytest.mark.parametrize("may_have_arrived", [False, True])
def test_what_is_in_a_senders_hand_when_an_emergency_ends_counts_as_unknown_and_goes_no_second_time(
    database: Database, sealer: Sealer, may_have_arrived: bool
) -> None:
    declared = declare(database, sealer)
    in_hand = claim(database, sealer)
    assert in_hand is not None
    if may_have_arrived:  # no answer came, and it waits for another try
        with database.writing() as session:
            lost = TryAgain("timeout", None, may_have_arrived=True)
            outbox.settle(session, in_hand, lost, database.lease_now(session))
    assert end(database, declared) == emergency.Ended("unknown")
    late = TryAgain("status 500", 500, may_have_arrived=True)
    with database.writing() as session, pytest.raises(outbox.LostLease):
        outbox.settle(session, in_hand, late, real_time())
    assert claim(database, sealer) is None


def test_what_line_has_taken_stays_told_as_sent(database: Database, sealer: Sealer) -> None:
    declared = declare(database, sealer)
    Sender(database, sealer, LineDouble(), "w", lambda point: None).one(EMERGENCY)
    assert end(database, declared) == emergency.Ended("sent")


def test_a_drill_and_a_sample_stay_off_the_real_line(database: Database, sealer: Sealer) -> None:
    assert declare(database, sealer, is_drill=True, is_real_line=True) == emergency.Unfit("drill")
    sample = emergency.Template(
        "other", "他", "題", "000-0000-0000 へ電話を", "やさしい", "短い", "みじかい"
    )
    assert declare(database, sealer, said=sample, is_real_line=True) == emergency.Unfit("sample")


def test_the_button_of_an_emergency_leads_to_no_sample_on_the_real_line(
    database: Database, sealer: Sealer
) -> None:
    assert declare(database, sealer, is_real_line=True) == emergency.Unfit("button")
    assert broadcasts(database) == []
    own = replace(CITY, shelters="https://www.city.yokkaichi.lg.jp/hinanjo/")
    messages = emergency_cards.broadcast(VOICE, own, TEMPLATES[0], is_drill=False)
    declared = declare(database, sealer, messages=messages, is_real_line=True)
    assert isinstance(declared, emergency.Declared)
