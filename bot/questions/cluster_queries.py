"""Reads clusters for the screens: the list, one cluster's wordings, questions and who waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from bot.answers.folding import fold
from bot.questions.clusters import Cluster, value_of
from bot.questions.models import AwaitedAnswer, ClusterRow, QuestionRow
from bot.questions.rules import WANTING, ClusterState
from bot.questions.searching import holds
from bot.residents.models import ResidentRow


class Order(StrEnum):
    """How a list of clusters is sorted."""

    RESIDENTS = "residents"
    OLDEST = "oldest"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which clusters are looked for. `text` is sought in all their wordings."""

    states: Sequence[ClusterState] = WANTING
    assignee: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A cluster in a list. `title` is None when its words were taken back or erased."""

    cluster: Cluster
    title: str | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list, and how many clusters there are in all."""

    lines: tuple[Line, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Worded:
    """One wording of a cluster, with one of its questions, and how often it was used."""

    text: str
    question_id: int
    questions: int
    residents: int
    last_asked: datetime
    vector: bytes | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Residents who wait for an answer: who would be told, and who has left the account."""

    to_tell: int
    left: int


def page(
    session: Session,
    which: Filter,
    *,
    order: Order = Order.RESIDENTS,
    first: int = 0,
    most: int = 50,
) -> Page:
    """Clusters with their titles, the most pressing first."""
    conditions = _conditions(which)
    total = session.scalar(select(func.count()).select_from(ClusterRow).where(*conditions))
    rows = session.scalars(
        select(ClusterRow).where(*conditions).order_by(*_ORDERS[order]).offset(first).limit(most)
    ).all()
    return Page(_lines(session, rows), int(total or 0))


def one(session: Session, cluster_id: int) -> Line | None:
    """A cluster as it stands."""
    row = session.get(ClusterRow, cluster_id)
    return None if row is None else _lines(session, [row])[0]


def wordings(session: Session, cluster_id: int, most: int = 200) -> tuple[Worded, ...]:
    """The different wordings of a cluster, the most used first."""
    q = QuestionRow
    counted = session.execute(
        select(
            func.min(q.id),
            func.count(),
            func.count(q.resident_key.distinct()),
            func.max(q.asked_at),
        )
        .where(q.cluster_id == cluster_id, q.text.is_not(None))
        .group_by(q.normalised)
        .order_by(func.count().desc(), func.min(q.id))
        .limit(most)
    ).all()
    rows = session.execute(
        select(q.id, q.text, q.vector).where(q.id.in_([number for number, *_ in counted]))
    )
    held = {number: (text, vector) for number, text, vector in rows}
    return tuple(
        Worded(held[number][0] or "", number, questions, residents, last, held[number][1])
        for number, questions, residents, last in counted
    )


def question_ids(session: Session, cluster_id: int, wording_of: Sequence[int]) -> list[int]:
    """All questions of a cluster that are worded as one of these questions, for splitting."""
    same = aliased(QuestionRow)
    found = session.scalars(
        select(QuestionRow.id)
        .join(same, same.normalised == QuestionRow.normalised)
        .where(QuestionRow.cluster_id == cluster_id, same.id.in_(wording_of))
        .distinct()
    )
    return list(found)


def members(session: Session, ids: Sequence[int]) -> dict[int, list[int]]:
    """The questions of each of these clusters."""
    q = QuestionRow
    held: dict[int, list[int]] = {}
    found = session.execute(select(q.cluster_id, q.id).where(q.cluster_id.in_(ids)).order_by(q.id))
    for cluster_id, question_id in found:
        held.setdefault(cluster_id or 0, []).append(question_id)
    return held


def waiting(session: Session, cluster_id: int) -> Waiting:
    """How many residents tapped 「調べてお返事します」 for a question of the cluster."""
    counted = session.execute(
        select(ResidentRow.left_at.is_(None), func.count(ResidentRow.key.distinct()))
        .join(AwaitedAnswer, AwaitedAnswer.resident_key == ResidentRow.key)
        .join(QuestionRow, QuestionRow.id == AwaitedAnswer.question_id)
        .where(QuestionRow.cluster_id == cluster_id, AwaitedAnswer.answered_at.is_(None))
        .group_by(ResidentRow.left_at.is_(None))
    )
    counts = {bool(stays): number for stays, number in counted}
    return Waiting(counts.get(True, 0), counts.get(False, 0))


def counts(session: Session) -> dict[ClusterState, int]:
    """How many clusters stand in each state, and none for those there are none of."""
    found = session.execute(select(ClusterRow.state, func.count()).group_by(ClusterRow.state))
    held = {row[0]: row[1] for row in found}
    return {state: held.get(state, 0) for state in ClusterState}


def shown_in_vain(session: Session, cluster_id: int) -> dict[str, int]:
    """For each entry that residents of the cluster were shown, how many it did not help."""
    found: dict[str, int] = {}
    for shown in session.scalars(
        select(QuestionRow.shown).where(QuestionRow.cluster_id == cluster_id)
    ):
        for entry_id in shown:
            found[entry_id] = found.get(entry_id, 0) + 1
    return found


_ORDERS: dict[Order, tuple[ColumnElement[Any], ...]] = {
    Order.RESIDENTS: (ClusterRow.residents.desc(), ClusterRow.id.desc()),
    Order.OLDEST: (ClusterRow.first_asked.asc(), ClusterRow.id.asc()),
    Order.NEWEST: (ClusterRow.last_asked.desc(), ClusterRow.id.desc()),
}


def _conditions(which: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ClusterRow.state.in_(which.states)]
    if which.assignee is not None:
        conditions.append(ClusterRow.assignee == which.assignee)
    if which.text.strip():
        conditions.append(ClusterRow.id.in_(_holding(which.text)))
    return conditions


def _holding(text: str) -> Any:
    return select(QuestionRow.cluster_id).where(
        QuestionRow.cluster_id.is_not(None), holds(QuestionRow.normalised, fold(text))
    )


def _lines(session: Session, rows: Sequence[ClusterRow]) -> tuple[Line, ...]:
    titles = _pairs(
        session,
        select(QuestionRow.id, QuestionRow.text).where(
            QuestionRow.id.in_([row.representative_id for row in rows])
        ),
    )
    waiting_by = _pairs(
        session,
        select(QuestionRow.cluster_id, func.count(AwaitedAnswer.resident_key.distinct()))
        .join(AwaitedAnswer, AwaitedAnswer.question_id == QuestionRow.id)
        .where(
            QuestionRow.cluster_id.in_([row.id for row in rows]),
            AwaitedAnswer.answered_at.is_(None),
        )
        .group_by(QuestionRow.cluster_id),
    )
    return tuple(
        Line(value_of(row), titles.get(row.representative_id), waiting_by.get(row.id, 0))
        for row in rows
    )


def _pairs(session: Session, statement: Any) -> dict[Any, Any]:
    return {row[0]: row[1] for row in session.execute(statement)}
