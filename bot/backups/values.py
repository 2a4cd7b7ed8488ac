"""What a backup says about itself, and why one may be refused."""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

FORMAT = 1


class Why(StrEnum):
    """Why a file or a database is refused; nothing was changed then."""

    NOT_A_BACKUP = "not_a_backup"
    NEWER_FORMAT = "newer_format"
    OTHER_KEY = "other_key"
    CHANGED = "changed"
    NEWER_SCHEMA = "newer_schema"
    STRANGE_TARGET = "strange_target"
    NOT_EMPTY = "not_empty"
    IN_USE = "in_use"
    NOT_LOADED = "not_loaded"
    NO_SCHEMA = "no_schema"


class Refused(Exception):
    """The backup or the database cannot be used; `what` names the table or part, if any."""

    def __init__(self, why: Why, what: str = "") -> None:
        super().__init__(f"{why}: {what}")
        self.why = why
        self.what = what


class Kind(StrEnum):
    """How a column's values are written down, the same on every engine."""

    TEXT = "text"
    INTEGER = "integer"
    REAL = "real"
    BOOLEAN = "boolean"
    BYTES = "bytes"
    MOMENT = "moment"
    DATE = "date"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Field:
    """One column."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Part:
    """One table as it stands in the file; `next_ids` are what the engine would have given next."""

    table: str
    fields: tuple[Field, ...]
    rows: int
    sha256: str
    next_ids: dict[str, int]

    @property
    def member(self) -> str:
        """The name of its lines in the ZIP."""
        return f"tables/{self.table}.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole file. `lookup_proof` tells whether a lookup key is the one of its day."""

    made_at: datetime
    revision: str
    engine: str
    lookup_proof: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all tables."""
        return sum(part.rows for part in self.parts)

    def to_json(self) -> str:
        """As it stands in the file."""
        tables = [
            {
                "table": part.table,
                "fields": [[field.name, field.kind] for field in part.fields],
                "rows": part.rows,
                "sha256": part.sha256,
                "next_ids": part.next_ids,
            }
            for part in self.parts
        ]
        whole = {
            "program": "madoguchi",
            "format": FORMAT,
            "made_at": self.made_at.isoformat(),
            "revision": self.revision,
            "engine": self.engine,
            "lookup_proof": self.lookup_proof,
            "tables": tables,
        }
        return json.dumps(whole, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, held: str) -> "Manifest":
        """What `to_json` wrote. Raises Refused for anything else, a newer format included."""
        try:
            whole: dict[str, Any] = json.loads(held)
            if whole["program"] != "madoguchi":
                raise Refused(Why.NOT_A_BACKUP)
            if whole["format"] > FORMAT:
                raise Refused(Why.NEWER_FORMAT)
            return cls(
                made_at=datetime.fromisoformat(whole["made_at"]),
                revision=whole["revision"],
                engine=whole["engine"],
                lookup_proof=whole["lookup_proof"],
                parts=tuple(_part(one) for one in whole["tables"]),
            )
        except (ValueError, KeyError, TypeError) as strange:
            raise Refused(Why.NOT_A_BACKUP) from strange


def _part(one: dict[str, Any]) -> Part:
    fields = tuple(Field(name, Kind(kind)) for name, kind in one["fields"])
    return Part(one["table"], fields, one["rows"], one["sha256"], dict(one["next_ids"]))
