"""`madoguchi export KIND FILE [--cp932] [--current]`: what residents meet, as CSV or XLSX."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from bot.db import Database
from bot.knowledge import queries
from bot.knowledge.tables import writing
from bot.speech.texts import Voice
from handlers.commands import class_tables
from handlers.commands.tables import KINDS, format_of, is_ready, sections

_MOST_LISTED = 100


def run(args: Sequence[str], database: Database, voice: Voice, now: datetime) -> int:
    """Writes the published rows; `.xlsx` makes a workbook, anything else CSV in UTF-8 with BOM.

    1: the file cannot be written, or `--cp932` was asked and some cells do not fit it; each is
    told, and no file is written. 2: no current database.
    """
    parser = argparse.ArgumentParser(prog="madoguchi export")
    parser.add_argument("kind", metavar="KIND", choices=sorted([*KINDS, *class_tables.KINDS]))
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--cp932", action="store_true")
    parser.add_argument("--current", action="store_true", help="classes: the current standard")
    given = parser.parse_args(args)
    if not is_ready(database, voice):
        return 2
    if given.kind in class_tables.KINDS:
        form, table = class_tables.table(given.kind, database, now, current=given.current)
    else:
        form, shelf = format_of(given.kind), KINDS[given.kind]
        with database.reading() as session:
            held = queries.contents(session, shelf, queries.published(shelf))
        table = writing.table(held, form, sections())
    if given.file.suffix.lower() == ".xlsx":
        data: bytes | tuple[writing.Unwritable, ...] = writing.to_xlsx(table, form.title)
    else:
        data = writing.to_cp932(table) if given.cp932 else writing.to_csv(table)
    if isinstance(data, tuple):
        return _refuse(_unwritable(data, voice))
    try:
        given.file.write_bytes(data)
    except OSError:
        return _refuse([voice.say("knowledge.export_failed", file=given.file)])
    print(voice.say("knowledge.exported", title=form.title, count=len(table) - 1, file=given.file))
    return 0


def _unwritable(cells: Sequence[writing.Unwritable], voice: Voice) -> list[str]:
    lines = [voice.say("knowledge.export_unwritable", count=len(cells))]
    lines += [
        voice.say(
            "knowledge.export_unwritable_cell",
            row=cell.row,
            column=cell.column,
            characters=cell.characters,
        )
        for cell in cells[:_MOST_LISTED]
    ]
    if len(cells) > _MOST_LISTED:
        lines.append(voice.say("knowledge.import_more", count=len(cells) - _MOST_LISTED))
    return lines


def _refuse(lines: Sequence[str]) -> int:
    print("\n".join(lines), file=sys.stderr)
    return 1
