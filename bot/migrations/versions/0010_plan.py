"""The plan's progress as staff record it, who is told of it, friends a day, notices to staff."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("procedure_id", sa.String(length=32), nullable=True),
        sa.Column("measure", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=True),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("corrects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects"], ["plan_record.id"], name=op.f("fk_plan_record_corrects")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_record")),
        sa.UniqueConstraint("corrects", name=op.f("uq_plan_record_corrects")),
    )
    op.create_table(
        "go_live_news",
        sa.Column(
            "record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("procedure_id", sa.String(length=32), nullable=False),
        sa.Column("run_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), server_default="0", nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["plan_record.id"], name=op.f("fk_go_live_news_record_id")
        ),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_go_live_news")),
    )
    op.create_index(
        "ix_go_live_news_untold",
        "go_live_news",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "friends_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("followers", sa.Integer(), nullable=True),
        sa.Column("reached", sa.Integer(), nullable=True),
        sa.Column("blocks", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_friends_day")),
    )
    op.create_table(
        "staff_notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("figure", sa.Integer(), nullable=True),
        sa.Column("over_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("run_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_notice_key")),
    )
    op.create_index(
        "ix_staff_notice_run_at",
        "staff_notice",
        ["run_at"],
        unique=False,
        sqlite_where=sa.text("run_at IS NOT NULL"),
        postgresql_where=sa.text("run_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_staff_notice_run_at",
        table_name="staff_notice",
        sqlite_where=sa.text("run_at IS NOT NULL"),
        postgresql_where=sa.text("run_at IS NOT NULL"),
    )
    op.drop_table("staff_notice")
    op.drop_table("friends_day")
    op.drop_index(
        "ix_go_live_news_untold",
        table_name="go_live_news",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("go_live_news")
    op.drop_table("plan_record")
