"""Table of events that LINE delivered: kept before they are acknowledged, worked off once."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")


class InboxEvent(Base):
    """One webhook event. `run_at` is also the lease: a claimed row may be claimed again after it.

    `event` is the masked event, sealed; it is gone once the event is done. `message_id` is
    LINE's, so that a text taken back by its writer can be found.
    """

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(32))
    user_key: Mapped[str | None] = mapped_column(String(43))
    message_id: Mapped[str | None] = mapped_column(String(64))
    event: Mapped[bytes | None] = mapped_column(Sealed("inbox.event"))
    state: Mapped[str] = mapped_column(String(8), server_default="waiting")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    owner: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    # The conditions stand word for word in the claim: a bound parameter would not match them.
    __table_args__ = (
        Index(
            "ix_inbox_due",
            "run_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_resident",
            "user_key",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_inbox_message",
            "message_id",
            sqlite_where=text("message_id IS NOT NULL"),
            postgresql_where=text("message_id IS NOT NULL"),
        ),
        Index(
            "ix_inbox_dead",
            "id",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
        Index(
            "ix_inbox_done",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )
