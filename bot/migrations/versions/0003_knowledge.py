"""Entries, procedures, words, their versions, imports."""

import sqlalchemy as sa
from alembic import op

from bot.db.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "knowledge_change",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("words_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_change")),
    )
    op.create_table(
        "knowledge_entry",
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("easy", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("bring", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("fee", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("online_url", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("procedure", sa.String(length=128), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_entry")),
    )
    op.create_index(
        op.f("ix_knowledge_entry_changed"), "knowledge_entry", ["changed"], unique=False
    )
    op.create_index(
        op.f("ix_knowledge_entry_procedure"), "knowledge_entry", ["procedure"], unique=False
    )
    op.create_index(op.f("ix_knowledge_entry_topic"), "knowledge_entry", ["topic"], unique=False)
    op.create_table(
        "knowledge_ignorable",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_ignorable")),
    )
    op.create_index(
        op.f("ix_knowledge_ignorable_changed"), "knowledge_ignorable", ["changed"], unique=False
    )
    op.create_table(
        "knowledge_import",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("beat_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_import")),
    )
    op.create_index(op.f("ix_knowledge_import_state"), "knowledge_import", ["state"], unique=False)
    op.create_table(
        "knowledge_procedure",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wordings", sa.JSON(), nullable=False),
        sa.Column("life_events", sa.JSON(), nullable=False),
        sa.Column("section", sa.String(length=200), nullable=False),
        sa.Column("national", sa.Boolean(), nullable=False),
        sa.Column("online_status", sa.String(length=16), nullable=False),
        sa.Column("planned_year", sa.Integer(), nullable=True),
        sa.Column("system", sa.String(length=16), nullable=False),
        sa.Column("online_url", sa.Text(), nullable=False),
        sa.Column("needed", sa.JSON(), nullable=False),
        sa.Column("deadline", sa.Text(), nullable=False),
        sa.Column("fee", sa.Text(), nullable=False),
        sa.Column("fee_online", sa.String(length=16), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("sought", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_procedure")),
    )
    op.create_index(
        op.f("ix_knowledge_procedure_changed"), "knowledge_procedure", ["changed"], unique=False
    )
    op.create_table(
        "knowledge_seed",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_knowledge_seed")),
    )
    op.create_table(
        "knowledge_synonym",
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("updated_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_synonym")),
    )
    op.create_index(
        op.f("ix_knowledge_synonym_changed"), "knowledge_synonym", ["changed"], unique=False
    )
    op.create_table(
        "knowledge_version",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("row_id", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_version")),
        sa.UniqueConstraint(
            "kind", "row_id", "version", name=op.f("uq_knowledge_version_kind_row_id_version")
        ),
    )
    op.create_table(
        "knowledge_import_row",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.String(length=128), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["knowledge_import.id"],
            name=op.f("fk_knowledge_import_row_batch_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "position", name=op.f("pk_knowledge_import_row")),
    )
    op.create_index(
        "ix_knowledge_import_row_batch",
        "knowledge_import_row",
        ["batch_id", "outcome", "position"],
        unique=False,
    )
    op.create_table(
        "knowledge_wording",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("normalised", sa.String(length=400), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["knowledge_entry.id"],
            name=op.f("fk_knowledge_wording_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_wording")),
        sa.UniqueConstraint(
            "entry_id", "normalised", name=op.f("uq_knowledge_wording_entry_id_normalised")
        ),
    )
    op.create_index(
        op.f("ix_knowledge_wording_normalised"), "knowledge_wording", ["normalised"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_knowledge_wording_normalised"), table_name="knowledge_wording")
    op.drop_table("knowledge_wording")
    op.drop_index("ix_knowledge_import_row_batch", table_name="knowledge_import_row")
    op.drop_table("knowledge_import_row")
    op.drop_table("knowledge_version")
    op.drop_index(op.f("ix_knowledge_synonym_changed"), table_name="knowledge_synonym")
    op.drop_table("knowledge_synonym")
    op.drop_table("knowledge_seed")
    op.drop_index(op.f("ix_knowledge_procedure_changed"), table_name="knowledge_procedure")
    op.drop_table("knowledge_procedure")
    op.drop_index(op.f("ix_knowledge_import_state"), table_name="knowledge_import")
    op.drop_table("knowledge_import")
    op.drop_index(op.f("ix_knowledge_ignorable_changed"), table_name="knowledge_ignorable")
    op.drop_table("knowledge_ignorable")
    op.drop_index(op.f("ix_knowledge_entry_topic"), table_name="knowledge_entry")
    op.drop_index(op.f("ix_knowledge_entry_procedure"), table_name="knowledge_entry")
    op.drop_index(op.f("ix_knowledge_entry_changed"), table_name="knowledge_entry")
    op.drop_table("knowledge_entry")
    op.drop_table("knowledge_change")
