"""Between a form of an entry or procedure and what it means: the rules of files hold here too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from flask import request

from bot.city import Section
from bot.knowledge.rules import tidy, tidy_text
from bot.knowledge.shelves import pack, unpack
from bot.knowledge.tables import cells
from bot.knowledge.tables.cells import Table
from bot.knowledge.tables.dates import write_fiscal_year
from bot.knowledge.tables.faults import TableFault
from bot.knowledge.tables.formats import Column
from bot.knowledge.tables.formats import Kind as Cell
from bot.knowledge.tables.reading import Understood, understand
from bot.speech import dates
from handlers.console.knowledge_kinds import Kind
from handlers.console.reading import number_of

NOT_SECURE = "not_secure"
_TURNS_TEXT = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Signs that change the direction of what follows: unseen, and able to show what is not there."""
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Filled:
    """A form as it was filled in. `faults` are names of what is wrong, by field.

    `content` is what it means; None while it can't be told. `turned` counts signs of direction
    that were taken out. `read_at` is the version it was made from, 0 for a new one; `before`
    is what stands there.
    """

    kind: Kind
    id: str
    values: dict[str, str]
    read_at: int = 0
    content: Any = None
    before: Any = None
    faults: dict[str, TableFault | str] = field(default_factory=dict)
    turned: int = 0

    @property
    def draft_key(self) -> str:
        """The key under which the browser keeps it while it is being written."""
        return draft_key(self.kind, self.id if self.read_at else "")


def draft_key(kind: Kind, row_id: str) -> str:
    """A new one has one draft a person, whatever id it was given."""
    return f"knowledge:{kind.name}:{row_id or 'new'}"[:80]


def shown(kind: Kind, held: Any) -> Filled:
    """The form as it stands before anything is typed."""
    values = {column.field: _typed(kind, column, held) for column in kind.form.columns}
    return Filled(kind, held.id, values, held.kept.version, held)


def blank(kind: Kind, row_id: str, values: Mapping[str, str] | None = None) -> Filled:
    """The form of a new one, perhaps begun."""
    given = dict(values or {})
    return Filled(kind, row_id, {c.field: given.get(c.field, "") for c in kind.form.columns})


def draft(kind: Kind, before: Filled, kept: Mapping[str, str]) -> Filled:
    """The form with what was typed when it was left; unticked boxes stay unticked."""
    values = {c.field: kept.get(c.field, "") for c in kind.form.columns}
    row_id = kept.get("id", "") or before.id if not before.read_at else before.id
    return Filled(kind, row_id, values, number_of(kept.get("read_at", "")) or before.read_at)


def posted(kind: Kind, row_id: str, sections: Mapping[str, Section], before: Any) -> Filled:
    """The posted form, understood as far as it can be; nothing that was typed gets lost.

    `before` is the row as it stands, for what no field shows.
    """
    read_at = number_of(request.form.get("read_at", "")) or 0
    filled = Filled(kind, row_id, {}, read_at, before=before)
    for column in kind.form.columns:
        typed = request.form.get(column.field, "").replace("\r\n", "\n")
        straight = _TURNS_TEXT.sub("", typed)
        filled.turned += len(typed) - len(straight)
        filled.values[column.field] = tidy_text(straight)
    filled.values["id"] = row_id
    _understand(filled, sections, before)
    return filled


def again(filled: Filled, sections: Mapping[str, Section]) -> Filled:
    """The same form with what it means; its faults are not told yet."""
    copy = Filled(filled.kind, filled.id, {**filled.values, "id": filled.id}, filled.read_at)
    _understand(copy, sections, None)
    copy.faults.clear()
    return copy


def _understand(filled: Filled, sections: Mapping[str, Section], before: Any) -> None:
    understood = _read(filled.kind, filled.values, sections)
    for fault in understood.faults:
        filled.faults.setdefault(_field(filled.kind, fault), fault)
    for column in filled.kind.form.columns:
        if column.kind is Cell.URL and not _is_secure(filled.values[column.field]):
            filled.faults.setdefault(column.field, NOT_SECURE)
    if understood.faults:
        # What is wrong is left out, so that the rest can still be looked at.
        readable = {n: "" if n in filled.faults else v for n, v in filled.values.items()}
        understood = _read(filled.kind, readable, sections)
    if understood.rows:
        held = pack(before) if before is not None else {}
        held |= understood.rows[0].fields
        filled.content = tidy(unpack(filled.kind.shelf.content, held))


def _read(kind: Kind, values: Mapping[str, str], sections: Mapping[str, Section]) -> Understood:
    columns = kind.form.columns
    header = tuple(column.name for column in columns)
    row = tuple(_cell(column, values[column.field]) for column in columns)
    return understand(Table(header, ((2, row),)), kind.form, sections)


def _cell(column: Column, typed: str) -> str:
    return cells.join(tuple(typed.split("\n"))) if column.kind is Cell.LIST else typed


def _field(kind: Kind, fault: TableFault) -> str:
    return next((c.field for c in kind.form.columns if c.name == fault.column), "id")


def _is_secure(address: str) -> bool:
    """True for what LINE opens: https, or this very machine while trying things out."""
    if not address:
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return True  # said already: it is no address
    return parts.scheme != "http" or parts.hostname in _LOOPBACK


def _typed(kind: Kind, column: Column, held: Any) -> str:
    value = getattr(held, column.field)
    if column.kind is Cell.LIST:
        return "\n".join(value)
    if column.kind is Cell.FLAG:
        return "1" if value else ""
    if column.kind is Cell.CHOICE:
        return next((labels[0] for known, labels in column.choices if known == value), "")
    if column.kind is Cell.YEAR:
        return write_fiscal_year(value, kind.form.eras) if value is not None else ""
    if isinstance(value, date):
        return said_date(value)
    return str(value or "")


def said_date(day: date) -> str:
    """令和9年3月31日, as it can be typed again."""
    return f"{dates.say_year(day)}{day.month}月{day.day}日"
