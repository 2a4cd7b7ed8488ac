"""Residents, what they asked, what waits for an answer."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "go_live_watch",
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("procedure_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("resident_key", "procedure_id", name=op.f("pk_go_live_watch")),
    )
    op.create_index(
        "ix_go_live_watch_procedure_id", "go_live_watch", ["procedure_id"], unique=False
    )
    op.create_table(
        "question_cluster",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column(
            "representative_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "earlier_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("first_asked", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_asked", UtcDateTime(timezone=True), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.String(length=128), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_cluster")),
    )
    op.create_index("ix_question_cluster_assignee", "question_cluster", ["assignee"], unique=False)
    op.create_index(
        "ix_question_cluster_first_asked",
        "question_cluster",
        ["state", "first_asked", "id"],
        unique=False,
    )
    op.create_index(
        "ix_question_cluster_residents",
        "question_cluster",
        ["state", "residents", "id"],
        unique=False,
    )
    op.create_table(
        "question_gathering",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_gathering")),
    )
    op.create_table(
        "question_tally",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("choice", sa.String(length=16), nullable=False),
        sa.Column("reaction", sa.String(length=8), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "day", "kind", "outcome", "choice", "reaction", name=op.f("pk_question_tally")
        ),
    )
    op.create_table(
        "resident",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("sealed_user_id", sa.LargeBinary(), nullable=False),
        sa.Column("met_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("style", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=True),
        sa.Column("topic_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_resident")),
    )
    op.create_index("ix_resident_left_at", "resident", ["left_at"], unique=False)
    op.create_table(
        "answer_proposal",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column(
            "cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("cluster_version", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("entry_version", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=True),
        sa.Column("wordings", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["question_cluster.id"],
            name=op.f("fk_answer_proposal_cluster_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_proposal")),
    )
    op.create_index(
        "ix_answer_proposal_cluster_id", "answer_proposal", ["cluster_id", "state"], unique=False
    )
    op.create_table(
        "question",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("resident_key", sa.String(length=43), nullable=True),
        sa.Column("message_id", sa.String(length=64), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("normalised", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("gate", sa.Double(), nullable=True),
        sa.Column("margin", sa.Double(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("latency_ms", sa.Double(), nullable=True),
        sa.Column("choice", sa.String(length=128), nullable=True),
        sa.Column("choice_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("reaction", sa.String(length=8), nullable=True),
        sa.Column("reaction_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("review", sa.String(length=16), nullable=True),
        sa.Column("edited_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("entry_id", sa.String(length=128), nullable=True),
        sa.Column("district", sa.String(length=40), nullable=True),
        sa.Column(
            "cluster_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("later_entry", sa.String(length=128), nullable=True),
        sa.Column("later_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("later_reaction", sa.String(length=8), nullable=True),
        sa.Column("later_reaction_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"],
            ["question_cluster.id"],
            name=op.f("fk_question_cluster_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_asked_at", "question", ["asked_at"], unique=False)
    op.create_index("ix_question_cluster_id", "question", ["cluster_id"], unique=False)
    op.create_index(
        "ix_question_entry_id_asked_at", "question", ["entry_id", "asked_at"], unique=False
    )
    op.create_index("ix_question_message_id", "question", ["message_id"], unique=False)
    op.create_index(
        "ix_question_outcome_asked_at", "question", ["outcome", "asked_at"], unique=False
    )
    op.create_index("ix_question_resident_key", "question", ["resident_key"], unique=False)
    op.create_index(
        "ix_question_ungathered",
        "question",
        ["id"],
        unique=False,
        sqlite_where=sa.text("review IS NOT NULL AND cluster_id IS NULL"),
        postgresql_where=sa.text("review IS NOT NULL AND cluster_id IS NULL"),
    )
    op.create_table(
        "audit_sample",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column(
            "question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("judged_by", sa.String(length=64), nullable=True),
        sa.Column("judged_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_audit_sample_question_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("week", "place", name=op.f("pk_audit_sample")),
    )
    op.create_index("ix_audit_sample_question_id", "audit_sample", ["question_id"], unique=False)
    op.create_table(
        "awaited_answer",
        sa.Column(
            "question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("resident_key", sa.String(length=43), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["question.id"],
            name=op.f("fk_awaited_answer_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_awaited_answer")),
    )
    op.create_index(
        "ix_awaited_answer_resident_key", "awaited_answer", ["resident_key"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_awaited_answer_resident_key", table_name="awaited_answer")
    op.drop_table("awaited_answer")
    op.drop_index("ix_audit_sample_question_id", table_name="audit_sample")
    op.drop_table("audit_sample")
    op.drop_index(
        "ix_question_ungathered",
        table_name="question",
        sqlite_where=sa.text("review IS NOT NULL AND cluster_id IS NULL"),
        postgresql_where=sa.text("review IS NOT NULL AND cluster_id IS NULL"),
    )
    op.drop_index("ix_question_resident_key", table_name="question")
    op.drop_index("ix_question_outcome_asked_at", table_name="question")
    op.drop_index("ix_question_message_id", table_name="question")
    op.drop_index("ix_question_entry_id_asked_at", table_name="question")
    op.drop_index("ix_question_cluster_id", table_name="question")
    op.drop_index("ix_question_asked_at", table_name="question")
    op.drop_table("question")
    op.drop_index("ix_answer_proposal_cluster_id", table_name="answer_proposal")
    op.drop_table("answer_proposal")
    op.drop_index("ix_resident_left_at", table_name="resident")
    op.drop_table("resident")
    op.drop_table("question_tally")
    op.drop_table("question_gathering")
    op.drop_index("ix_question_cluster_residents", table_name="question_cluster")
    op.drop_index("ix_question_cluster_first_asked", table_name="question_cluster")
    op.drop_index("ix_question_cluster_assignee", table_name="question_cluster")
    op.drop_table("question_cluster")
    op.drop_index("ix_go_live_watch_procedure_id", table_name="go_live_watch")
    op.drop_table("go_live_watch")
