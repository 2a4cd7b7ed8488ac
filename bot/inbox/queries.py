"""The statements of the inbox, written out where a planner must recognise their conditions."""

from datetime import datetime
from functools import cache

from sqlalchemy import BindParameter, TextClause, TextualSelect, bindparam, text
from sqlalchemy.engine import Dialect

from bot.db import UtcDateTime
from bot.inbox.rules import ALONE_FROM

GIVEN = ("event_id", "kind", "user_key", "message_id", "event")
MOST_ROWS = 100

_NOW: BindParameter[object] = bindparam("now", type_=UtcDateTime())
_UNTIL: BindParameter[object] = bindparam("until", type_=UtcDateTime())

# Oldest first; an event whose resident has an earlier one unfinished, or one being answered by
# another worker, stays where it is.
_CANDIDATE = """
    SELECT i.id FROM inbox AS i
    WHERE i.state = 'waiting' AND i.run_at <= {now} AND i.attempts {attempts}
      AND NOT EXISTS (
        SELECT 1 FROM inbox AS other
        WHERE other.state = 'waiting' AND other.user_key = i.user_key AND other.id <> i.id
          AND (other.id < i.id OR (other.owner IS NOT NULL AND other.run_at > {now})))
    ORDER BY i.run_at, i.id LIMIT 1 {lock}
"""

_CLAIM = """
    UPDATE inbox SET owner = :owner, attempts = attempts + 1, run_at = {until}
    WHERE id = ({candidate})
    RETURNING id, event_id, event, user_key, message_id, attempts, owner, received_at, kind
"""

# A subselect is computed once and may be compared through an index; the bare function may not.
_POSTGRES_NOW = "(SELECT clock_timestamp())"


@cache
def insert(dialect: str, number: int) -> str:
    """Keeps so many events, each unless its event_id is known: for each its GIVEN values.

    On SQLite the moment follows each event's values, on PostgreSQL the server sets it. One
    statement for all: between statements a thread would wait for its turn to run again.
    """
    if dialect == "sqlite":
        row = f"({', '.join('?' * len(GIVEN))}, ?, ?)"
    else:
        row = f"({', '.join(['%s'] * len(GIVEN))}, clock_timestamp(), clock_timestamp())"
    columns, rows = ", ".join((*GIVEN, "run_at", "received_at")), ", ".join([row] * number)
    return f"INSERT INTO inbox ({columns}) VALUES {rows} ON CONFLICT DO NOTHING"  # noqa: S608


def moments(dialect: Dialect, now: datetime) -> tuple[object, ...]:
    """What `insert` wants after each event's values: the moment as SQLite's driver takes it."""
    stored = UtcDateTime().bind_processor(dialect)
    return (stored(now), stored(now)) if dialect.name == "sqlite" and stored else ()


def candidate(dialect: str, *, alone: bool) -> TextClause:
    """The id of the next event to claim: of those to be run alone, or of the others."""
    if dialect == "sqlite":
        return text(_candidate(":now", "", alone=alone)).bindparams(_NOW)
    return text(_candidate(_POSTGRES_NOW, "", alone=alone))


def claim(dialect: str, *, alone: bool) -> TextualSelect:
    """Takes the next event for `owner` and counts the attempt."""
    if dialect == "sqlite":
        wanted = _candidate(":now", "", alone=alone)
        statement = text(_CLAIM.format(candidate=wanted, until=":until"))
        return _typed(statement.bindparams(_NOW, _UNTIL))
    wanted = _candidate(_POSTGRES_NOW, "FOR UPDATE OF i SKIP LOCKED", alone=alone)
    until = "clock_timestamp() + make_interval(secs => :lease_seconds)"
    return _typed(text(_CLAIM.format(candidate=wanted, until=until)))


def _candidate(now: str, lock: str, *, alone: bool) -> str:
    attempts = f">= {ALONE_FROM}" if alone else f"< {ALONE_FROM}"
    return _CANDIDATE.format(now=now, lock=lock, attempts=attempts)


def _typed(statement: TextClause) -> TextualSelect:
    return statement.columns(received_at=UtcDateTime())
