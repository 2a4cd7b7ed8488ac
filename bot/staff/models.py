"""Tables of staff: who may enter, what proves them, and what is under way at the door."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, Sealed, UtcDateTime
from bot.staff.audit_models import AuditHead, AuditRow

__all__ = [
    "AuditHead",
    "AuditRow",
    "Draft",
    "Editing",
    "RecoveryCode",
    "SetupLink",
    "Staff",
    "StaffRole",
    "StaffSession",
    "Throttle",
]

_Id = BigInteger().with_variant(Integer, "sqlite")


class Staff(Base):
    """One person's account. It is never deleted, so that the audit trail keeps its names.

    `totp_step` is the last half-minute whose code was taken: a code works once.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    sealed_name: Mapped[bytes] = mapped_column(Sealed("staff.name"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    sealed_totp: Mapped[bytes | None] = mapped_column(Sealed("staff.totp"))
    totp_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StaffRole(Base):
    """One role of one person."""

    __tablename__ = "staff_role"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class RecoveryCode(Base):
    """A code for the day the telephone is lost, by its keyed hash alone; one use each."""

    __tablename__ = "staff_recovery_code"

    code_hash: Mapped[str] = mapped_column(String(43), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)


class SetupLink(Base):
    """A one-time link by which a person chooses a password and ties their telephone."""

    __tablename__ = "staff_link"

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(43), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffSession(Base):
    """What the server knows of one browser; gone from here, its cookie is dead.

    `pending_hash` and `sealed_pending_totp` wait here until a set-up is finished, so that half
    a set-up changes nothing of the account. `last_sign_in_at` is the sign-in before this one.
    """

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_seen_at", "seen_at"),)

    id: Mapped[int] = mapped_column(_Id, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(43), unique=True)
    stage: Mapped[str] = mapped_column(String(8))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("staff_link.id", ondelete="CASCADE"))
    pending_hash: Mapped[str | None] = mapped_column(String(200))
    sealed_pending_totp: Mapped[bytes | None] = mapped_column(Sealed("staff.totp.pending"))
    notices: Mapped[str | None] = mapped_column(Text)


class Throttle(Base):
    """Failures at the door under one keyed hash of a login or of an address."""

    __tablename__ = "staff_throttle"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Draft(Base):
    """What someone was writing when they last paused, under seal."""

    __tablename__ = "staff_draft"

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed("staff.draft"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Editing(Base):
    """A form that someone has open. `since` is civil time, `seen_at` lease time: it lapses."""

    __tablename__ = "staff_editing"
    __table_args__ = (Index("ix_staff_editing_key", "key"),)

    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
