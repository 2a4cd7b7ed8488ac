"""Many ask for a few seats at once: exactly the seats are given, everybody is answered in order."""

import secrets

import pytest

from handlers.commands.bench_classes import Race, hold


def race(url: str, processes: int) -> Race:
    return Race(
        url=url,
        people=60,
        seats=7,
        seconds=1.0,
        processes=processes,
        threads=6,
        key=secrets.token_bytes(32),
    )


def judged(result: dict[str, object]) -> tuple[object, ...]:
    return result["told"], result["seated"], result["line_in_order"], result["right"]


def test_seven_seats_for_sixty_on_sqlite(sqlite_url: str) -> None:
    result = hold(race(sqlite_url, processes=1))
    assert judged(result) == ({"Reserved": 7, "Waiting": 53}, 7, True, True)


@pytest.mark.service
def test_seven_seats_for_sixty_in_two_processes_on_postgresql(postgres_url: str) -> None:
    result = hold(race(postgres_url, processes=2))
    assert judged(result) == ({"Reserved": 7, "Waiting": 53}, 7, True, True)
