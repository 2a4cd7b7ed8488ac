"""The claim of the outbox, written out so that the planner recognises its conditions."""

from functools import cache

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    TextClause,
    TextualSelect,
    bindparam,
    literal_column,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from bot.db import UtcDateTime
from bot.outbox.models import OutboxParcel

_NOW: BindParameter[object] = bindparam("now", type_=UtcDateTime())
_UNTIL: BindParameter[object] = bindparam("until", type_=UtcDateTime())

WAITING: ColumnElement[str] = literal_column("'waiting'")
"""The state in a condition: as a parameter it would keep the planner from the partial index."""

_CANDIDATE = """
    SELECT id FROM outbox
    WHERE state = 'waiting' AND priority = {priority} AND run_at <= {now}
    ORDER BY run_at, id LIMIT 1 {lock}
"""

# A reply found too late for its token and never tried gets no first_try: it may still be pushed.
_CLAIM = """
    UPDATE outbox SET owner = :owner, attempts = attempts + 1, unsure = unsure + 1,
      run_at = {until},
      first_try = CASE WHEN first_try IS NULL AND endpoint = 'reply' AND token_until < {now}
                       THEN NULL ELSE COALESCE(first_try, {now}) END
    WHERE id = ({candidate})
    RETURNING id, endpoint, kind, campaign_id, address, messages, retry_key, first_try,
      token_until, useful_until, attempts, unsure, owner
"""

_POSTGRES_NOW = "(SELECT clock_timestamp())"


def candidate(dialect: str, priority: int) -> TextClause:
    """The id of the next parcel of this priority that is due."""
    if dialect == "sqlite":
        return text(_wanted(":now", "", priority)).bindparams(_NOW)
    return text(_wanted(_POSTGRES_NOW, "", priority))


def claim(dialect: str, priority: int) -> TextualSelect:
    """Takes the next parcel for `owner`, counts the attempt and notes the first one."""
    if dialect == "sqlite":
        wanted = _wanted(":now", "", priority)
        statement = text(_CLAIM.format(candidate=wanted, now=":now", until=":until"))
        statement = statement.bindparams(_NOW, _UNTIL)
    else:
        wanted = _wanted(_POSTGRES_NOW, "FOR UPDATE SKIP LOCKED", priority)
        until = "clock_timestamp() + make_interval(secs => :lease_seconds)"
        statement = text(_CLAIM.format(candidate=wanted, now="clock_timestamp()", until=until))
    moments = dict.fromkeys(("first_try", "token_until", "useful_until"), UtcDateTime())
    return statement.columns(**moments)


@cache
def insert(dialect: str, names: tuple[str, ...]) -> Insert:
    """Keeps a parcel with these columns, unless its dedupe key is known; built once."""
    table = OutboxParcel.metadata.tables[OutboxParcel.__tablename__]
    ours = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    row = ours.values({name: bindparam(name) for name in names})
    return row.on_conflict_do_nothing(index_elements=["dedupe_key"])


def _wanted(now: str, lock: str, priority: int) -> str:
    return _CANDIDATE.format(now=now, lock=lock, priority=int(priority))
