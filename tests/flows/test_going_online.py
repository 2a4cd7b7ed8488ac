"""A procedure is recorded as online: it is so in the knowledge, and who waited hears it once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.backups.settling import settle
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.values import OnlineStatus, Procedure
from bot.plan import queries, recording
from bot.plan.recording import RecordedAlready, WentOnline, Withdrawn, WithdrawnAlready
from bot.residents.rules import Style
from bot.sealing import Sealer
from bot.speech import plan_cards
from bot.speech.texts import Voice
from handlers.chat.turn import Desk
from scheduler.clock import next_due
from scheduler.going_online import GoingOnline
from tests.flows.chatting import CivilTime, Resident, labels, pushed, words
from tests.flows.planning import NIGHT, terms


def waits_for(database: Database) -> str:
    """A procedure that residents can wait for."""
    with database.reading() as session:
        every = knowledge.queries.published_procedures(session)
    return next(
        one.id for one in every if one.online_status is OnlineStatus.NOT_YET and one.planned_year
    )


class City:
    """The city's side: staff record, the round goes by the civil clock."""

    def __init__(self, database: Database, sealer: Sealer, desk: Desk, civil: CivilTime) -> None:
        self.database, self.sealer, self.desk, self.civil = database, sealer, desk, civil
        self.quota: int | None = None
        self.rounds = [self.round(), self.round()]

    def round(self, is_real_line: bool = False) -> GoingOnline:
        def compose(style: Style, procedure: Procedure, day: date) -> list[dict[str, Any]]:
            voice = Voice(self.desk.texts, style, self.desk.add_readings)
            return plan_cards.go_live(voice, self.desk.city, procedure, day)

        quota = lambda: self.quota  # noqa: E731
        how = {"compose": compose, "quota": quota, "quiet": NIGHT, "is_real_line": is_real_line}
        return GoingOnline(self.database, self.sealer, self.civil, **how)

    def records(self, procedure_id: str, day: date = date(2026, 11, 20)) -> Any:
        with self.database.writing() as session:
            given = {"by": "tanaka", "now": self.civil(), "terms": terms()}
            return recording.went_online(session, procedure_id, day, **given)

    def takes_back(self, record_id: int) -> Any:
        with self.database.writing() as session:
            return recording.withdraw(session, record_id, by="tanaka", now=self.civil())

    def procedure(self, procedure_id: str) -> Procedure:
        with self.database.reading() as session:
            found = knowledge.procedure(session, procedure_id)
        assert found is not None
        return found

    def sent(self) -> list[list[dict[str, Any]]]:
        return pushed(self.database, self.sealer, "go_live")


@pytest.fixture
def city(city_database: Database, sealer: Sealer, desk: Desk, civil: CivilTime) -> City:
    return City(city_database, sealer, desk, civil)


def test_who_waits_is_told_once_after_the_undo_time_and_never_at_night(
    city: City, resident: Resident, neighbour: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        assert "お知らせします" in words(one.posts_back(f"to=watch&p={wanted}"))
    neighbour.says("やさしい日本語")

    civil.now = datetime(2026, 11, 24, 11, 57, tzinfo=UTC)  # 20:57 here: undone until 21:02
    done = city.records(wanted)
    assert isinstance(done, WentOnline)
    assert (done.watchers, done.tell_at) == (2, datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    assert city.procedure(wanted).online_status is OnlineStatus.DONE
    assert isinstance(city.records(wanted), RecordedAlready)
    civil.passes(hours=2)
    assert [one.go() for one in city.rounds] == [0, 0]

    civil.now = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    city.quota = 1
    assert [one.go() for one in city.rounds] == [0, 0]  # not enough for both: they wait
    city.quota = None
    fresh = [city.round(), city.round()]
    assert [one.go() for one in fresh] == [2, 0]
    assert [one.go() for one in fresh] == [0, 0]
    easy, plain = sorted(map(words, city.sent()), key=lambda said: "ネットで できる" not in said)
    assert "ネットで できるように なりました" in easy
    assert "が、ネットでできるようになりました。" in plain
    assert "くわしく見る" in labels(city.sent()[0])
    with city.database.reading() as session:
        (news,) = queries.news(session).values()
    assert (news.told, news.waiting, news.outcome) == (2, 0, "told")
    assert "もうネットでできます" in words(resident.posts_back(f"to=watch&p={wanted}"))


def test_racers_record_once_and_tell_once(
    city: City, resident: Resident, neighbour: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    for one in (resident, neighbour):
        one.says("こんにちは")
        one.posts_back(f"to=watch&p={wanted}")
    with ThreadPoolExecutor(4) as racers:
        done = list(racers.map(lambda _: city.records(wanted), range(4)))
        assert sorted(type(one).__name__ for one in done) == ["RecordedAlready"] * 3 + [
            "WentOnline"
        ]
        civil.passes(minutes=6)
        told = sum(racers.map(lambda _: city.round().go(), range(4)))
        record = next(one.record for one in done if isinstance(one, WentOnline))
        back = list(racers.map(lambda _: city.takes_back(record.id), range(4)))
    assert (told, len(city.sent())) == (2, 2)
    assert sum(isinstance(one, Withdrawn) for one in back) == 1


def test_a_mistake_taken_back_in_time_tells_nobody_and_the_procedure_is_as_before(
    city: City, resident: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    resident.says("こんにちは")
    resident.posts_back(f"to=watch&p={wanted}")
    before = city.procedure(wanted)
    record = city.records(wanted).record
    assert city.takes_back(record.id) == Withdrawn(record, is_back=True)
    assert isinstance(city.takes_back(record.id), WithdrawnAlready)
    assert city.procedure(wanted) == before
    civil.passes(minutes=10)
    assert city.round().go() == 0
    with city.database.reading() as session:
        assert queries.watchers(session, wanted) == 1
        assert queries.online_since(session) == {}

    resident.does({"type": "unfollow"})
    again = city.records(wanted)
    assert again.watchers == 0
    civil.passes(minutes=10)
    assert city.round().go() == 0
    assert city.sent() == []


def test_a_sample_is_never_sent_to_real_residents(
    city: City, resident: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    resident.says("こんにちは")
    resident.posts_back(f"to=watch&p={wanted}")
    city.records(wanted)
    civil.passes(minutes=6)
    assert city.round(is_real_line=True).go() == 0
    with city.database.reading() as session:
        (news,) = queries.news(session).values()
    assert (news.outcome, city.sent()) == ("held", [])


def test_after_a_restore_nobody_is_told_unless_staff_record_it_again(
    city: City, resident: Resident, civil: CivilTime
) -> None:
    wanted = waits_for(city.database)
    resident.says("こんにちは")
    resident.posts_back(f"to=watch&p={wanted}")
    record = city.records(wanted).record
    with city.database.writing() as session:
        settle(session, now=civil(), civil=civil(), next_due=next_due)
    civil.passes(minutes=6)
    assert city.round().go() == 0
    city.takes_back(record.id)
    city.records(wanted)
    civil.passes(minutes=6)
    assert city.round().go() == 1


def test_a_day_before_the_plan_or_to_come_is_refused(city: City) -> None:
    wanted = waits_for(city.database)
    today = city.civil().date()
    for day in (date(2022, 3, 31), today + timedelta(days=1)):
        assert isinstance(city.records(wanted, day), recording.NotPossible)
    assert isinstance(city.records("P999"), recording.NoSuchProcedure)
