"""Conversations taken over by a person, and residents' pages."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("asked_by", sa.String(length=8), nullable=False),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("staff", sa.String(length=40), nullable=True),
        sa.Column("since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("taken_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("awaits_since", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    op.create_index("ix_handover_ended_at", "handover", ["ended_at"], unique=False)
    op.create_index(
        "ix_handover_live",
        "handover",
        ["until"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_handover_resident_key", "handover", ["resident_key"], unique=False)
    op.create_index(
        "uq_handover_live_resident",
        "handover",
        ["resident_key"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "handover_line",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handover_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=8), nullable=False),
        sa.Column("place", sa.String(length=8), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("form", sa.String(length=43), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_line")),
        sa.UniqueConstraint("handover_id", "form", name="uq_handover_line_form"),
    )
    op.create_index(
        "ix_handover_line_handover_id", "handover_line", ["handover_id", "id"], unique=False
    )
    op.create_index(
        "ix_handover_line_message_id",
        "handover_line",
        ["message_id"],
        unique=False,
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.create_table(
        "page_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=43), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("expires_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("used_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_page_link_token_hash")),
    )
    op.create_index(op.f("ix_page_link_expires_at"), "page_link", ["expires_at"], unique=False)
    op.create_index(op.f("ix_page_link_resident_key"), "page_link", ["resident_key"], unique=False)
    op.create_table(
        "page_visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=43), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("ends_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_visit")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_page_visit_token_hash")),
    )
    op.create_index(op.f("ix_page_visit_ends_at"), "page_visit", ["ends_at"], unique=False)
    op.create_index(
        op.f("ix_page_visit_resident_key"), "page_visit", ["resident_key"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_page_visit_resident_key"), table_name="page_visit")
    op.drop_index(op.f("ix_page_visit_ends_at"), table_name="page_visit")
    op.drop_table("page_visit")
    op.drop_index(op.f("ix_page_link_resident_key"), table_name="page_link")
    op.drop_index(op.f("ix_page_link_expires_at"), table_name="page_link")
    op.drop_table("page_link")
    op.drop_index(
        "ix_handover_line_message_id",
        table_name="handover_line",
        sqlite_where=sa.text("message_id IS NOT NULL"),
        postgresql_where=sa.text("message_id IS NOT NULL"),
    )
    op.drop_index("ix_handover_line_handover_id", table_name="handover_line")
    op.drop_table("handover_line")
    op.drop_index(
        "uq_handover_live_resident",
        table_name="handover",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_handover_resident_key", table_name="handover")
    op.drop_index(
        "ix_handover_live",
        table_name="handover",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_handover_ended_at", table_name="handover")
    op.drop_table("handover")
