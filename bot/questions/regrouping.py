"""Forms the clusters nobody has touched anew, over all questions that stand for review."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bot.answers.words import WordCutter
from bot.db import Database
from bot.questions import membership
from bot.questions.gathering import (
    Reading,
    Said,
    columns,
    earlier_of,
    found_cluster,
    join,
    take_turn,
    turn,
)
from bot.questions.grouping import group
from bot.questions.models import ClusterRow, QuestionRow
from bot.questions.rules import TAKING, WANTING, ClusterState

_AT_ONCE = 200
_FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class Regrouped:
    """So many questions were looked at, and so many now belong to another cluster."""

    questions: int
    moved: int


@dataclass(frozen=True, slots=True)
class _Move:
    said: Said
    target: Said | int
    """The founder of a new cluster, or the number of one there is."""


def regroup(database: Database, cutter: WordCutter) -> Regrouped:
    """Groups all questions of untouched open clusters and of none, from their stored vectors.

    A cluster that somebody assigned, merged, split or ignored keeps what it has and may gain.
    Untouched clusters keep their numbers as far as they can. For the night, or after a model came;
    another gathering at the same time makes it stop and change nothing.
    """
    reading = Reading(cutter)
    with database.writing() as session:
        _let_go_of_settled(session)
    with database.reading() as session:
        number = turn(session)
        touched = [s for s in reading.representatives(session, TAKING) if s.cluster_id]
        loose = reading.said(session.execute(_loose()))
        untouched = {said.cluster_id for said in loose if said.cluster_id is not None}
        touched = [said for said in touched if said.cluster_id not in untouched]
        answered = reading.representatives(session, (ClusterState.ANSWERED,))
    moves = _moves(touched, _most_asked_first(loose))
    earlier = earlier_of(_founders(moves), answered)
    with database.writing() as session:
        if not take_turn(session, number):
            return Regrouped(len(loose), 0)
    founded: dict[int, int] = {}
    moved = 0
    for start in range(0, len(moves), _AT_ONCE):
        with database.writing() as session:
            moved += _write(session, moves[start : start + _AT_ONCE], founded, earlier)
    return Regrouped(len(loose), moved)


def _loose() -> Any:
    untouched = and_(ClusterRow.state == ClusterState.OPEN, ClusterRow.version == _FIRST_VERSION)
    return (
        select(*columns())
        .outerjoin(ClusterRow, ClusterRow.id == QuestionRow.cluster_id)
        .where(
            QuestionRow.review.is_not(None),
            QuestionRow.text.is_not(None),
            or_(QuestionRow.cluster_id.is_(None), untouched),
        )
        .order_by(QuestionRow.id)
    )


def _most_asked_first(loose: Sequence[Said]) -> list[Said]:
    asked = Counter(said.wording.key for said in loose)
    return sorted(loose, key=lambda said: -asked[said.wording.key])


def _moves(touched: Sequence[Said], loose: Sequence[Said]) -> list[_Move]:
    everything = [*touched, *loose]
    leaders = group([said.wording for said in everything], len(touched))
    groups: dict[int, list[Said]] = defaultdict(list)
    for said, leader in zip(loose, leaders[len(touched) :], strict=True):
        groups[leader].append(said)
    taken: set[int] = set()
    moves: list[_Move] = []
    for leader, members in sorted(groups.items(), key=lambda held: -len(held[1])):
        founder = everything[leader]
        target: Said | int = founder
        if leader < len(touched):
            target = founder.cluster_id or 0
        else:
            target = _inherited(members, taken) or founder
        moves += [_Move(said, target) for said in members if said.cluster_id != target]
    return moves


def _inherited(members: Sequence[Said], taken: set[int]) -> int | None:
    """The cluster most of the members are in already, unless another group has it."""
    held = Counter(s.cluster_id for s in members if s.cluster_id not in (None, *taken))
    if not held:
        return None
    number = held.most_common(1)[0][0]
    assert number is not None
    taken.add(number)
    return number


def _founders(moves: Iterable[_Move]) -> list[Said]:
    found = {m.target.question_id: m.target for m in moves if isinstance(m.target, Said)}
    return list(found.values())


def _write(
    session: Session, moves: Sequence[_Move], founded: dict[int, int], earlier: dict[int, int]
) -> int:
    targets = [_number(move.target, founded) for move in moves]
    before = [move.said.cluster_id for move in moves]
    held = membership.lock(session, (n for n in (*targets, *before) if n is not None))
    fresh: set[int] = set()
    together: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for move in moves:
        old = move.said.cluster_id
        if old is not None and (old not in held or not _is_untouched(held[old])):
            continue  # somebody took the cluster in hand meanwhile
        number = _number(move.target, founded)
        if number is None:
            assert isinstance(move.target, Said)
            origin = move.target.question_id
            number = found_cluster(session, move.target, earlier.get(origin)).id
            founded[origin] = number
            fresh.add(number)
        if number in fresh or (number in held and held[number].state in TAKING):
            together[number, old].append(move.said.question_id)
    moved = sum(join(session, ids, new, old) for (new, old), ids in together.items())
    membership.refresh(session, {n for pair in together for n in pair if n is not None})
    return moved


def _number(target: Said | int, founded: dict[int, int]) -> int | None:
    return target if isinstance(target, int) else founded.get(target.question_id)


def _is_untouched(row: ClusterRow) -> bool:
    return row.state == ClusterState.OPEN and row.version == _FIRST_VERSION


def _let_go_of_settled(session: Session) -> None:
    """Takes out what was settled in the very moment in which it was gathered."""
    settled = session.scalars(
        select(QuestionRow)
        .join(ClusterRow, ClusterRow.id == QuestionRow.cluster_id)
        .where(QuestionRow.review.is_(None), ClusterRow.state.in_(WANTING))
        .limit(_AT_ONCE)
    ).all()
    clusters = membership.let_go(session, settled)
    membership.refresh(session, clusters)
