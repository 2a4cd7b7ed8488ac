"""Tables of the plan: its records, who waits for a procedure, whom to tell, how many friends."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")
_UNTOLD = "done_at IS NULL"


class GoLiveWatch(Base):
    """A resident who wants to know when a procedure is online; gone once they are told."""

    __tablename__ = "go_live_watch"
    __table_args__ = (Index("ix_go_live_watch_procedure_id", "procedure_id"),)

    resident_key: Mapped[str] = mapped_column(String(43), primary_key=True)
    procedure_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PlanRecord(Base):
    """Something staff wrote down about the plan. Rows are only ever added.

    A mistake is taken back by another row that `corrects` it, and each row only once.
    """

    __tablename__ = "plan_record"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(200))
    day: Mapped[date]
    procedure_id: Mapped[str | None] = mapped_column(String(32))
    measure: Mapped[int | None]
    state: Mapped[str | None] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(40), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    corrects: Mapped[int | None] = mapped_column(_Id, ForeignKey("plan_record.id"), unique=True)
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GoLiveNews(Base):
    """A procedure that went online, until all who wait for it are told; `run_at` is civil time.

    `outcome` says how it ended: told, or held as the text still had a sample in it.
    """

    __tablename__ = "go_live_news"
    __table_args__ = (
        Index(
            "ix_go_live_news_untold",
            "run_at",
            sqlite_where=text(_UNTOLD),
            postgresql_where=text(_UNTOLD),
        ),
    )

    record_id: Mapped[int] = mapped_column(
        _Id, ForeignKey("plan_record.id"), primary_key=True, autoincrement=False
    )
    procedure_id: Mapped[str] = mapped_column(String(32))
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told: Mapped[int] = mapped_column(Integer, server_default="0")
    outcome: Mapped[str | None] = mapped_column(String(8))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FriendsDay(Base):
    """How many friends there were at the end of a day; counts alone.

    `known` are those the desk has met and who have not left. The others are LINE's own counts,
    where LINE gave them.
    """

    __tablename__ = "friends_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    known: Mapped[int]
    followers: Mapped[int | None]
    reached: Mapped[int | None]
    blocks: Mapped[int | None]
