"""What residents chose to be told, and what they told of themselves for it."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resident_choice",
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("district", sa.String(length=32), nullable=True),
        sa.Column("age_band", sa.String(length=8), nullable=True),
        sa.Column("hours", sa.String(length=8), nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("resident_key", name=op.f("pk_resident_choice")),
    )
    op.create_index(
        "ix_resident_choice_age_band", "resident_choice", ["age_band", "resident_key"], unique=False
    )
    op.create_index(
        "ix_resident_choice_district", "resident_choice", ["district", "resident_key"], unique=False
    )
    op.create_table(
        "resident_topic",
        sa.Column("topic", sa.String(length=32), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("chosen_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("topic", "resident_key", name=op.f("pk_resident_topic")),
    )
    op.create_index(
        "ix_resident_topic_resident_key", "resident_topic", ["resident_key"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_resident_topic_resident_key", table_name="resident_topic")
    op.drop_table("resident_topic")
    op.drop_index("ix_resident_choice_district", table_name="resident_choice")
    op.drop_index("ix_resident_choice_age_band", table_name="resident_choice")
    op.drop_table("resident_choice")
