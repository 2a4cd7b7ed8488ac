"""Table of messages that are to go to LINE: decided in one transaction, sent after it."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")


class OutboxParcel(Base):
    """One call to LINE. `run_at` is also the lease, `first_try` is set before the first attempt.

    `address` (reply token, user id or up to 500 ids) and `messages` are sealed and gone once
    the parcel is at its end. A campaign's messages stand once with the campaign: then `messages`
    is null, `campaign_id` and `variant` tell where they are, and `address` is written (and so
    frozen) only at the first attempt, from those who are then still in that `part` of it.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    endpoint: Mapped[str] = mapped_column(String(12))
    kind: Mapped[str] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(SmallInteger)
    user_key: Mapped[str | None] = mapped_column(String(43))
    campaign_id: Mapped[int | None] = mapped_column(BigInteger)
    part: Mapped[int | None] = mapped_column(Integer)
    variant: Mapped[str | None] = mapped_column(String(16))
    address: Mapped[bytes | None] = mapped_column(Sealed("outbox.address"))
    messages: Mapped[bytes | None] = mapped_column(Sealed("outbox.messages"))
    recipients: Mapped[int] = mapped_column(Integer, server_default="1")
    retry_key: Mapped[str | None] = mapped_column(String(36))
    first_try: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    useful_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), server_default="waiting")
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    unsure: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    owner: Mapped[str | None] = mapped_column(String(40))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    request_id: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index(
            "ix_outbox_due",
            "priority",
            "run_at",
            "id",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_outbox_resident",
            "user_key",
            sqlite_where=text("user_key IS NOT NULL"),
            postgresql_where=text("user_key IS NOT NULL"),
        ),
        Index("ix_outbox_campaign", "campaign_id", "state"),
        Index(
            "ix_outbox_campaign_due",
            "campaign_id",
            "run_at",
            "id",
            sqlite_where=text("state = 'waiting' AND campaign_id IS NOT NULL"),
            postgresql_where=text("state = 'waiting' AND campaign_id IS NOT NULL"),
        ),
        Index(
            "ix_outbox_trouble",
            "id",
            sqlite_where=text("state IN ('dead', 'refused', 'unknown')"),
            postgresql_where=text("state IN ('dead', 'refused', 'unknown')"),
        ),
        Index(
            "ix_outbox_done",
            "done_at",
            sqlite_where=text("done_at IS NOT NULL"),
            postgresql_where=text("done_at IS NOT NULL"),
        ),
    )


class Pacer(Base):
    """The next free slot of an endpoint, shared by all processes (lease time)."""

    __tablename__ = "pacer"

    endpoint: Mapped[str] = mapped_column(String(12), primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
