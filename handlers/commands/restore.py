"""`madoguchi restore FILE [--force]`: brings a backup back, in the place of all there is."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.backups import archive
from bot.backups.loading import Restored, restore
from bot.backups.values import Refused, Why
from bot.db import Database
from bot.schedules.rules import NextDue
from bot.sealing import Sealer
from bot.speech.dates import say_moment
from bot.speech.texts import Voice
from handlers.owning import own


def run(
    args: Sequence[str],
    database: Database,
    sealer: Sealer,
    voice: Voice,
    *,
    civil: datetime,
    next_due: NextDue,
) -> int:
    """Restores wholly or not at all, and tells what is held back and what is left to do.

    1: refused, with the reason; nothing was changed. 2: no database answers. `serve` and `worker`
    must be stopped: on SQLite their lock is asked, on PostgreSQL the server for other clients.
    """
    parser = argparse.ArgumentParser(prog="madoguchi restore")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--force", action="store_true")
    asked = parser.parse_args(args)
    owned = own(Path(database.url.database or "")) if database.is_sqlite else None
    if database.is_sqlite and owned is None:
        return _refuse(Refused(Why.IN_USE), voice)
    try:
        with archive.reading(asked.file, sealer) as held:
            done = restore(
                *(database, sealer, held), force=asked.force, civil=civil, next_due=next_due
            )
    except Refused as refused:
        return _refuse(refused, voice)
    except OSError as fault:
        said = voice.say("command.restore_unread", file=asked.file, why=fault.strerror)
        print(said, file=sys.stderr)
        return 1
    except SQLAlchemyError:
        print(voice.say("command.check_database_away"), file=sys.stderr)
        return 2
    finally:
        if owned is not None:
            owned.give_up()
    print("\n".join(_in_words(done, voice)))
    return 0


def _refuse(refused: Refused, voice: Voice) -> int:
    print(voice.say(f"command.restore_{refused.why}", what=refused.what), file=sys.stderr)
    return 1


def _in_words(done: Restored, voice: Voice) -> list[str]:
    made_at, settled = say_moment(done.manifest.made_at), done.settled
    lines = [
        voice.say("command.restore_done", rows=done.manifest.rows, made_at=made_at),
        voice.say("command.restore_held", messages=settled.messages, events=settled.events),
        voice.say("command.restore_ended", sign_ins=settled.sign_ins, links=settled.links),
        voice.say("command.restore_passed", passed=settled.passed),
        voice.say("command.restore_erasures", made_at=made_at),
    ]
    if done.unreadable:
        lines.append(voice.say("command.restore_unreadable", count=done.unreadable))
    return lines
