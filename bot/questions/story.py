"""One question's whole story: asked, shown, chosen, felt, gathered, answered later, judged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.questions import clusters
from bot.questions.clusters import Cluster
from bot.questions.models import AuditSampleRow, AwaitedAnswer, ClusterRow, QuestionRow
from bot.questions.rules import NONE_OF_THESE, Verdict


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that was shown, with the score it had."""

    entry_id: str
    score: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything the log holds of a question, but who asked it.

    `chosen` is the candidate the resident opened; `none_of_these` that they said none fitted.
    `awaited_at`: 「調べてお返事します」 was tapped; `told_at`: the answer went out.
    """

    id: int
    asked_at: datetime
    text: str | None
    normalised: str | None
    kind: str
    outcome: str
    shown: tuple[Shown, ...]
    gate: float | None
    margin: float | None
    latency_ms: float | None
    district: str | None
    chosen: str | None
    none_of_these: bool
    choice_at: datetime | None
    reaction: str | None
    reaction_at: datetime | None
    review: str | None
    edited_at: datetime | None
    withdrawn_at: datetime | None
    cluster: Cluster | None
    awaited_at: datetime | None
    told_at: datetime | None
    later_entry: str | None
    later_at: datetime | None
    later_reaction: str | None
    later_reaction_at: datetime | None
    verdict: Verdict | None
    judged_at: datetime | None


def story(session: Session, question_id: int) -> Story | None:
    """The story of a question, or None when its row is gone."""
    row = session.get(QuestionRow, question_id)
    if row is None:
        return None
    cluster = session.get(ClusterRow, row.cluster_id) if row.cluster_id else None
    awaited = session.get(AwaitedAnswer, row.id)
    judged = session.scalar(
        select(AuditSampleRow).where(AuditSampleRow.question_id == row.id).limit(1)
    )
    told = {name: getattr(row, name) for name in Story.__slots__ if hasattr(row, name)}
    scores = [*row.scores, *[None] * len(row.shown)]
    none = row.choice == NONE_OF_THESE
    told |= {
        "shown": tuple(Shown(e, s) for e, s in zip(row.shown, scores, strict=False)),
        "chosen": None if none else row.choice,
        "none_of_these": none,
        "cluster": clusters.value_of(cluster) if cluster else None,
        "awaited_at": awaited.asked_at if awaited else None,
        "told_at": awaited.answered_at if awaited else None,
        "verdict": Verdict(judged.verdict) if judged and judged.verdict else None,
        "judged_at": judged.judged_at if judged else None,
    }
    return Story(**told)
