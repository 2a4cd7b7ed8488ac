"""Sample residents who chose something before the demo begins; `serve` has no such people."""

from collections.abc import Mapping
from datetime import datetime

from bot.db import Database
from bot.emulator.identifiers import user_id
from bot.line.inbound import resident_key
from bot.residents import service as residents
from bot.residents.rules import Style
from bot.sealing import Sealer

STYLES: Mapping[str, Style] = {"easy": Style.EASY}
"""The emulator's residents, by their keys there, whose names say how they want to be spoken to."""


def add_sample_residents(database: Database, sealer: Sealer, now: datetime) -> int:
    """Meets those whom the desk does not know yet, in their style; how many.

    Doing it again changes nothing, not even where one has chosen another style since.
    """
    added = 0
    with database.writing() as session:
        for name, style in STYLES.items():
            address = user_id(name)
            key = resident_key(sealer, address)
            if residents.recognise(session, key).is_new:
                residents.meet(session, sealer, key, address, now)
                residents.choose_style(session, key, style)
                added += 1
    return added
