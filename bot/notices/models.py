"""Table of what staff are told by mail: each thing once, however many processes there are."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")
_TO_SEND = "run_at IS NOT NULL"


class StaffNotice(Base):
    """One thing to tell. The words are made when it leaves, so that none are kept here.

    `key` names the occasion; an incident's row holds its key until it is over (`over_at`).
    `run_at` (lease time) is set while the mail is still to go, and is the lease meanwhile.
    """

    __tablename__ = "staff_notice"
    __table_args__ = (
        Index(
            "ix_staff_notice_run_at",
            "run_at",
            sqlite_where=text(_TO_SEND),
            postgresql_where=text(_TO_SEND),
        ),
    )

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(80), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    figure: Mapped[int | None]
    over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    run_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(40))
