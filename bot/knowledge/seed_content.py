"""Reads a release's knowledge from the folder it is handed, only when its fingerprint is new."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.city import Section
from bot.knowledge.rules import tidy
from bot.knowledge.shelves import (
    ENTRIES,
    IGNORABLE,
    PROCEDURES,
    SYNONYMS,
    Shelf,
    field_names,
    unpack,
)
from bot.knowledge.tables.faults import TableFault
from bot.knowledge.tables.files import read_table
from bot.knowledge.tables.formats import Format
from bot.knowledge.tables.reading import understand
from bot.knowledge.values import IgnorableWord, KnowledgeEntry, Procedure, SynonymGroup

_READ_AS = b"1"
"""Raised when the same files come to mean something else, so that they are seeded anew."""

_NEEDED = ("id", "question", "answer")
"""Fields without which an entry can neither be found nor shown."""


class SeedContentError(Exception):
    """A content file cannot be seeded: `file` and, where it is a table, its faults."""

    def __init__(self, file: str, reason: str, faults: tuple[TableFault, ...] = ()) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file
        self.reason = reason
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Shipment:
    """All a release has for one shelf. A shelf without files is not shipped, nor emptied."""

    shelf: Shelf[Any]
    contents: tuple[Any, ...]


class SeedFolder:
    """The knowledge in a content folder: `faq/*.toml`, `procedures.csv`, and the two word lists."""

    def __init__(self, folder: Path, procedures: Format, sections: Mapping[str, Section]) -> None:
        self._folder = folder
        self._procedures = procedures
        self._sections = sections

    def fingerprint(self) -> str:
        """Changes whenever a file, its name, a format or the city's profile does."""
        digest = hashlib.sha256(_READ_AS)
        others = [*self._folder.glob("formats/*.toml"), self._folder / "city.toml"]
        for file in sorted([*self._faq_files(), *self._single_files(), *others]):
            if file.is_file():
                digest.update(f"\0{file.relative_to(self._folder)}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        return digest.hexdigest()

    def read(self) -> tuple[Shipment, ...]:
        """Everything to be seeded, tidied. Raises SeedContentError naming the first bad file."""
        shipments = []
        if faq := self._faq_files():
            entries = [entry for file in faq for entry in self._entries(file)]
            shipments.append(_shipment(ENTRIES, "faq", entries))
        procedures, synonyms, ignorable = self._single_files()
        if procedures.is_file():
            shipments.append(_shipment(PROCEDURES, procedures.name, self._table(procedures)))
        if synonyms.is_file():
            groups = _groups(synonyms, _tables(synonyms, _toml(synonyms), "group"))
            shipments.append(_shipment(SYNONYMS, synonyms.name, groups))
        if ignorable.is_file():
            words = _toml(ignorable).get("words", [])
            if not _are_texts(words):
                raise SeedContentError(ignorable.name, "words")
            found = [IgnorableWord(id=word) for word in dict.fromkeys(words)]
            shipments.append(_shipment(IGNORABLE, ignorable.name, found))
        return tuple(shipments)

    def _faq_files(self) -> list[Path]:
        return sorted(self._folder.glob("faq/*.toml"))

    def _single_files(self) -> tuple[Path, Path, Path]:
        return (
            self._folder / "procedures.csv",
            self._folder / "synonyms.toml",
            self._folder / "ignorable.toml",
        )

    def _entries(self, file: Path) -> Iterable[KnowledgeEntry]:
        held = _toml(file)
        for row in _tables(file, held, "entry"):
            packed = {"topic": held.get("topic", ""), **row}
            odd = [name for name, value in packed.items() if not _fits(name, value)]
            odd += [name for name in _NEEDED if not str(packed.get(name, "")).strip()]
            if odd:
                raise SeedContentError(f"faq/{file.name}", f"{row.get('id')}: {', '.join(odd)}")
            yield unpack(KnowledgeEntry, {name: _plain(value) for name, value in packed.items()})

    def _table(self, file: Path) -> list[Procedure]:
        read = read_table(file.read_bytes())
        if isinstance(read, TableFault):
            raise SeedContentError(file.name, read.fault.value, (read,))
        understood = understand(read, self._procedures, self._sections)
        if understood.faults:
            raise SeedContentError(
                file.name, understood.faults[0].fault.value, tuple(understood.faults)
            )
        return [unpack(Procedure, row.fields) for row in understood.rows]


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SeedContentError(file.name, str(error)) from error


def _tables(file: Path, held: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The tables `[[name]]` of a file."""
    rows = held.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SeedContentError(file.name, f"[[{name}]]")
    return rows


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _fits(name: str, value: Any) -> bool:
    """True when an entry has such a field, and its value is of the field's kind."""
    if name in ("wordings", "bring"):
        return _are_texts(value)
    if name == "expires":
        return type(value) is date
    if name == "sample":
        return isinstance(value, bool)
    return name in field_names(KnowledgeEntry) and isinstance(value, str)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _groups(file: Path, held: Iterable[Mapping[str, Any]]) -> list[SynonymGroup]:
    """Groups have no ids in the file: the topic and the first word that is not taken make one."""
    groups: dict[str, SynonymGroup] = {}
    for place, row in enumerate(held, start=1):
        if not _are_texts(row.get("words")):
            raise SeedContentError(file.name, f"group {place}: words")
        topic, words = str(row.get("topic", "")), tuple(row["words"])
        free = [name for word in words if (name := f"{topic}/{word}"[:128]) not in groups]
        if free:
            groups[free[0]] = SynonymGroup(id=free[0], words=words, topic=topic)
    return list(groups.values())


def _shipment(shelf: Shelf[Any], file: str, contents: Iterable[Any]) -> Shipment:
    held: dict[str, Any] = {}
    for content in map(tidy, contents):
        if content.id in held or not content.id:
            raise SeedContentError(file, f"the id {content.id!r} stands twice or is empty")
        held[content.id] = content
    return Shipment(shelf, tuple(held.values()))
