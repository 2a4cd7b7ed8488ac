"""Questions that stand for review, the people who asked them, and staff who answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answers.folding import fold
from bot.answers.words import word_cutter
from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.questions import cluster_queries, service
from bot.questions.answering import Terms
from bot.questions.cluster_queries import Filter, Line
from bot.questions.clusters import Seen
from bot.questions.gathering import Gathered, Gatherer
from bot.questions.models import QuestionRow
from bot.questions.rules import Asked, ClusterState, Kind
from bot.questions.telling import Letters
from bot.residents import service as residents
from bot.residents.rules import Resident
from bot.sealing import Sealer
from tests.flows.chatting import pushed

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
AOI, HINATA = "aoi", "hinata"
BIN = KnowledgeEntry(id="bin", question="ごみの出し方を知りたい", answer="朝8時までに出します。")


def asks(
    database: Database,
    text: str,
    who: str = "mio",
    *,
    awaits: bool = False,
    at: datetime = NOW,
    vector: bytes | None = None,
    outcome: str = "unanswered",
    shown: tuple[str, ...] = (),
    **more: Any,
) -> int:
    """A resident asks; the number of the question."""
    asked = Asked(
        asked_at=at,
        resident_key=who,
        message_id=f"m-{text[:20]}-{who}",
        text=text,
        normalised=fold(text),
        kind=Kind.QUESTION,
        outcome=outcome,
        shown=shown,
        vector=vector,
        **more,
    )
    with database.writing() as session:
        number = service.log(session, asked)
        if awaits:
            service.await_answer(session, number, who, at)
    return number


def lives_here(database: Database, sealer: Sealer, *people: str) -> None:
    """Residents the desk has met."""
    with database.writing() as session:
        for who in people:
            residents.meet(session, sealer, who, f"U-{who}", NOW)


def gather(database: Database) -> Gathered:
    """One round of the background job."""
    return Gatherer(database, word_cutter()).gather()


def lines(database: Database, *states: ClusterState) -> tuple[Line, ...]:
    """The clusters staff see."""
    with database.reading() as session:
        which = Filter(states=states) if states else Filter()
        return cluster_queries.page(session, which).lines


def only(database: Database, *states: ClusterState) -> Line:
    """The one cluster there is."""
    (line,) = lines(database, *states)
    return line


def seen(line: Line) -> Seen:
    """A cluster as it stands on somebody's screen."""
    return Seen(line.cluster.id, line.cluster.version)


def question(database: Database, number: int) -> QuestionRow:
    with database.reading() as session:
        return session.get_one(QuestionRow, number)


def knows(database: Database, *entries: KnowledgeEntry) -> None:
    """Publishes entries."""
    with database.writing() as session:
        for entry in entries:
            knowledge.put(session, ENTRIES, entry, Author("staff:seed", NOW))


def terms(sealer: Sealer, **more: Any) -> Terms:
    """Terms under which a push says title, answer and the question's number."""
    return Terms(Letters(sealer, compose, lambda _session: NOW), **more)


def compose(
    resident: Resident, entry: KnowledgeEntry, question_id: int
) -> Sequence[dict[str, Any]]:
    said = f"{entry.question} {entry.answer} {question_id} {resident.style}"
    return [{"type": "text", "text": said}]


def pushes(database: Database, sealer: Sealer) -> list[str]:
    """What waits to be pushed, oldest first."""
    held = pushed(database, sealer, "later_answer")
    return [message["text"] for messages in held for message in messages]


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)
