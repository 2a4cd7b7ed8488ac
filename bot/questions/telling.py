"""Tells the residents who wait for an answer, once each, through the outbox."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.knowledge.values import KnowledgeEntry
from bot.outbox.addressed import keep_push_to
from bot.questions.models import AwaitedAnswer, QuestionRow
from bot.residents import service as residents
from bot.residents.models import ResidentRow
from bot.residents.rules import Resident
from bot.sealing import Sealer

KIND = "later_answer"

Compose = Callable[[Resident, KnowledgeEntry, int], Sequence[dict[str, Any]]]
"""The messages that tell a resident an entry as the answer to their question of that number."""


@dataclass(frozen=True, slots=True)
class Letters:
    """What is needed to write to residents.

    `lease_now` gives the moment by which the outbox sends; civil time may stand ahead of it.
    """

    sealer: Sealer
    compose: Compose
    lease_now: Callable[[Session], datetime]


@dataclass(frozen=True, slots=True)
class _Waits:
    """A resident who waits, with their questions in the cluster, the latest last."""

    resident: ResidentRow
    awaited: tuple[AwaitedAnswer, ...]


def to_tell(session: Session, cluster_id: int) -> int:
    """How many messages an answer to the cluster would send now."""
    return len(_waiting(session, cluster_id))


def tell(
    session: Session, letters: Letters, cluster_id: int, entry: KnowledgeEntry, now: datetime
) -> int:
    """Keeps one push for each resident who waits for the cluster; how many there were.

    Who asked twice is told once, with the buttons of the later question. Who has left the account
    goes on waiting, unless they come back and ask; who was forgotten is not known here any more.
    Doing it again tells nobody twice.
    """
    told = 0
    for one in _waiting(session, cluster_id):
        latest = one.awaited[-1]
        resident = residents.recognise(session, one.resident.key)
        is_kept = keep_push_to(
            session,
            letters.sealer,
            one.resident.key,
            letters.compose(resident, entry, latest.question_id),
            # The moment is in it since a resident whom the answer did not help may wait again.
            dedupe_key=f"later:{latest.question_id}:{int(latest.asked_at.timestamp())}",
            kind=KIND,
            lease_now=letters.lease_now(session),
        )
        if is_kept:
            _note(session, one, entry, now)
            told += 1
    session.flush()
    return told


def _note(session: Session, one: _Waits, entry: KnowledgeEntry, now: datetime) -> None:
    for awaited in one.awaited:
        awaited.answered_at = now
    question = session.get_one(QuestionRow, one.awaited[-1].question_id)
    question.later_entry, question.later_at = entry.id, now
    question.later_reaction = question.later_reaction_at = None


def _waiting(session: Session, cluster_id: int) -> list[_Waits]:
    found = session.execute(
        select(ResidentRow, AwaitedAnswer)
        .join(AwaitedAnswer, AwaitedAnswer.resident_key == ResidentRow.key)
        .join(QuestionRow, QuestionRow.id == AwaitedAnswer.question_id)
        .where(
            QuestionRow.cluster_id == cluster_id,
            QuestionRow.resident_key == ResidentRow.key,
            QuestionRow.text.is_not(None),
            AwaitedAnswer.answered_at.is_(None),
            ResidentRow.left_at.is_(None),
        )
        .order_by(AwaitedAnswer.asked_at, AwaitedAnswer.question_id)
    )
    held: dict[str, tuple[ResidentRow, list[AwaitedAnswer]]] = {}
    for resident, awaited in found:
        held.setdefault(resident.key, (resident, []))[1].append(awaited)
    return [_Waits(resident, tuple(awaited)) for resident, awaited in held.values()]
