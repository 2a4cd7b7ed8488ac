"""Table of those who want to be told when a procedure goes online."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime


class GoLiveWatch(Base):
    """A resident who asked 「この手続きがオンラインになったら知らせて」."""

    __tablename__ = "go_live_watch"
    __table_args__ = (Index("ix_go_live_watch_procedure_id", "procedure_id"),)

    resident_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    procedure_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
