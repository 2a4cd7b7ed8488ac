"""The audit trail's tables, and the triggers by which the database itself keeps it append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

_Id = BigInteger().with_variant(Integer, "sqlite")


class AuditRow(Base):
    """One thing that was done. `hash` covers every other column, that of the row before included.

    `actor` is a login, or "system" for what ran by itself. Before and after are JSON without
    anybody's name: rows can't be sealed again under a new key, nor erased.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor", "sequence"),
        Index("ix_audit_item", "item_kind", "item_id", "sequence"),
        Index("ix_audit_at", "at"),
    )

    sequence: Mapped[int] = mapped_column(_Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(60))
    item_kind: Mapped[str] = mapped_column(String(30))
    item_id: Mapped[str] = mapped_column(String(80))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(43))
    hash: Mapped[str] = mapped_column(String(43))


class AuditHead(Base):
    """The end of the chain: its lock puts writers in a row, its hash shows a cut-off tail."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(43))


SQLITE_TRIGGERS = tuple(
    f"CREATE TRIGGER audit_refuses_{verb.lower()} BEFORE {verb} ON audit BEGIN "
    "SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    for verb in ("UPDATE", "DELETE")
)
POSTGRES_TRIGGERS = (
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''the audit trail is append-only''; END'",
    "CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)


def trigger_statements(dialect: str) -> tuple[str, ...]:
    """The statements that make the trail append-only; a frozen migration runs them too."""
    return SQLITE_TRIGGERS if dialect == "sqlite" else POSTGRES_TRIGGERS


def _guard(_table: Any, connection: Any, **_more: Any) -> None:
    for statement in trigger_statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


event.listen(AuditRow.__table__, "after_create", _guard)
