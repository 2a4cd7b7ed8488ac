"""Tables of conversations that a person has or is to have, and of what was said in them."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")
_LIVE = text("ended_at IS NULL")


class HandoverRow(Base):
    """One conversation from asking for a person until it is handed back. One lives a resident.

    `until` moves with what is said; past it the conversation ends by itself. `awaits_since` is
    the earliest message that no person has answered. `told_at`: when the resident was told that
    the desk speaks again. `staff` is a login.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_live_resident",
            "resident_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_handover_live", "until", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_handover_resident_key", "resident_key"),
        Index("ix_handover_ended_at", "ended_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    resident_key: Mapped[str] = mapped_column(String(43))
    state: Mapped[str] = mapped_column(String(8))
    asked_by: Mapped[str] = mapped_column(String(8))
    question_id: Mapped[int | None] = mapped_column(BigInteger)
    staff: Mapped[str | None] = mapped_column(String(40))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    awaits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(8))
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class HandoverLine(Base):
    """One message of either side. `said` is null once its writer took it back.

    `place` is the chat or our own page. `message_id` is LINE's. `form` is the number of the form
    it was sent from, so that pressing twice says it once.
    """

    __tablename__ = "handover_line"
    __table_args__ = (
        UniqueConstraint("handover_id", "form", name="uq_handover_line_form"),
        Index("ix_handover_line_handover_id", "handover_id", "id"),
        Index(
            "ix_handover_line_message_id",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    handover_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(8))
    place: Mapped[str] = mapped_column(String(8))
    said: Mapped[bytes | None] = mapped_column(Sealed("handover.said"))
    message_id: Mapped[str | None] = mapped_column(String(64))
    form: Mapped[str | None] = mapped_column(String(43))
