"""Classes and venues as files for the operator: what `import` and `export` do with them."""

import sys
from datetime import datetime

import content
from bot.city import City
from bot.db import Database
from bot.knowledge.tables.formats import Format
from bot.speech.texts import Voice
from handlers.class_tables import KINDS, ClassTables
from handlers.class_tables import take as carry_out
from handlers.commands.tables import faults_in_words, is_ready, notices_in_words

__all__ = ["KINDS", "table", "take"]


def take(
    kind: str, data: bytes, database: Database, voice: Voice, now: datetime, *, dry_run: bool
) -> int:
    """Takes a file as a whole; the same again changes nothing. 1: faults, each told."""
    city = City.from_toml(content.toml("city.toml"))
    districts = [district.name for district in city.districts]
    tables = ClassTables.read()
    read, notices = tables.understand(kind, data, districts, city.opening.zone, now)
    title = tables.forms[kind].title
    if read.faults:
        refused = voice.say("knowledge.import_refused", file=title, count=len(read.faults))
        print("\n".join([refused, *faults_in_words(read.faults, voice)]), file=sys.stderr)
        return 1
    if not is_ready(database, voice):
        return 2
    if notices:
        print("\n".join(notices_in_words(notices, voice)), file=sys.stderr)
    if dry_run:
        count = len(read.venues) + len(read.classes)
        print(voice.say("command.classes_checked", title=title, count=count))
        return 0
    with database.writing() as db:
        taken = carry_out(db, kind, read)
    print(
        voice.say(
            "command.classes_taken",
            title=title,
            new=taken.new,
            changed=taken.changed,
            same=taken.same,
        )
    )
    for code in taken.left:
        print(voice.say("command.classes_left", code=code))
    return 0


def table(
    kind: str, database: Database, now: datetime, *, current: bool
) -> tuple[Format, list[list[str]]]:
    """The classes to come or all venues as open data, with the format they are written in."""
    tables = ClassTables.read()
    name = "classes-current" if kind == "classes" and current else kind
    with database.reading() as db:
        return tables.forms[name], tables.written(db, name, now)
