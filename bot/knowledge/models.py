"""Tables of the knowledge base: what is known, its versions, and what changed when."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

ID_LENGTH = 128


class Shelved:
    """Columns of everything that is kept with versions.

    `changed` is the number of the change (`ChangeCounter`) that wrote the row last, `hash` tells
    whether what a release seeded was touched since.
    """

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    changed: Mapped[int] = mapped_column(BigInteger, index=True)
    hash: Mapped[str] = mapped_column(String(64))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[str] = mapped_column(String(64))


class EntryRow(Shelved, Base):
    """A question and its answer."""

    __tablename__ = "knowledge_entry"

    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    easy: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(String(200), index=True)
    bring: Mapped[list[str]] = mapped_column(JSON)
    deadline: Mapped[str] = mapped_column(Text)
    fee: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    online_url: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))
    procedure: Mapped[str] = mapped_column(String(ID_LENGTH), index=True)
    sample: Mapped[bool]
    expires: Mapped[date | None] = mapped_column(Date)


class WordingRow(Base):
    """Another way to ask an entry's question."""

    __tablename__ = "knowledge_wording"
    __table_args__ = (UniqueConstraint("entry_id", "normalised"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("knowledge_entry.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    normalised: Mapped[str] = mapped_column(String(400), index=True)
    origin: Mapped[str] = mapped_column(String(16))


class ProcedureRow(Shelved, Base):
    """An administrative procedure and how far it is online."""

    __tablename__ = "knowledge_procedure"

    name: Mapped[str] = mapped_column(Text)
    wordings: Mapped[list[str]] = mapped_column(JSON)
    life_events: Mapped[list[str]] = mapped_column(JSON)
    section: Mapped[str] = mapped_column(String(200))
    national: Mapped[bool]
    online_status: Mapped[str] = mapped_column(String(16))
    planned_year: Mapped[int | None]
    system: Mapped[str] = mapped_column(String(16))
    online_url: Mapped[str] = mapped_column(Text)
    needed: Mapped[list[str]] = mapped_column(JSON)
    deadline: Mapped[str] = mapped_column(Text)
    fee: Mapped[str] = mapped_column(Text)
    fee_online: Mapped[str] = mapped_column(String(16))
    identity: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str] = mapped_column(Text)
    sample: Mapped[bool]
    # Names and other wordings, normalised, a line each: what a search by name looks through.
    sought: Mapped[str] = mapped_column(Text)


class SynonymRow(Shelved, Base):
    """A group of words with one meaning."""

    __tablename__ = "knowledge_synonym"

    words: Mapped[list[str]] = mapped_column(JSON)
    topic: Mapped[str] = mapped_column(String(200))


class IgnorableRow(Shelved, Base):
    """A word that says nothing about what is asked."""

    __tablename__ = "knowledge_ignorable"


class ChangeCounter(Base):
    """One row: the number of the last change, and of the last one to words (synonyms, ignorable).

    Every change takes its number first, which on PostgreSQL locks the row until it commits:
    numbers become visible in their order, so a reader that has seen number N misses nothing
    up to N.
    """

    __tablename__ = "knowledge_change"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    words_number: Mapped[int] = mapped_column(BigInteger)


class VersionRow(Base):
    """A whole copy of a row as one change left it, for history, comparison and restoring."""

    __tablename__ = "knowledge_version"
    __table_args__ = (UniqueConstraint("kind", "row_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str] = mapped_column(String(64))


class SeedRecord(Base):
    """What a release last put into a row, by its hash; `withdrawn` when a release took it away."""

    __tablename__ = "knowledge_seed"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    hash: Mapped[str] = mapped_column(String(64))
    withdrawn: Mapped[bool]


class ImportBatch(Base):
    """One import: staged whole, then written in batches, so that it can be finished or undone.

    `state` goes staging → (proposed, where a second person approves) → writing → done, and from
    writing or done → undoing → undone. `beat_at` is lease time: a batch still staging long after
    its last beat was left by a crash, and nothing of it was written.
    """

    __tablename__ = "knowledge_import"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(String(200))
    started_by: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    beat_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), index=True)


class ImportRow(Base):
    """One changed row of an import. `content` is emptied once it is written (versions have it).

    `base_version` is what the row was compared with, 0 for a new one; `outcome` goes
    waiting → written | left (someone changed the row in between) → undone.
    """

    __tablename__ = "knowledge_import_row"
    __table_args__ = (Index("ix_knowledge_import_row_batch", "batch_id", "outcome", "position"),)

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("knowledge_import.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    base_version: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class ProposedChangeRow(Base):
    """A change of one row, or a whole import, that a second person must approve.

    `state` goes waiting → approved | refused | taken_back | void (replaced by its author).
    """

    __tablename__ = "knowledge_proposal"
    __table_args__ = (Index("ix_knowledge_proposal_waits", "state", "kind", "row_id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    doing: Mapped[str] = mapped_column(String(8))
    read_at: Mapped[int]
    to_state: Mapped[str] = mapped_column(String(16))
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    version: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
