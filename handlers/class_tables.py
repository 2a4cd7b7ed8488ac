"""The tables in which classes and venues come and go: their formats, and the city's own words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session as Db

import content
from bot.classes import catalogue, importing, opendata, queries
from bot.classes.importing import Read, Taken
from bot.classes.opendata import Authority
from bot.db import Database
from bot.knowledge.tables.faults import TableFault, TableNotice
from bot.knowledge.tables.files import read_table
from bot.knowledge.tables.formats import Format
from bot.knowledge.tables.reading import understand

KINDS = ("classes", "venues")
FORMS = ("classes", "classes-current", "venues")
"""What is written: both versions of イベント一覧, and 公共施設一覧."""


class _LookedAt(Exception):
    """Undoes a transaction that was only to tell what would become of a table."""


@dataclass(frozen=True, slots=True)
class ClassTables:
    """The formats, the city as open data names it, and the words that are the city's to choose."""

    forms: Mapping[str, Format]
    authority: Authority
    words: Mapping[str, str]

    @classmethod
    def read(cls) -> "ClassTables":
        """As content describes them; read once, at the start."""
        common, held = content.toml("formats/common.toml"), content.toml("city.toml")
        forms = {name: Format.of(content.toml(f"formats/{name}.toml"), common) for name in FORMS}
        return cls(forms, Authority.from_toml(held["city"]), held["open_data"]["classes"])

    def understand(
        self, kind: str, data: bytes, districts: Sequence[str], zone: ZoneInfo, now: datetime
    ) -> tuple[Read, Sequence[TableNotice]]:
        """The lines of a file, or its faults; and what was passed over."""
        table = read_table(data)
        if isinstance(table, TableFault):
            return Read(faults=[table]), ()
        understood = understand(table, self.forms[kind], {})
        if understood.faults:
            return Read(faults=understood.faults), understood.notices
        if kind == "venues":
            return importing.read_venues(understood.rows, districts), understood.notices
        return importing.read_classes(understood.rows, districts, zone, now), understood.notices

    def written(self, db: Db, name: str, now: datetime) -> list[list[str]]:
        """The classes to come or all venues in one of `FORMS`; nobody who booked stands in it."""
        if name == "venues":
            return opendata.venues(catalogue.venues(db), self.forms[name], self.words)
        held = queries.public_sessions(db, now)
        return opendata.events(held, self.forms[name], self.authority, self.words)


def look(database: Database, kind: str, read: Read) -> Taken:
    """What would become of the table now; nothing is written."""
    found: list[Taken] = []
    try:
        with database.writing() as db:
            found.append(take(db, kind, read))
            raise _LookedAt
    except _LookedAt:
        return found[0]


def take(db: Db, kind: str, read: Read) -> Taken:
    """Writes what was read, within the transaction."""
    if kind == "venues":
        return importing.take_venues(db, read.venues)
    return importing.take_classes(db, read.classes)
