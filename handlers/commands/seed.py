"""`madoguchi seed [--sample]`: loads the knowledge of `content/` and tells what staff's it left."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

import content
from bot.city import City
from bot.classes import samples
from bot.db import Database
from bot.knowledge import importing, seeding
from bot.knowledge.seed_content import SeedContentError, SeedFolder
from bot.knowledge.seeding import Left, Report, Why
from bot.settings import LineSettings
from bot.speech.texts import Voice
from handlers.commands.tables import faults_in_words, format_of, is_ready, sections


def run(
    args: Sequence[str], line: LineSettings, database: Database, voice: Voice, now: datetime
) -> int:
    """Seeds and reports; a second time changes nothing. Returns the exit status.

    2: `--sample` with the real LINE configured, or no current database. 1: a content file cannot
    be read; then nothing was written.
    """
    parser = argparse.ArgumentParser(prog="madoguchi seed")
    parser.add_argument("--sample", action="store_true")
    wants_sample = parser.parse_args(args).sample
    if wants_sample and _is_real(line):
        print(voice.say("knowledge.seed_sample_refused"), file=sys.stderr)
        return 2
    if not is_ready(database, voice):
        return 2
    try:
        report = load(database, now)
    except SeedContentError as error:
        said = voice.say("knowledge.seed_bad_content", file=error.file, reason=error.reason)
        print("\n".join([said, *faults_in_words(error.faults, voice)]), file=sys.stderr)
        return 1
    print("\n".join(in_words(report, voice)))
    if wants_sample:
        print(voice.say("command.seed_sample_classes", count=load_sample_classes(database, now)))
    return 0


def load(database: Database, now: datetime) -> Report:
    """Brings the content's knowledge into the database, after finishing interrupted imports.

    Raises SeedContentError before anything was written.
    """
    importing.resume(database, now)
    folder = SeedFolder(content.folder(), format_of("procedures"), sections())
    return seeding.seed(database, folder, now)


def load_sample_classes(database: Database, now: datetime) -> int:
    """Makes the sample classes that are missing, dated from today; how many."""
    city = City.from_toml(content.toml("city.toml"))
    with database.writing() as db:
        return samples.seed(db, content.toml("classes.toml"), city.opening, now)


def in_words(report: Report, voice: Voice) -> list[str]:
    """What seeding did, and every row it left, a line each."""
    lines = [
        voice.say(
            "knowledge.seeded",
            added=report.added,
            updated=report.updated,
            withdrawn=report.withdrawn,
        )
    ]
    if report.left:
        lines.append(voice.say("knowledge.seed_left", count=len(report.left)))
    return lines + [_left(left, voice) for left in report.left]


def _left(left: Left, voice: Voice) -> str:
    kind = voice.say(f"knowledge.kind_{left.kind}")
    if left.why is Why.REMOVED:
        return voice.say("knowledge.seed_left_removed", kind=kind, id=left.id, title=left.title)
    return voice.say("knowledge.seed_left_changed", kind=kind, id=left.id, title=left.title)


def _is_real(line: LineSettings) -> bool:
    return line.is_real and bool(line.access_token or line.channel_key_file)
