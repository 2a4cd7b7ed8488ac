"""Tables of the question log, of those who wait for an answer, and of counts without identity."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")
_ENTRY_ID = 128
_UNGATHERED = "review IS NOT NULL AND cluster_id IS NULL"


class QuestionRow(Base):
    """One question: exactly what the honest rates need, its text masked before it is written.

    `entry_id` is the answer the resident read (shown directly, or the candidate they opened).
    The `later_` columns tell of the answer that staff gave afterwards, counted apart from it.
    """

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_asked_at", "asked_at"),
        Index("ix_question_resident_key", "resident_key"),
        Index("ix_question_message_id", "message_id"),
        Index("ix_question_outcome_asked_at", "outcome", "asked_at"),
        Index("ix_question_entry_id_asked_at", "entry_id", "asked_at"),
        Index("ix_question_cluster_id", "cluster_id"),
        # Figures over months read this alone, and not the rows with their texts and vectors.
        Index(
            "ix_question_counted",
            *("asked_at", "kind", "outcome", "choice", "reaction", "entry_id"),
        ),
        Index(
            "ix_question_counter",
            "asked_at",
            sqlite_where=text("kind = 'counter'"),
            postgresql_where=text("kind = 'counter'"),
        ),
        Index(
            "ix_question_later_at",
            "later_at",
            sqlite_where=text("later_at IS NOT NULL"),
            postgresql_where=text("later_at IS NOT NULL"),
        ),
        # Words are searched here alone; PostgreSQL reads rows fast enough, and its index entries
        # could not hold a text of 5,000 characters.
        Index(
            "ix_question_words",
            *("asked_at", "id", "kind", "normalised", "text", "resident_key"),
            info={"only": "sqlite"},
        ).ddl_if(dialect="sqlite"),
        Index(
            "ix_question_ungathered",
            "id",
            sqlite_where=text(_UNGATHERED),
            postgresql_where=text(_UNGATHERED),
        ),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resident_key: Mapped[str | None] = mapped_column(String(43))
    message_id: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(Text)
    normalised: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16), default="question")
    outcome: Mapped[str] = mapped_column(String(16))
    shown: Mapped[list[str]] = mapped_column(JSON, default=list)
    scores: Mapped[list[float]] = mapped_column(JSON, default=list)
    gate: Mapped[float | None]
    margin: Mapped[float | None]
    vector: Mapped[bytes | None] = mapped_column(LargeBinary, info={"plain": "a vector"})
    latency_ms: Mapped[float | None]
    choice: Mapped[str | None] = mapped_column(String(_ENTRY_ID))
    choice_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reaction: Mapped[str | None] = mapped_column(String(8))
    reaction_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review: Mapped[str | None] = mapped_column(String(16))
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entry_id: Mapped[str | None] = mapped_column(String(_ENTRY_ID))
    district: Mapped[str | None] = mapped_column(String(40))
    cluster_id: Mapped[int | None] = mapped_column(
        _Id, ForeignKey("question_cluster.id", ondelete="SET NULL")
    )
    later_entry: Mapped[str | None] = mapped_column(String(_ENTRY_ID))
    later_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    later_reaction: Mapped[str | None] = mapped_column(String(8))
    later_reaction_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AwaitedAnswer(Base):
    """A resident who tapped 「調べてお返事します」 for a question."""

    __tablename__ = "awaited_answer"
    __table_args__ = (Index("ix_awaited_answer_resident_key", "resident_key"),)

    question_id: Mapped[int] = mapped_column(
        _Id, ForeignKey("question.id", ondelete="CASCADE"), primary_key=True
    )
    resident_key: Mapped[str] = mapped_column(String(43))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QuestionTally(Base):
    """Counts a day of questions whose rows are gone: the rates outlive the residents' words."""

    __tablename__ = "question_tally"

    day: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(16), primary_key=True)
    choice: Mapped[str] = mapped_column(String(16), primary_key=True)
    reaction: Mapped[str] = mapped_column(String(8), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class ClusterRow(Base):
    """Questions that want one answer. Its words are those of the question that represents it.

    The cluster holds no resident's words of its own, so that what is unsent or erased is gone
    here too. `version` grows with what people do, not when a question joins; `erased` counts
    questions whose rows are gone; `earlier_id` is an answered cluster that asked the same.
    """

    __tablename__ = "question_cluster"
    __table_args__ = (
        Index("ix_question_cluster_residents", "state", "residents", "id"),
        Index("ix_question_cluster_first_asked", "state", "first_asked", "id"),
        Index("ix_question_cluster_assignee", "assignee"),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(10), default="open")
    assignee: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    representative_id: Mapped[int | None] = mapped_column(_Id)
    earlier_id: Mapped[int | None] = mapped_column(_Id)
    first_asked: Mapped[datetime] = mapped_column(UtcDateTime)
    last_asked: Mapped[datetime] = mapped_column(UtcDateTime)
    questions: Mapped[int] = mapped_column(default=0)
    residents: Mapped[int] = mapped_column(default=0)
    erased: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str | None] = mapped_column(String(64))
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    entry_id: Mapped[str | None] = mapped_column(String(_ENTRY_ID))


class GatherTurn(Base):
    """One row: the number of the last gathering, so that two processes never gather at once."""

    __tablename__ = "question_gathering"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, default=0)


class ProposalRow(Base):
    """An answer to a cluster that a second person must approve before anyone meets it."""

    __tablename__ = "answer_proposal"
    __table_args__ = (Index("ix_answer_proposal_cluster_id", "cluster_id", "state"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=True)
    cluster_id: Mapped[int] = mapped_column(
        _Id, ForeignKey("question_cluster.id", ondelete="CASCADE")
    )
    cluster_version: Mapped[int]
    entry_id: Mapped[str] = mapped_column(String(_ENTRY_ID))
    entry_version: Mapped[int]
    entry: Mapped[dict[str, object] | None] = mapped_column(JSON)
    wordings: Mapped[list[str]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    author: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class AuditSampleRow(Base):
    """An answered question drawn to be judged. The verdict outlives the question, without it."""

    __tablename__ = "audit_sample"
    __table_args__ = (Index("ix_audit_sample_question_id", "question_id"),)

    week: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int | None] = mapped_column(
        _Id, ForeignKey("question.id", ondelete="SET NULL")
    )
    entry_id: Mapped[str] = mapped_column(String(_ENTRY_ID))
    verdict: Mapped[str | None] = mapped_column(String(8))
    judged_by: Mapped[str | None] = mapped_column(String(64))
    judged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
