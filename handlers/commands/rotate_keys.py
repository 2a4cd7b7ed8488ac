"""`madoguchi rotate-keys`: seals everything again under the newest key and tells which may go.

A key is changed in four steps: put the new one in front in `MADOGUCHI_DATA_KEYS`; start every
process anew, since one that does not know the new key cannot open what is sealed under it; run
this command, beside them; take out the old keys it names. A backup needs the keys of its day.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.db import Database
from bot.migrations.tables import metadata
from bot.resealing import Resealed, keys_in_use, reseal
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff import audit
from bot.staff.audit import Action
from handlers.commands.tables import is_ready


def run(
    args: Sequence[str], database: Database, sealer: Sealer, voice: Voice, *, now: datetime
) -> int:
    """Turns the keys; a second time changes nothing, and a stopped one is gone on with.

    1: some values could not be sealed again, because no key of the settings opens them or
    because somebody held them all the while. 2: no current database. `now` is civil time.
    """
    argparse.ArgumentParser(prog="madoguchi rotate-keys").parse_args(args)
    if not is_ready(database, voice):
        return 2
    done = reseal(database, sealer, metadata)
    total = sum(one.done for one in done)
    if total:
        counts = {one.purpose: one.done for one in done if one.done}
        action = Action(audit.SYSTEM, "keys.rotated", "keys", sealer.key_ids[0].hex(), None, counts)
        with database.writing() as session:
            audit.record(session, sealer, action, now)
    with database.reading() as session:
        held = keys_in_use(session, metadata)
    print("\n".join([*_done(done, voice), *_old_keys(sealer, held, voice)]))
    faults = _faults(sealer, held, done, voice)
    print("\n".join(faults), end="\n" if faults else "", file=sys.stderr)
    return 1 if faults else 0


def _done(done: Iterable[Resealed], voice: Voice) -> list[str]:
    said = [
        voice.say("command.rotate_column", purpose=one.purpose, count=one.done)
        for one in done
        if one.done
    ]
    if not said:
        return [voice.say("command.rotate_nothing")]
    return [voice.say("command.rotate_done"), *said]


def _old_keys(sealer: Sealer, held: Counter[bytes], voice: Voice) -> list[str]:
    said = []
    for place, key_id in enumerate(sealer.key_ids[1:], start=2):
        if not held[key_id]:
            said.append(voice.say("command.rotate_key_free", place=place, id=key_id.hex()))
    return [*said, voice.say("command.rotate_key_backups")] if said else []


def _faults(
    sealer: Sealer, held: Counter[bytes], done: Iterable[Resealed], voice: Voice
) -> list[str]:
    said = []
    for place, key_id in enumerate(sealer.key_ids[1:], start=2):
        if held[key_id]:
            blanks = {"place": place, "id": key_id.hex(), "count": held[key_id]}
            said.append(voice.say("command.rotate_key_used", **blanks))
    for one in done:
        if one.unreadable:
            blanks = {"purpose": one.purpose, "count": one.unreadable}
            said.append(voice.say("command.rotate_unreadable", **blanks))
    return said
