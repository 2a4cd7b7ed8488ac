"""Tables of residents: who they are only under seal, how they are spoken to, what they chose."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime


class ResidentRow(Base):
    """A person who has spoken to the desk; found by keyed hash, named only under seal."""

    __tablename__ = "resident"
    __table_args__ = (
        Index("ix_resident_left_at", "left_at"),
        # All that an announcement asks of everybody, in the order in which it walks through them.
        Index("ix_resident_audience", "key", "left_at", "met_at", "style"),
    )

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    sealed_user_id: Mapped[bytes] = mapped_column(Sealed("resident.user_id"))
    met_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    style: Mapped[str] = mapped_column(String(16), default="plain")
    topic: Mapped[str | None] = mapped_column(String(80))
    topic_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ResidentChoice(Base):
    """What a resident told of themselves so that the right news reaches them; all of it optional.

    A row stands for everyone who ever chose something; an empty field is "did not say".
    """

    __tablename__ = "resident_choice"
    __table_args__ = (
        Index("ix_resident_choice_district", "district", "resident_key"),
        Index("ix_resident_choice_age_band", "age_band", "resident_key"),
    )

    resident_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    district: Mapped[str | None] = mapped_column(String(32))
    age_band: Mapped[str | None] = mapped_column(String(8))
    hours: Mapped[str | None] = mapped_column(String(8))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ResidentTopic(Base):
    """A topic of which a resident wants to hear. The key begins with the topic, so that all who
    chose one are read in a single run of its index.
    """

    __tablename__ = "resident_topic"
    __table_args__ = (Index("ix_resident_topic_resident_key", "resident_key"),)

    topic: Mapped[str] = mapped_column(String(32), primary_key=True)
    resident_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
