"""Puts new questions that stand for review into clusters, in the background."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.answers.words import WordCutter
from bot.db import Database
from bot.questions import membership
from bot.questions.grouping import group, nearest
from bot.questions.likeness import Wording, wording
from bot.questions.models import ClusterRow, GatherTurn, QuestionRow
from bot.questions.rules import TAKING, ClusterState

_AT_ONCE = 200
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Gathered:
    """So many questions joined clusters, and so many clusters are new."""

    joined: int
    founded: int


@dataclass(frozen=True, slots=True)
class Said:
    """A question's words as they are compared. `cluster_id`: the cluster it is in or stands for."""

    question_id: int
    cluster_id: int | None
    asked_at: datetime
    wording: Wording


class Reading:
    """Reads questions as wordings; cuts the words of a question once."""

    def __init__(self, cutter: WordCutter) -> None:
        self._cutter = cutter
        self._cut: dict[tuple[int, int], Wording] = {}

    def said(self, rows: Iterable[Any]) -> list[Said]:
        """The rows of `columns()` as wordings."""
        if len(self._cut) > _REMEMBERED:
            self._cut.clear()
        return [
            Said(number, cluster_id, asked_at, self._wording(number, text, vector))
            for number, cluster_id, asked_at, text, vector in rows
        ]

    def representatives(self, session: Session, states: Sequence[ClusterState]) -> list[Said]:
        """Every cluster in these states, by the question that represents it."""
        found = session.execute(
            select(QuestionRow.id, ClusterRow.id, *columns()[2:])
            .join(ClusterRow, ClusterRow.representative_id == QuestionRow.id)
            .where(ClusterRow.state.in_(states), QuestionRow.text.is_not(None))
            .order_by(ClusterRow.id)
        )
        return self.said(found)

    def _wording(self, number: int, words: str, vector: bytes | None) -> Wording:
        key = (number, hash(words))
        held = self._cut.get(key)
        if held is None:
            held = self._cut[key] = wording(self._cutter, words)
        return Wording(held.key, held.words, vector)


def columns() -> tuple[Any, ...]:
    """What `Reading.said` takes of a question."""
    q = QuestionRow
    return (q.id, q.cluster_id, q.asked_at, q.text, q.vector)


class Gatherer:
    """Gathers on call; keep one a process, as it remembers how words are cut."""

    def __init__(self, database: Database, cutter: WordCutter) -> None:
        self._database = database
        self._reading = Reading(cutter)

    def gather(self) -> Gathered:
        """Lets every question that stands for review and is in no cluster join or found one.

        Call it every second or two. Several processes may: only one succeeds at a time, the
        others find nothing left.
        """
        joined = founded = 0
        while True:
            with self._database.reading() as session:
                number = turn(session)
                waiting = self._waiting(session)
                if not waiting:
                    return Gathered(joined, founded)
                taking = self._reading.representatives(session, TAKING)
                answered = self._reading.representatives(session, (ClusterState.ANSWERED,))
            targets = _targets(taking, waiting)
            earlier = earlier_of(
                [s for s, t in zip(waiting, targets, strict=True) if t is s], answered
            )
            with self._database.writing() as session:
                if not take_turn(session, number):
                    continue  # another process gathered meanwhile: decide again
                done = _write(session, waiting, targets, earlier)
            if not done.joined:
                return Gathered(joined, founded)
            joined, founded = joined + done.joined, founded + done.founded

    def _waiting(self, session: Session) -> list[Said]:
        found = session.execute(
            select(*columns())
            .where(
                QuestionRow.review.is_not(None),
                QuestionRow.cluster_id.is_(None),
                QuestionRow.text.is_not(None),
            )
            .order_by(QuestionRow.id)
            .limit(_AT_ONCE)
        )
        return self._reading.said(found)


def earlier_of(founders: Sequence[Said], answered: Sequence[Said]) -> dict[int, int]:
    """For each question that founds a cluster, the answered cluster that asked the same, if any."""
    if not founders or not answered:
        return {}
    found = nearest([s.wording for s in (*answered, *founders)], len(answered), 1)
    return {
        founder.question_id: answered[best[0].leader].cluster_id or 0
        for founder, best in zip(founders, found, strict=True)
        if best[0].nearness >= 1
    }


def found_cluster(session: Session, founder: Said, earlier: int | None) -> ClusterRow:
    """A new cluster around a question; counts come with `membership.refresh`."""
    row = ClusterRow(
        state=ClusterState.OPEN,
        representative_id=founder.question_id,
        earlier_id=earlier,
        first_asked=founder.asked_at,
        last_asked=founder.asked_at,
    )
    session.add(row)
    session.flush()
    return row


def turn(session: Session) -> int:
    """The number of the last gathering."""
    return session.scalar(select(GatherTurn.number).where(GatherTurn.id == 1)) or 0


def take_turn(session: Session, seen: int) -> bool:
    """Waits for any other gathering to end; False when one ended since the number was `seen`."""
    session.execute(text(_FIRST_TURN))
    return session.execute(text(_TAKE_TURN), {"seen": seen}).first() is not None


_FIRST_TURN = "INSERT INTO question_gathering (id, number) VALUES (1, 0) ON CONFLICT DO NOTHING"
_TAKE_TURN = """
    UPDATE question_gathering SET number = number + 1 WHERE id = 1 AND number = :seen
    RETURNING number
"""


def _targets(taking: Sequence[Said], waiting: Sequence[Said]) -> list[Said]:
    everything = [*taking, *waiting]
    leaders = group([said.wording for said in everything], len(taking))
    return [everything[leader] for leader in leaders[len(taking) :]]


def _write(
    session: Session, waiting: Sequence[Said], targets: Sequence[Said], earlier: dict[int, int]
) -> Gathered:
    known = {t.cluster_id for t in targets if t.cluster_id is not None}
    clusters = membership.lock(session, known)
    to_join = {number for number, row in clusters.items() if row.state in TAKING}
    founded: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for said, target in zip(waiting, targets, strict=True):
        number = target.cluster_id
        if number is None:
            number = founded.get(target.question_id)
            if number is None:
                row = found_cluster(session, target, earlier.get(target.question_id))
                number = founded[target.question_id] = row.id
        elif number not in to_join:
            continue  # answered or gone meanwhile: the next round decides
        members.setdefault(number, []).append(said.question_id)
    joined = sum(join(session, ids, number, None) for number, ids in members.items())
    membership.refresh(session, members)
    return Gathered(joined, len(founded))


def join(session: Session, question_ids: Sequence[int], cluster_id: int, before: int | None) -> int:
    """Moves questions that still stand for review and are in the cluster they were in before."""
    mine = QuestionRow.cluster_id.is_(None) if before is None else QuestionRow.cluster_id == before
    moved = session.execute(
        update(QuestionRow)
        .where(QuestionRow.id.in_(question_ids), QuestionRow.review.is_not(None), mine)
        .values(cluster_id=cluster_id)
        .returning(QuestionRow.id)
    )
    return len(moved.all())
