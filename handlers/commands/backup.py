"""`madoguchi backup FILE`: a consistent copy of everything, also while the desk works."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.backups.saving import save
from bot.backups.values import Manifest, Refused
from bot.db import Database
from bot.migrations import is_current
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff import audit
from bot.staff.audit import Action


def run(
    args: Sequence[str], database: Database, sealer: Sealer, voice: Voice, *, now: datetime
) -> int:
    """Writes the copy and tells where the keys are not: in it. The trail records that it left.

    1: the file cannot be written or is something other than a backup; what was there stays.
    2: no database with a schema. `now` is civil time.
    """
    parser = argparse.ArgumentParser(prog="madoguchi backup")
    parser.add_argument("file", metavar="FILE", type=Path)
    file: Path = parser.parse_args(args).file
    try:
        made = save(database, sealer, file, now)
        _record(database, sealer, made, now)
    except Refused as refused:
        print(voice.say(f"command.backup_{refused.why}", what=refused.what), file=sys.stderr)
        return 1
    except OSError as fault:
        print(voice.say("command.backup_unwritten", file=file, why=fault.strerror), file=sys.stderr)
        return 1
    except SQLAlchemyError:
        print(voice.say("command.check_database_away"), file=sys.stderr)
        return 2
    size = file.stat().st_size / 1_000_000
    print(voice.say("command.backup_made", file=file, rows=made.rows, megabytes=f"{size:.1f}"))
    print(voice.say("command.backup_keys"))
    return 0


def _record(database: Database, sealer: Sealer, made: Manifest, now: datetime) -> None:
    if not is_current(database):
        return  # before a migration the trail may have another shape
    state = {"rows": made.rows, "revision": made.revision}
    action = Action(audit.SYSTEM, "backup.made", "database", made.engine, None, state)
    with database.writing() as session:
        audit.record(session, sealer, action, now)
