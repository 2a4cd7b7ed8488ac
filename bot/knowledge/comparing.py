"""Sets the rows of a file against the knowledge base: what would be new, changed, the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.city import Section
from bot.knowledge import queries
from bot.knowledge.keeping import BATCH
from bot.knowledge.rules import tidy
from bot.knowledge.shelves import ENTRIES, PROCEDURES, Shelf, pack, says_the_same, unpack
from bot.knowledge.tables.faults import Notice, TableNotice
from bot.knowledge.tables.reading import Row
from bot.knowledge.values import Content, KnowledgeEntry, State


@dataclass(frozen=True, slots=True)
class Planned:
    """One row that would be written, with the version it replaces (0: new)."""

    content: Content
    base_version: int


@dataclass(slots=True)
class Comparison:
    """What a file would do."""

    new: list[Planned] = field(default_factory=list)
    changed: list[Planned] = field(default_factory=list)
    same: int = 0
    notices: list[TableNotice] = field(default_factory=list)


def compare(
    session: Session, shelf: Shelf[Any], rows: Sequence[Row], sections: Mapping[str, Section]
) -> Comparison:
    """Sets the rows against what is held; fields a file has no columns for stay as they are.

    A row that was removed or a draft would be published. Ids that are held but stand in no row
    are not touched.
    """
    found = Comparison()
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        held = queries.held(session, shelf, [row.id for row in part])
        for row in part:
            _compare_row(shelf, row, held.get(row.id), sections, found)
    if shelf is ENTRIES:
        found.notices += _unknown_procedures(session, rows)
    return found


def _compare_row(
    shelf: Shelf[Any],
    row: Row,
    held: queries.Held[Any] | None,
    sections: Mapping[str, Section],
    found: Comparison,
) -> None:
    before = pack(held.content) if held else {}
    content = tidy(unpack(shelf.content, before | row.fields))
    if isinstance(content, KnowledgeEntry):
        content = _without_sections_phone(content, sections)
    if held is None:
        found.new.append(Planned(content, 0))
    elif held.content.kept.state is State.PUBLISHED and says_the_same(content, held.content):
        found.same += 1
    else:
        found.changed.append(Planned(content, held.content.kept.version))


def _without_sections_phone(
    entry: KnowledgeEntry, sections: Mapping[str, Section]
) -> KnowledgeEntry:
    """An export shows the section's number where the entry has none of its own."""
    section = sections.get(entry.section)
    return replace(entry, phone="") if section and section.phone == entry.phone else entry


def _unknown_procedures(session: Session, rows: Sequence[Row]) -> list[TableNotice]:
    named = [row for row in rows if row.fields.get("procedure")]
    known = set(session.scalars(select(PROCEDURES.row.id))) if named else set()
    return [
        TableNotice(Notice.UNKNOWN_PROCEDURE, row.number, "", row.fields["procedure"])
        for row in named
        if row.fields["procedure"] not in known
    ]
