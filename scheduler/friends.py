"""Counts the friends each night, and asks LINE for its own counts when it has them."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.city import JAPAN
from bot.db import Database
from bot.line.client import NotAnswered
from bot.line.insight import Followers
from bot.plan import friends

log = logging.getLogger("madoguchi.friends")

ASKED_BACK = timedelta(days=7)
"""For so long LINE is asked again for a day whose counts it did not have ready."""


def count(session: Session, due: datetime) -> None:
    """Keeps how many friends there are at a day's end, within the transaction of its firing."""
    friends.keep(session, due.astimezone(JAPAN).date(), known=friends.known_now(session))


def ask_line(database: Database, now: datetime, ask: Callable[[date], Followers | None]) -> int:
    """Fetches LINE's counts of the last days that lack them; for how many days it had some."""
    today = now.astimezone(JAPAN).date()
    with database.reading() as session:
        days = friends.without_line(session, today - ASKED_BACK)
    found = 0
    for day in (day for day in days if day < today):
        try:
            told = ask(day)
        except NotAnswered as fault:
            log.warning("LINE gave no count of friends: %s", fault)
            return found
        if told is None:
            continue
        with database.writing() as session:
            counts = {"reached": told.reached, "blocks": told.blocks}
            friends.keep_line(session, day, followers=told.followers, **counts)
        found += 1
    return found
