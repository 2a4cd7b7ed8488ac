"""Writes a column's values as JSON and reads them back, exactly, whichever engine held them."""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    String,
    Text,
    bindparam,
    cast,
    column,
)
from sqlalchemy.types import TypeEngine

from bot.backups.values import Field, Kind
from bot.db import UtcDateTime

_KINDS: tuple[tuple[type[TypeEngine[Any]], Kind], ...] = (
    (Boolean, Kind.BOOLEAN),
    (Integer, Kind.INTEGER),
    (Float, Kind.REAL),
    (LargeBinary, Kind.BYTES),
    (DateTime, Kind.MOMENT),
    (Date, Kind.DATE),
    (JSON, Kind.JSON),
    (String, Kind.TEXT),
)
_TYPES: dict[Kind, TypeEngine[Any]] = {
    Kind.TEXT: Text(),
    Kind.INTEGER: BigInteger(),
    Kind.REAL: Float(53),
    Kind.BOOLEAN: Boolean(),
    Kind.BYTES: LargeBinary(),
    Kind.MOMENT: UtcDateTime(),
    Kind.DATE: Date(),
    # JSON is carried as the text it is: SQL's NULL and JSON's null stay two things.
    Kind.JSON: Text(),
}


def kind_of(held: Column[Any]) -> Kind:
    """How the values of a column, as the database describes it, are written down.

    Raises TypeError for a type that has no place in a backup yet.
    """
    for kind_of_type, kind in _KINDS:
        if isinstance(held.type, kind_of_type):
            return kind
    raise TypeError(f"{held.table.name}.{held.name}: no way to write down {held.type!r}")


def read_as(field: Field) -> ColumnElement[Any]:
    """The column in a SELECT."""
    if field.kind is Kind.JSON:
        return cast(column(field.name), Text)
    return column(field.name, _TYPES[field.kind])


def written_as(field: Field, parameter: str, *, sqlite: bool) -> ColumnElement[Any]:
    """The value in an INSERT, given by a parameter."""
    value = bindparam(parameter, type_=_TYPES[field.kind])
    # SQLite keeps JSON as text, and its CAST would make a number of it.
    return value if sqlite or field.kind is not Kind.JSON else cast(value, JSON)


def to_cells(fields: Sequence[Field]) -> Callable[[Sequence[Any]], list[Any]]:
    """Turns a row as it was read into what JSON can hold."""
    ways = [_WRITERS.get(field.kind) for field in fields]

    def write(row: Sequence[Any]) -> list[Any]:
        return [
            value if value is None or way is None else way(value)
            for value, way in zip(row, ways, strict=True)
        ]

    return write


def from_cells(fields: Sequence[Field], *, spare_nul: bool) -> Callable[[Sequence[Any]], list[Any]]:
    """Turns a line of the file into a row to be written.

    With `spare_nul` the character NUL, which PostgreSQL cannot hold, becomes U+FFFD.
    """
    ways = [_READERS.get(field.kind) for field in fields]
    if spare_nul:
        ways = [
            _without_nul if field.kind is Kind.TEXT else way
            for field, way in zip(fields, ways, strict=True)
        ]

    def read(cells: Sequence[Any]) -> list[Any]:
        return [
            value if value is None or way is None else way(value)
            for value, way in zip(cells, ways, strict=True)
        ]

    return read


def _without_nul(text: str) -> str:
    return text.replace("\0", "\ufffd")


_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: lambda value: base64.b64encode(value).decode("ascii"),
    Kind.MOMENT: datetime.isoformat,
    Kind.DATE: date.isoformat,
}
_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.BYTES: base64.b64decode,
    Kind.MOMENT: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
}
