"""`madoguchi forget USER_ID`: erases one resident everywhere and prints what was removed."""

import argparse
from collections.abc import Sequence

from bot.db import Database
from bot.erasure import forget_resident
from bot.line.inbound import resident_key
from bot.sealing import Sealer
from bot.speech.texts import Voice


def run(args: Sequence[str], database: Database, sealer: Sealer, voice: Voice) -> int:
    """Erases the resident with this LINE user id; a second time finds nothing."""
    parser = argparse.ArgumentParser(prog="madoguchi forget")
    parser.add_argument("user_id", metavar="USER_ID")
    user_id = parser.parse_args(args).user_id
    with database.writing() as session:
        gone = forget_resident(session, resident_key(sealer, user_id))
    if any(gone.values()):
        print(_in_words(gone, voice))
    else:
        print(voice.say("command.forgotten_nothing"))
    return 0


def _in_words(gone: dict[str, int], voice: Voice) -> str:
    return voice.say(
        "command.forgotten",
        questions=gone["questions"],
        wishes=gone["wishes"],
        choices=gone["choices"],
        events=gone["events"],
        messages=gone["messages"],
        residents=gone["residents"],
    )
