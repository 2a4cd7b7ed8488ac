"""The question log as rows of a table, masked, each cell guarded against running as a formula."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from bot.knowledge.tables.cells import guard, join
from bot.questions.days import JAPAN
from bot.questions.log_search import Found, Search, every

COLUMNS = (
    "id",
    "asked_at",
    "text",
    "outcome",
    "shown",
    "entry_id",
    "none_of_these",
    "reaction",
    "review",
    "district",
    "later_entry",
    "later_reaction",
)
"""The columns in order; the door says their names in Japanese. Nothing tells who asked."""


def rows(session: Session, search: Search) -> Iterator[tuple[str, ...]]:
    """All questions that are found, newest first, read in parts. Moments are Japan's, ISO 8601."""
    for found in every(session, search):
        yield tuple(guard(cell) for cell in _cells(found))


def _cells(found: Found) -> tuple[str, ...]:
    return (
        str(found.id),
        found.asked_at.astimezone(JAPAN).isoformat(timespec="seconds"),
        found.text or "",
        found.outcome,
        join(found.shown),
        found.entry_id or "",
        "1" if found.none_of_these else "0",
        found.reaction or "",
        found.review or "",
        found.district or "",
        found.later_entry or "",
        found.later_reaction or "",
    )
