"""Work beside the worker goes round, outlives a fault, and ends when told to."""

import threading

from scheduler.rounds import Round, Together


def test_the_work_is_done_again_after_a_fault_and_ends_when_told() -> None:
    done = threading.Semaphore(0)
    times: list[int] = []

    def work() -> None:
        times.append(1)
        done.release()
        if len(times) == 1:
            raise OSError("away")

    round_ = Round("test", work, every=0.01)
    round_.start()
    assert done.acquire(timeout=5)
    assert done.acquire(timeout=5)
    round_.stop()
    count = len(times)
    assert done.acquire(timeout=0.1) is (count > 2)
    assert len(times) == count


def test_companions_stop_in_the_reverse_order() -> None:
    said: list[str] = []

    class Companion:
        def __init__(self, name: str) -> None:
            self.name = name

        def start(self) -> None:
            said.append(f"{self.name} starts")

        def stop(self) -> None:
            said.append(f"{self.name} stops")

    both = Together([Companion("a"), Companion("b")])
    both.start()
    both.stop()
    assert said == ["a starts", "b starts", "b stops", "a stops"]
