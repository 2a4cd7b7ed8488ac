"""The statements of the inbox, written out where a planner must recognise their conditions."""

from sqlalchemy import BindParameter, TextClause, TextualSelect, bindparam, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from bot.db import UtcDateTime
from bot.inbox.models import InboxEvent
from bot.inbox.rules import ALONE_FROM

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


def insert(dialect: str) -> Insert:
    """Keeps an event unless its event_id is known."""
    table = InboxEvent.metadata.tables[InboxEvent.__tablename__]
    ours = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return ours.on_conflict_do_nothing(index_elements=["event_id"])


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
