"""Tables of what happens at a time: the schedules, and each firing, which can happen only once."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")


class Schedule(Base):
    """A repeating time. `next_due` is the cursor; `version` grows with every edit.

    An instant found later than `grace_seconds` after it was due is recorded as missed.
    """

    __tablename__ = "schedule"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    job: Mapped[str] = mapped_column(String(40))
    cron: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(40), server_default="Asia/Tokyo")
    grace_seconds: Mapped[int] = mapped_column(Integer, server_default="3600")
    enabled: Mapped[bool] = mapped_column(server_default=true())
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    next_due: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Firing(Base):
    """One due instant of a schedule and what became of it: fired, coalesced or missed, or what
    its job says that it did instead."""

    __tablename__ = "firing"

    schedule_id: Mapped[int] = mapped_column(
        ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    due: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12))
    fired_at: Mapped[datetime] = mapped_column(UtcDateTime)
