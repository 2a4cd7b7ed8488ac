"""What residents choose is kept, changed and stopped, each part by itself."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.db import Database
from bot.residents import preferences, service
from bot.residents.rules import AgeBand, Choices, Hours
from bot.sealing import Sealer

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
MIO, KEN = "mio", "ken"


def test_choices_are_kept_changed_and_stopped(database: Database, sealer: Sealer) -> None:
    with database.writing() as session:
        for number, key in enumerate((MIO, KEN)):
            service.meet(session, sealer, key, f"U{number}", NOW)
        assert preferences.chosen(session, MIO).is_empty
        everything = Choices(frozenset(["classes", "care"]), "hazu", AgeBand.TO_74, Hours.DAY)
        assert preferences.choose(session, MIO, everything, NOW)
        assert preferences.start_topic(session, KEN, "classes", NOW)
        assert preferences.start_topic(session, KEN, "classes", NOW)
        assert preferences.choose_district(session, KEN, "sakura", NOW)
    with database.reading() as session:
        assert preferences.chosen(session, MIO) == everything
        assert preferences.chosen(session, KEN) == Choices(frozenset(["classes"]), "sakura")
    with database.writing() as session:
        assert preferences.stop_topic(session, MIO, "care")
        assert not preferences.stop_topic(session, MIO, "care")
        assert preferences.choose_age_band(session, MIO, None, NOW)
        assert preferences.choose_hours(session, MIO, Hours.NIGHT, NOW)
        assert preferences.chosen(session, MIO) == Choices(
            frozenset(["classes"]), "hazu", None, Hours.NIGHT
        )
        assert preferences.forget(session, MIO) == 2
        assert preferences.chosen(session, MIO).is_empty


def test_nothing_is_kept_of_someone_the_desk_has_forgotten(database: Database) -> None:
    with database.writing() as session:
        everything = Choices(frozenset(["classes"]), "hazu", AgeBand.TO_74, Hours.DAY)
        assert not preferences.choose(session, "nobody", everything, NOW)
        assert not preferences.start_topic(session, "nobody", "classes", NOW)
        assert not preferences.choose_district(session, "nobody", "hazu", NOW)
        assert not preferences.choose_age_band(session, "nobody", AgeBand.TO_74, NOW)
        assert not preferences.choose_hours(session, "nobody", Hours.DAY, NOW)
        assert preferences.forget(session, "nobody") == 0


def test_a_form_sent_many_times_at_once_is_kept_once(database: Database, sealer: Sealer) -> None:
    with database.writing() as session:
        service.meet(session, sealer, MIO, "U1", NOW)
    everything = Choices(frozenset(["classes", "care"]), "hazu", AgeBand.TO_74, Hours.DAY)
    gate = threading.Barrier(5)

    def send() -> bool:
        gate.wait()
        with database.writing() as session:
            return preferences.choose(session, MIO, everything, NOW)

    with ThreadPoolExecutor(5) as pool:
        assert [sent.result() for sent in [pool.submit(send) for _ in range(5)]] == [True] * 5
    with database.reading() as session:
        assert preferences.chosen(session, MIO) == everything
