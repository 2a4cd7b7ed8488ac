"""The doctor looks at what is kept: can every seal be opened, is the audit trail whole."""

from bot.db import Database
from bot.migrations.tables import metadata
from bot.resealing import keys_in_use
from bot.sealing import Sealer
from bot.settings import Settings
from bot.speech.texts import Voice
from bot.staff.audit import verify_chain
from handlers.commands.findings import Finding, State


def check_keys(database: Database | None, settings: Settings, voice: Voice) -> list[Finding]:
    """Values under keys that the settings do not have fail; under older keys they only warn.

    Reads each sealed column once; `database` is None when it cannot be read.
    """
    sealer = _sealer(settings)
    if database is None or sealer is None:
        return [Finding("keys", State.NOT_CHECKED, voice.say("command.check_keys_unread"))]
    with database.reading() as session:
        held = keys_in_use(session, metadata)
    lost = sum(count for key_id, count in held.items() if key_id not in sealer.key_ids)
    if lost:
        said = voice.say("command.check_keys_lost", count=lost)
        return [Finding("keys", State.FAILED, said)]
    if old := sum(held[key_id] for key_id in sealer.key_ids[1:]):
        return [Finding("keys", State.WARNING, voice.say("command.check_keys_old", count=old))]
    return [Finding("keys", State.OK, voice.say("command.check_keys"))]


def check_trail(database: Database | None, settings: Settings, voice: Voice) -> list[Finding]:
    """Walks the whole chain of the audit trail; one row changed or missing fails."""
    sealer = _sealer(settings)
    if database is None or sealer is None:
        return [Finding("audit", State.NOT_CHECKED, voice.say("command.check_audit_unread"))]
    with database.reading() as session:
        chain = verify_chain(session, sealer)
    if chain.is_whole:
        return [Finding("audit", State.OK, voice.say("command.check_audit", rows=chain.rows))]
    said = voice.say("command.check_audit_broken", row=chain.broken_at)
    return [Finding("audit", State.FAILED, said)]


def _sealer(settings: Settings) -> Sealer | None:
    if not settings.data_keys or not settings.lookup_key:
        return None
    return Sealer(settings.data_keys, settings.lookup_key)
