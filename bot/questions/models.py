"""Tables of the question log, of those who wait for an answer, and of counts without identity."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")


class QuestionRow(Base):
    """One question: exactly what the honest rates need, its text masked before it is written."""

    __tablename__ = "question"
    __table_args__ = (
        Index("ix_question_asked_at", "asked_at"),
        Index("ix_question_resident_key", "resident_key"),
        Index("ix_question_message_id", "message_id"),
        Index("ix_question_outcome_asked_at", "outcome", "asked_at"),
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
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    latency_ms: Mapped[float | None]
    choice: Mapped[str | None] = mapped_column(String(64))
    choice_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reaction: Mapped[str | None] = mapped_column(String(8))
    reaction_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review: Mapped[str | None] = mapped_column(String(16))
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
