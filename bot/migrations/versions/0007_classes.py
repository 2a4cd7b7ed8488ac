"""Smartphone classes: courses, venues, sessions, bookings and their waiting lines."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_attendance",
        sa.Column("booking_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("booking_id", "meeting", name=op.f("pk_class_attendance")),
    )
    op.create_table(
        "class_booker",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=True),
        sa.Column("is_family", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("kana", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.String(length=43), nullable=True),
        sa.Column("district", sa.String(length=20), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("erased_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_booker")),
    )
    op.create_index("ix_class_booker_phone_hash", "class_booker", ["phone_hash"], unique=False)
    op.create_index("ix_class_booker_resident_key", "class_booker", ["resident_key"], unique=False)
    op.create_index(
        "uq_class_booker_own",
        "class_booker",
        ["resident_key"],
        unique=True,
        sqlite_where=sa.text("resident_key IS NOT NULL AND is_family = 0"),
        postgresql_where=sa.text("resident_key IS NOT NULL AND is_family = false"),
    )
    op.create_table(
        "class_booking",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("booker_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("offer_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("booked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("companions", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("needs_hearing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("needs_sight", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("needs_step_free", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("device", sa.String(length=8), nullable=True),
        sa.Column("model", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("was_helpful", sa.Boolean(), nullable=True),
        sa.Column("code_hash", sa.String(length=43), nullable=True),
        sa.Column("code_until", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_booking")),
    )
    op.create_index("ix_class_booking_booker_id", "class_booking", ["booker_id"], unique=False)
    op.create_index("ix_class_booking_code_hash", "class_booking", ["code_hash"], unique=False)
    op.create_index(
        "ix_class_booking_offer_until",
        "class_booking",
        ["offer_until"],
        unique=False,
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "ix_class_booking_session", "class_booking", ["session_id", "state", "place"], unique=False
    )
    op.create_index(
        "uq_class_booking_held",
        "class_booking",
        ["session_id", "booker_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('booked', 'waiting', 'offered', 'attended', 'absent')"),
        postgresql_where=sa.text("state IN ('booked', 'waiting', 'offered', 'attended', 'absent')"),
    )
    op.create_table(
        "class_course",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), server_default="class", nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("prerequisites", sa.String(length=200), nullable=False),
        sa.Column("bring", sa.String(length=200), nullable=False),
        sa.Column("organiser", sa.String(length=80), nullable=False),
        sa.Column("reminder_days", sa.String(length=40), nullable=True),
        sa.Column("reminder_at", sa.String(length=5), nullable=True),
        sa.Column("morning_at", sa.String(length=5), nullable=True),
        sa.Column("is_sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_course")),
        sa.UniqueConstraint("code", name=op.f("uq_class_course_code")),
    )
    op.create_table(
        "class_history",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("from_state", sa.String(length=12), nullable=True),
        sa.Column("to_state", sa.String(length=12), nullable=False),
        sa.Column("by", sa.String(length=8), nullable=False),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_history")),
    )
    op.create_index(
        "ix_class_history_booking_id", "class_history", ["booking_id", "id"], unique=False
    )
    op.create_table(
        "class_link_try",
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("resident_key", name=op.f("pk_class_link_try")),
    )
    op.create_table(
        "class_meeting",
        sa.Column("session_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_class_meeting")),
    )
    op.create_table(
        "class_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("booking_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("dedupe_key", sa.String(length=80), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("useful_until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="waiting", nullable=False),
        sa.Column("by_phone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_notice")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_class_notice_dedupe_key")),
    )
    op.create_index("ix_class_notice_booking_id", "class_notice", ["booking_id"], unique=False)
    op.create_index(
        "ix_class_notice_due",
        "class_notice",
        ["due_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "class_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("course_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), server_default="0", nullable=False),
        sa.Column("kept_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("opens_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("closes_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="open", nullable=False),
        sa.Column("next_place", sa.Integer(), server_default="1", nullable=False),
        sa.Column("is_sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_session")),
        sa.UniqueConstraint("code", name=op.f("uq_class_session_code")),
    )
    op.create_index("ix_class_session_course_id", "class_session", ["course_id"], unique=False)
    op.create_index(
        "ix_class_session_last_ends_at", "class_session", ["last_ends_at"], unique=False
    )
    op.create_index("ix_class_session_starts_at", "class_session", ["starts_at"], unique=False)
    op.create_table(
        "class_venue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kana", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("district", sa.String(length=20), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("access", sa.String(length=200), nullable=False),
        sa.Column("is_step_free", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("map_url", sa.String(length=300), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_venue")),
        sa.UniqueConstraint("code", name=op.f("uq_class_venue_code")),
    )


def downgrade() -> None:
    op.drop_table("class_venue")
    op.drop_index("ix_class_session_starts_at", table_name="class_session")
    op.drop_index("ix_class_session_last_ends_at", table_name="class_session")
    op.drop_index("ix_class_session_course_id", table_name="class_session")
    op.drop_table("class_session")
    op.drop_index(
        "ix_class_notice_due",
        table_name="class_notice",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_class_notice_booking_id", table_name="class_notice")
    op.drop_table("class_notice")
    op.drop_table("class_meeting")
    op.drop_table("class_link_try")
    op.drop_index("ix_class_history_booking_id", table_name="class_history")
    op.drop_table("class_history")
    op.drop_table("class_course")
    op.drop_index(
        "uq_class_booking_held",
        table_name="class_booking",
        sqlite_where=sa.text("state IN ('booked', 'waiting', 'offered', 'attended', 'absent')"),
        postgresql_where=sa.text("state IN ('booked', 'waiting', 'offered', 'attended', 'absent')"),
    )
    op.drop_index("ix_class_booking_session", table_name="class_booking")
    op.drop_index(
        "ix_class_booking_offer_until",
        table_name="class_booking",
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.drop_index("ix_class_booking_code_hash", table_name="class_booking")
    op.drop_index("ix_class_booking_booker_id", table_name="class_booking")
    op.drop_table("class_booking")
    op.drop_index(
        "uq_class_booker_own",
        table_name="class_booker",
        sqlite_where=sa.text("resident_key IS NOT NULL AND is_family = 0"),
        postgresql_where=sa.text("resident_key IS NOT NULL AND is_family = false"),
    )
    op.drop_index("ix_class_booker_resident_key", table_name="class_booker")
    op.drop_index("ix_class_booker_phone_hash", table_name="class_booker")
    op.drop_table("class_booker")
    op.drop_table("class_attendance")
