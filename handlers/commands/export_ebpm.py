"""`madoguchi export ebpm FILE`: demand, online availability and resolution by procedure, as CSV."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import content
from bot.city import City
from bot.db import Database
from bot.knowledge.tables import writing
from bot.speech import dates, ebpm_sheet
from bot.speech.texts import Voice
from handlers.commands.tables import is_ready

_YEAR = timedelta(days=364)


def run(args: Sequence[str], database: Database, voice: Voice, now: datetime) -> int:
    """Writes the last 365 days, or those from `--since` to `--until`, in UTF-8 with BOM.

    Counts below the city's smallest cell are hidden. 1: the file cannot be written; 2: no current
    database.
    """
    parser = argparse.ArgumentParser(prog="madoguchi export ebpm")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--since", type=date.fromisoformat)
    parser.add_argument("--until", type=date.fromisoformat)
    given = parser.parse_args(args)
    if not is_ready(database, voice):
        return 2
    last = given.until or dates.today(now)
    first = min(given.since or last - _YEAR, last)
    city = City.from_toml(content.toml("city.toml"))
    with database.reading() as session:
        counted = ebpm_sheet.read(session, first, last)
    rows = ebpm_sheet.table(voice, city, counted, city.small_cell)
    try:
        given.file.write_bytes(writing.to_csv(rows))
    except OSError:
        print(voice.say("knowledge.export_failed", file=given.file), file=sys.stderr)
        return 1
    print(voice.say("ebpm.saved", count=len(rows) - 1, file=given.file, least=city.small_cell))
    return 0
