"""What the table commands share: formats and sections from content, and faults in words."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

import content
from bot.city import City, Section
from bot.db import Database
from bot.knowledge.shelves import ENTRIES, PROCEDURES, Shelf
from bot.knowledge.tables.faults import TableFault, TableNotice
from bot.knowledge.tables.formats import Format
from bot.migrations import is_current
from bot.speech.texts import Voice

KINDS: Mapping[str, Shelf[Any]] = {shelf.kind: shelf for shelf in (ENTRIES, PROCEDURES)}
"""The shelves that can be exchanged as files, by the name an operator types."""

_MOST_LISTED = 100


def is_ready(database: Database, voice: Voice) -> bool:
    """True when the database answers and its schema is current; else says what is missing."""
    try:
        if is_current(database):
            return True
        print(voice.say("command.check_schema_old"), file=sys.stderr)
    except SQLAlchemyError:
        print(voice.say("command.check_database_away"), file=sys.stderr)
    return False


def format_of(kind: str) -> Format:
    """The format of a kind of table, as content describes it."""
    return Format.of(content.toml(f"formats/{kind}.toml"), content.toml("formats/common.toml"))


def sections() -> Mapping[str, Section]:
    """The city's sections by key."""
    return City.from_toml(content.toml("city.toml")).sections


def faults_in_words(faults: Iterable[TableFault], voice: Voice) -> list[str]:
    """A sentence for each fault with its row and column; after a hundred only their number."""
    every = list(faults)
    lines = [_fault(fault, voice) for fault in every[:_MOST_LISTED]]
    if len(every) > _MOST_LISTED:
        lines.append(voice.say("knowledge.import_more", count=len(every) - _MOST_LISTED))
    return lines


def notices_in_words(notices: Iterable[TableNotice], voice: Voice) -> list[str]:
    """A sentence for each notice; after a hundred only their number."""
    every = list(notices)
    lines = [
        voice.say(f"knowledge.notice_{n.notice}", row=n.row, column=n.column, value=n.value)
        for n in every[:_MOST_LISTED]
    ]
    if len(every) > _MOST_LISTED:
        lines.append(voice.say("knowledge.import_more", count=len(every) - _MOST_LISTED))
    return lines


def _fault(fault: TableFault, voice: Voice) -> str:
    sentence = voice.say(f"knowledge.fault_{fault.fault}", value=fault.value, allowed=fault.allowed)
    if fault.row is not None and fault.column is not None:
        return voice.say("knowledge.at_cell", row=fault.row, column=fault.column, sentence=sentence)
    if fault.row is not None:
        return voice.say("knowledge.at_row", row=fault.row, sentence=sentence)
    if fault.column is not None:
        return voice.say("knowledge.at_column", column=fault.column, sentence=sentence)
    return sentence
