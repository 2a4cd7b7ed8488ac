"""What the review and the reports look up by, and changes that a second person must approve."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_proposal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.String(length=128), nullable=False),
        sa.Column("doing", sa.String(length=8), nullable=False),
        sa.Column("read_at", sa.Integer(), nullable=False),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_proposal")),
    )
    op.create_index(
        "ix_knowledge_proposal_waits",
        "knowledge_proposal",
        ["state", "kind", "row_id"],
        unique=False,
    )
    op.create_index(
        "ix_question_later_at",
        "question",
        ["later_at"],
        unique=False,
        sqlite_where=sa.text("later_at IS NOT NULL"),
        postgresql_where=sa.text("later_at IS NOT NULL"),
    )
    op.create_index(
        "ix_question_counted",
        "question",
        ["asked_at", "kind", "outcome", "choice", "reaction", "entry_id"],
        unique=False,
    )
    op.create_index(
        "ix_question_counter",
        "question",
        ["asked_at"],
        unique=False,
        sqlite_where=sa.text("kind = 'counter'"),
        postgresql_where=sa.text("kind = 'counter'"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.create_index(
            "ix_question_words",
            "question",
            ["asked_at", "id", "kind", "normalised", "text", "resident_key"],
            unique=False,
        )
