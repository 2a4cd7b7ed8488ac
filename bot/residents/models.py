"""The table of residents: who they are only under seal, how they like to be spoken to."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime


class ResidentRow(Base):
    """A person who has spoken to the desk; found by keyed hash, named only under seal."""

    __tablename__ = "resident"
    __table_args__ = (Index("ix_resident_left_at", "left_at"),)

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    sealed_user_id: Mapped[bytes] = mapped_column(Sealed("resident.user_id"))
    met_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    style: Mapped[str] = mapped_column(String(16), default="plain")
    topic: Mapped[str | None] = mapped_column(String(80))
    topic_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
