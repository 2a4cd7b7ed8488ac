"""`madoguchi import KIND FILE [--dry-run]`: takes a table as a whole, or says what is wrong."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.db import Database
from bot.knowledge import importing
from bot.knowledge.comparing import Comparison, Planned, compare
from bot.knowledge.seeding import title
from bot.knowledge.shelves import Shelf
from bot.knowledge.tables.faults import TableFault
from bot.knowledge.tables.files import LARGEST_FILE, read_table
from bot.knowledge.tables.reading import Understood, understand
from bot.speech.texts import Voice
from handlers.commands import class_tables
from handlers.commands.tables import (
    KINDS,
    faults_in_words,
    format_of,
    is_ready,
    notices_in_words,
    sections,
)

_MOST_LISTED = 20


def run(args: Sequence[str], database: Database, voice: Voice, now: datetime) -> int:
    """Imports a CSV or XLSX file; the same file again changes nothing. Returns the exit status.

    1: the file has faults, each told with row and column; then nothing was written. 2: no current
    database.
    """
    parser = argparse.ArgumentParser(prog="madoguchi import")
    parser.add_argument("kind", metavar="KIND", choices=sorted([*KINDS, *class_tables.KINDS]))
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args(args)
    try:
        with given.file.open("rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
    except OSError:
        return _refuse([voice.say("knowledge.no_file", file=given.file)])
    if given.kind in class_tables.KINDS:
        return class_tables.take(given.kind, data, database, voice, now, dry_run=given.dry_run)
    understood = _understand(given.kind, data)
    if understood.faults:
        count = len(understood.faults)
        refused = voice.say("knowledge.import_refused", file=given.file.name, count=count)
        return _refuse([refused, *faults_in_words(understood.faults, voice)])
    if not is_ready(database, voice):
        return 2
    shelf: Shelf[Any] = KINDS[given.kind]
    with database.reading() as session:
        comparison = compare(session, shelf, understood.rows, sections())
    notices = [*understood.notices, *comparison.notices]
    if notices:
        print("\n".join(notices_in_words(notices, voice)))
    if given.dry_run:
        print("\n".join(_checked(given.kind, comparison, voice)))
        return 0
    return _carry_out(given, database, comparison, voice, now)


def _understand(kind: str, data: bytes) -> Understood:
    table = read_table(data)
    if isinstance(table, TableFault):
        return Understood(faults=[table])
    return understand(table, format_of(kind), sections())


def _carry_out(
    given: argparse.Namespace,
    database: Database,
    comparison: Comparison,
    voice: Voice,
    now: datetime,
) -> int:
    for finished in importing.resume(database, now):
        print(voice.say("knowledge.resumed", id=finished.batch_id, written=finished.written))
    name = voice.say(f"knowledge.kind_{given.kind}")
    if not comparison.new and not comparison.changed:
        print(voice.say("knowledge.import_nothing", title=name, same=comparison.same))
        return 0
    try:
        done = importing.carry_out(
            database,
            KINDS[given.kind],
            comparison,
            started_by="operator",
            file_name=given.file.name,
            now=now,
        )
    except importing.ImportLost:
        return _refuse([voice.say("knowledge.import_lost")])
    new, changed, same = len(comparison.new), len(comparison.changed), comparison.same
    print(
        voice.say(
            "knowledge.imported", title=name, id=done.batch_id, new=new, changed=changed, same=same
        )
    )
    for row_id in done.left:
        print(voice.say("knowledge.import_left", id=row_id))
    return 0


def _checked(kind: str, comparison: Comparison, voice: Voice) -> list[str]:
    new, changed = comparison.new, comparison.changed
    first = voice.say(
        "knowledge.import_checked",
        title=voice.say(f"knowledge.kind_{kind}"),
        new=len(new),
        changed=len(changed),
        same=comparison.same,
    )
    return [first, *_listed("new", new, voice), *_listed("changed", changed, voice)]


def _listed(what: str, planned: Sequence[Planned], voice: Voice) -> list[str]:
    lines = [
        voice.say(f"knowledge.import_{what}", id=plan.content.id, title=title(plan.content))
        for plan in planned[:_MOST_LISTED]
    ]
    if len(planned) > _MOST_LISTED:
        more = len(planned) - _MOST_LISTED
        lines.append(voice.say("knowledge.import_listed_more", count=more))
    return lines


def _refuse(lines: Sequence[str]) -> int:
    print("\n".join(lines), file=sys.stderr)
    return 1
