"""How often residents asked for each procedure, and whether the answer helped."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.knowledge.models import EntryRow
from bot.questions.days import moments
from bot.questions.models import QuestionRow
from bot.questions.rules import Kind


@dataclass(frozen=True, slots=True)
class Demand:
    """Questions whose answer, as the resident read it, belongs to the procedure."""

    asked: int = 0
    resolved: int = 0
    not_resolved: int = 0

    @property
    def no_reaction(self) -> int:
        """Those after which nothing was said."""
        return self.asked - self.resolved - self.not_resolved


def demand(session: Session, first: date, last: date) -> dict[str, Demand]:
    """The demand of these days by procedure; procedures nobody asked for are not in it.

    Questions whose rows are gone cannot be told by procedure and are not counted.
    """
    begin, end = moments(first, last)
    q = QuestionRow
    found = session.execute(
        select(EntryRow.procedure, q.reaction, func.count())
        .join(EntryRow, EntryRow.id == q.entry_id)
        .where(
            q.kind == Kind.QUESTION, q.asked_at >= begin, q.asked_at < end, EntryRow.procedure != ""
        )
        .group_by(EntryRow.procedure, q.reaction)
    )
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    for procedure, reaction, count in found:
        counted[procedure][reaction or ""] = count
    return {
        procedure: Demand(sum(by.values()), by.get("yes", 0), by.get("no", 0))
        for procedure, by in counted.items()
    }
