"""Classes and venues as files for the operator: what `import` and `export` do with them."""

import sys
from datetime import datetime

import content
from bot.city import City
from bot.classes import catalogue, importing, opendata, queries
from bot.classes.importing import Read, Taken
from bot.db import Database
from bot.knowledge.tables.faults import TableFault
from bot.knowledge.tables.files import read_table
from bot.knowledge.tables.formats import Format
from bot.knowledge.tables.reading import understand
from bot.speech.texts import Voice
from handlers.commands.tables import faults_in_words, format_of, is_ready

KINDS = ("classes", "venues")


def take(
    kind: str, data: bytes, database: Database, voice: Voice, now: datetime, *, dry_run: bool
) -> int:
    """Takes a file as a whole; the same again changes nothing. 1: faults, each told."""
    form = format_of(kind)
    read = read_file(kind, data, now)
    if read.faults:
        refused = voice.say("knowledge.import_refused", file=form.title, count=len(read.faults))
        print("\n".join([refused, *faults_in_words(read.faults, voice)]), file=sys.stderr)
        return 1
    if not is_ready(database, voice):
        return 2
    if dry_run:
        count = len(read.venues) + len(read.classes)
        print(voice.say("command.classes_checked", title=form.title, count=count))
        return 0
    taken = carry_out(database, read)
    print(
        voice.say(
            "command.classes_taken",
            title=form.title,
            new=taken.new,
            changed=taken.changed,
            same=taken.same,
        )
    )
    for code in taken.left:
        print(voice.say("command.classes_left", code=code))
    return 0


def read_file(kind: str, data: bytes, now: datetime) -> Read:
    """The lines of a file, or its faults."""
    table = read_table(data)
    if isinstance(table, TableFault):
        return Read(faults=[table])
    understood = understand(table, format_of(kind), {})
    if understood.faults:
        return Read(faults=understood.faults)
    city = City.from_toml(content.toml("city.toml"))
    districts = [district.name for district in city.districts]
    if kind == "venues":
        return importing.read_venues(understood.rows, districts)
    return importing.read_classes(understood.rows, districts, city.opening.zone, now)


def carry_out(database: Database, read: Read) -> Taken:
    """Writes what was read, in one transaction."""
    with database.writing() as db:
        if read.classes:
            return importing.take_classes(db, read.classes)
        return importing.take_venues(db, read.venues)


def table(
    kind: str, database: Database, now: datetime, *, current: bool
) -> tuple[Format, list[list[str]]]:
    """The classes to come or all venues as open data, with the format they are written in."""
    held = content.toml("city.toml")
    words = held["open_data"]["classes"]
    with database.reading() as db:
        if kind == "venues":
            form = format_of("venues")
            return form, opendata.venues(catalogue.venues(db), form, words)
        form = format_of("classes-current" if current else "classes")
        sessions = queries.public_sessions(db, now)
    return form, opendata.events(sessions, form, opendata.Authority.from_toml(held["city"]), words)
