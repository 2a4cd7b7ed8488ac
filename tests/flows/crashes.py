"""Lets a process die between two transactions, as a power cut would."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.engine import Connection

from bot.db import Database


class PowerCut(Exception):
    """The process would be dead now."""


@contextmanager
def power_cut_after(database: Database, commits: int) -> Iterator[None]:
    """After this many commits nothing begins any more; leaves when the body has died of it."""
    done = 0

    def count(_connection: Connection) -> None:
        nonlocal done
        done += 1

    def refuse(_connection: Connection) -> None:
        if done >= commits:
            raise PowerCut

    event.listen(database.engine, "commit", count)
    event.listen(database.engine, "begin", refuse)
    try:
        yield
    except PowerCut:
        return
    finally:
        event.remove(database.engine, "commit", count)
        event.remove(database.engine, "begin", refuse)
    raise AssertionError("the body ended before the power was cut")
