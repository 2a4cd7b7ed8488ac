"""Announcements: drafts, approval, parcels, results."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("topic", sa.String(length=32), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.String(length=40), nullable=True),
        sa.Column("checked_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_reach", sa.Integer(), nullable=True),
        sa.Column("start_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("planned_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.String(length=43), nullable=False),
        sa.Column("parts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("planned", sa.Integer(), server_default="0", nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("sent", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.Column("unknown", sa.Integer(), nullable=True),
        sa.Column("unsent", sa.Integer(), nullable=True),
        sa.Column("dropped", sa.Integer(), nullable=True),
        sa.Column("blocked", sa.Integer(), nullable=True),
        sa.Column("opened", sa.Integer(), nullable=True),
        sa.Column("clicked", sa.Integer(), nullable=True),
        sa.Column("measured_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("series_id", sa.BigInteger(), nullable=True),
        sa.Column("series_due", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_index(
        "ix_campaign_live",
        "campaign",
        ["state", "start_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('approved', 'scheduled', 'planning', 'sending', 'paused')"),
        postgresql_where=sa.text(
            "state IN ('approved', 'scheduled', 'planning', 'sending', 'paused')"
        ),
    )
    op.create_index("ix_campaign_made_at", "campaign", ["made_at"], unique=False)
    op.create_index("ix_campaign_started_at", "campaign", ["started_at"], unique=False)
    op.create_table(
        "campaign_body",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("style", sa.String(length=16), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "style", name=op.f("pk_campaign_body")),
    )
    op.create_table(
        "campaign_link",
        sa.Column("name", sa.String(length=22), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("taps", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_campaign_link")),
    )
    op.create_index("ix_campaign_link_campaign_id", "campaign_link", ["campaign_id"], unique=False)
    op.create_table(
        "campaign_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=43), nullable=False),
        sa.Column("media_type", sa.String(length=16), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("preview", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_picture")),
        sa.UniqueConstraint("name", name=op.f("uq_campaign_picture_name")),
    )
    op.create_table(
        "campaign_recipient",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.PrimaryKeyConstraint("resident_key", "campaign_id", name=op.f("pk_campaign_recipient")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_campaign_recipient_campaign_id",
        "campaign_recipient",
        ["campaign_id", "part"],
        unique=False,
    )
    op.create_table(
        "campaign_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("cron", sa.String(length=80), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("skipped", sa.Text(), nullable=False),
        sa.Column("waits_for_approval", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("author", sa.String(length=40), nullable=False),
        sa.Column("writers", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=40), nullable=True),
        sa.Column("approved_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("approved_reach", sa.Integer(), nullable=True),
        sa.Column("told_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("misfires_seen_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_series")),
    )
    op.create_table(
        "campaign_story",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_story")),
    )
    op.create_index(
        "ix_campaign_story_campaign_id", "campaign_story", ["campaign_id", "id"], unique=False
    )
    op.create_table(
        "campaign_tally",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "what", name=op.f("pk_campaign_tally")),
    )
    op.create_table(
        "campaign_tester",
        sa.Column("staff", sa.String(length=40), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=True),
        sa.Column("code_hash", sa.String(length=43), nullable=True),
        sa.Column("code_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("joined_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("staff", name=op.f("pk_campaign_tester")),
    )
    op.create_index(
        "ix_campaign_tester_resident_key", "campaign_tester", ["resident_key"], unique=False
    )
    op.create_table(
        "emergency",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hazard", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("easy", sa.Text(), nullable=False),
        sa.Column("banner", sa.String(length=200), nullable=False),
        sa.Column("banner_easy", sa.String(length=200), nullable=False),
        sa.Column("is_drill", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.String(length=40), nullable=False),
        sa.Column("form", sa.String(length=43), nullable=False),
        sa.Column("ended_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency")),
        sa.UniqueConstraint("form", name=op.f("uq_emergency_form")),
    )
    op.create_index(
        "ix_emergency_active",
        "emergency",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_emergency_lasting",
        "emergency",
        ["hazard", "is_drill"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "pacer",
        sa.Column("endpoint", sa.String(length=12), nullable=False),
        sa.Column("next_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_pacer")),
    )
    op.add_column("outbox", sa.Column("part", sa.Integer(), nullable=True))
    op.add_column("outbox", sa.Column("variant", sa.String(length=16), nullable=True))
    op.create_index(
        "ix_outbox_campaign_due",
        "outbox",
        ["campaign_id", "run_at", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting' AND campaign_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND campaign_id IS NOT NULL"),
    )
    op.create_index(
        "ix_resident_audience", "resident", ["key", "left_at", "met_at", "style"], unique=False
    )


def downgrade() -> None:

    op.drop_index("ix_resident_audience", table_name="resident")
    op.drop_index(
        "ix_outbox_campaign_due",
        table_name="outbox",
        sqlite_where=sa.text("state = 'waiting' AND campaign_id IS NOT NULL"),
        postgresql_where=sa.text("state = 'waiting' AND campaign_id IS NOT NULL"),
    )
    op.drop_column("outbox", "variant")
    op.drop_column("outbox", "part")
    op.drop_table("pacer")
    op.drop_index(
        "uq_emergency_lasting",
        table_name="emergency",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "ix_emergency_active",
        table_name="emergency",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_table("emergency")
    op.drop_index("ix_campaign_tester_resident_key", table_name="campaign_tester")
    op.drop_table("campaign_tester")
    op.drop_table("campaign_tally")
    op.drop_index("ix_campaign_story_campaign_id", table_name="campaign_story")
    op.drop_table("campaign_story")
    op.drop_table("campaign_series")
    op.drop_index("ix_campaign_recipient_campaign_id", table_name="campaign_recipient")
    op.drop_table("campaign_recipient")
    op.drop_table("campaign_picture")
    op.drop_index("ix_campaign_link_campaign_id", table_name="campaign_link")
    op.drop_table("campaign_link")
    op.drop_table("campaign_body")
    op.drop_index("ix_campaign_started_at", table_name="campaign")
    op.drop_index("ix_campaign_made_at", table_name="campaign")
    op.drop_index(
        "ix_campaign_live",
        table_name="campaign",
        sqlite_where=sa.text("state IN ('approved', 'scheduled', 'planning', 'sending', 'paused')"),
        postgresql_where=sa.text(
            "state IN ('approved', 'scheduled', 'planning', 'sending', 'paused')"
        ),
    )
    op.drop_table("campaign")
