"""While somebody is being answered, announcements wait; but not for ever."""

import threading
import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.db import Database
from bot.inbox.service import Claim
from bot.line.outcomes import Accepted, Outcome
from bot.outbox.models import OutboxParcel
from bot.sealing import Sealer
from scheduler.right_of_way import RightOfWay
from scheduler.worker import Sizes, Worker
from tests.flows.announcing import Office, befriend_all, wait_for
from tests.flows.line_double import LineDouble, text_event
from tests.flows.test_worker import answering, keep


class Held(LineDouble):
    """LINE takes its time over a reply."""

    def __init__(self, replying: threading.Event, go_on: threading.Event) -> None:
        super().__init__()
        self._replying, self._go_on = replying, go_on

    def reply(self, reply_token: str, messages: Sequence[dict[str, Any]]) -> Outcome:
        self._replying.set()
        self._go_on.wait(10)
        return Accepted("r")


@pytest.mark.parametrize("slow", ["the answer", "the reply"])
def test_parcels_wait_for_who_is_being_answered(
    slow: str, database: Database, sealer: Sealer
) -> None:
    office, way = Office(database, sealer), RightOfWay(longest=10)
    befriend_all(office, 3)
    campaign_id = office.announces()
    office.goes_round()
    under_way, go_on, at_once = threading.Event(), threading.Event(), threading.Event()
    at_once.set()
    say = answering(database, sealer)

    def answer(claim: Claim) -> None:
        if slow == "the answer":
            under_way.set()
            go_on.wait(10)
        say(claim)

    line = Held(under_way, go_on) if slow == "the reply" else Held(at_once, at_once)
    worker = Worker(database, sealer, line, answer, sizes=Sizes(poll=0.02), way=way)
    mailing = office.mailing(make_way=way.give)
    keep(database, sealer, text_event(1))
    worker.start()
    try:
        assert under_way.wait(5)
        mailing.start()
        time.sleep(0.2)
        assert not office.line.calls
        go_on.set()
        wait_for(lambda: office.is_over(campaign_id))
    finally:
        go_on.set()
        worker.stop(5)
        mailing.stop()
    assert sum(office.line.got.values()) == 3


def test_in_a_town_that_never_stops_writing_an_announcement_goes_on_slowly(
    database: Database, sealer: Sealer
) -> None:
    office, way = Office(database, sealer), RightOfWay(longest=0.05)
    befriend_all(office, 3)
    campaign_id = office.announces()
    office.goes_round()
    mailing = office.mailing(make_way=way.give)
    with way.held():
        mailing.start()
        wait_for(lambda: office.is_over(campaign_id))
    mailing.stop()
    assert sum(office.line.got.values()) == 3


@pytest.mark.parametrize(("wrote_lately", "at_once"), [(True, 1), (False, 4)])
def test_parcels_are_taken_one_by_one_while_residents_write(
    wrote_lately: bool, at_once: int, database: Database, sealer: Sealer
) -> None:
    office, way = Office(database, sealer), RightOfWay()
    befriend_all(office, 4 * 500)
    campaign_id = office.announces()
    office.goes_round()
    tries = [0]

    def count_tries(point: str) -> None:
        if point == "parcels claimed":
            with database.reading() as session:
                tries.append(session.scalar(select(func.sum(OutboxParcel.attempts))) or 0)

    if wrote_lately:
        with way.held():
            pass
    mailing = office.mailing(make_way=way.give, failpoint=count_tries)
    mailing.start()
    wait_for(lambda: office.is_over(campaign_id))
    mailing.stop()
    assert max(after - before for before, after in pairwise(tries)) == at_once
    assert tries[-1] == 4


def test_who_may_go_while_residents_write_goes_alone() -> None:
    way = RightOfWay()
    with way.held():
        pass
    went: list[float] = []

    def go() -> None:
        assert way.give()
        went.append(time.monotonic())

    crowd = [threading.Thread(target=go) for _ in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert min(later - sooner for sooner, later in pairwise(sorted(went))) > 0.004


def test_nobody_waits_in_a_silent_town() -> None:
    way = RightOfWay()
    began = time.monotonic()
    assert not any(way.give() for _ in range(100))
    assert time.monotonic() - began < 0.1
