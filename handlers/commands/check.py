"""`madoguchi check [--json]`: the doctor, who says what is well, what is not, what is unknown."""

import argparse
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from bot.db import Database
from bot.line.client import NotAnswered
from bot.line.gateway import Gateway
from bot.migrations import is_current
from bot.settings import Settings, SettingsError, require_keys, require_line
from bot.speech.richmenu.faults import faults
from bot.speech.texts import Voice
from handlers.commands.check_content import check_content
from handlers.commands.check_records import check_keys, check_trail
from handlers.commands.findings import Finding, State
from handlers.commands.richmenu import is_up, planned_menu


def run(
    args: Sequence[str],
    settings: Settings,
    database: Database | None,
    gateway: Gateway | None,
    voice: Voice,
    *,
    now: datetime,
) -> int:
    """Prints one finding a check; changes nothing anywhere. 1 when any check failed, else 0.

    `database` is None when it cannot be opened, `gateway` when LINE's settings are missing; `now`
    is civil time. Neither secrets nor residents' words are printed.
    """
    parser = argparse.ArgumentParser(prog="madoguchi check")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(args)
    found = examine(settings, database, gateway, voice, now)
    if asked.json:
        print(json.dumps({"checks": [one.as_json() for one in found]}, ensure_ascii=False))
    else:
        print("\n".join(_in_words(found, voice)))
    return 1 if any(one.state is State.FAILED for one in found) else 0


def examine(
    settings: Settings,
    database: Database | None,
    gateway: Gateway | None,
    voice: Voice,
    now: datetime,
) -> list[Finding]:
    """All checks in the order an operator mends things. One that breaks harms no other."""
    schema = _safely("schema", voice, lambda: [_schema(database, voice)])
    readable = database if schema[0].state is State.OK else None
    return [
        *_safely("settings", voice, lambda: [_settings(settings, voice)]),
        *schema,
        *_safely("line", voice, lambda: [_line(gateway, voice)]),
        *_safely("webhook", voice, lambda: [_webhook(settings, gateway, voice)]),
        *_safely("content", voice, lambda: check_content(readable, voice, now)),
        *_safely("keys", voice, lambda: check_keys(readable, settings, voice)),
        *_safely("audit", voice, lambda: check_trail(readable, settings, voice)),
        *_safely("richmenu", voice, lambda: [_rich_menu(gateway, voice)]),
        Finding("vulnerabilities", State.NOT_CHECKED, voice.say("command.check_vulnerabilities")),
    ]


def _safely(name: str, voice: Voice, work: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return work()
    except Exception as error:
        # Only its kind: an error's words may hold an address with its password.
        said = voice.say("command.check_broke", name=name, kind=type(error).__name__)
        return [Finding(name, State.FAILED, said)]


def _settings(settings: Settings, voice: Voice) -> Finding:
    wrong = []
    for require in (require_line, require_keys):
        try:
            require(settings)
        except SettingsError as error:
            wrong.append(error.variable)
    if wrong:
        said = voice.say("command.check_settings_missing", variables="、".join(wrong))
        return Finding("settings", State.FAILED, said)
    return Finding("settings", State.OK, voice.say("command.check_settings"))


def _schema(database: Database | None, voice: Voice) -> Finding:
    try:
        if database is None:
            return Finding("schema", State.FAILED, voice.say("command.check_database_away"))
        # Opening an SQLite file that is not there would make one.
        is_there = not database.is_sqlite or Path(database.url.database or "").is_file()
        if is_there and is_current(database):
            return Finding("schema", State.OK, voice.say("command.check_schema"))
    except (SQLAlchemyError, OSError):
        return Finding("schema", State.FAILED, voice.say("command.check_database_away"))
    return Finding("schema", State.FAILED, voice.say("command.check_schema_old"))


def _line(gateway: Gateway | None, voice: Voice) -> Finding:
    if gateway is None:
        return Finding("line", State.NOT_CHECKED, voice.say("command.check_line_absent"))
    try:
        gateway.account_name()
    except NotAnswered as answer:
        status = answer.outcome.status
        if status is None:
            return Finding("line", State.FAILED, voice.say("command.check_line_away"))
        if status == 429 or status >= 500:
            said = voice.say("command.check_line_busy", status=status)
            return Finding("line", State.WARNING, said)
        said = voice.say("command.check_line_refused", status=status)
        return Finding("line", State.FAILED, said)
    return Finding("line", State.OK, voice.say("command.check_line"))


def _webhook(settings: Settings, gateway: Gateway | None, voice: Voice) -> Finding:
    if settings.base_url is None:
        return Finding("webhook", State.WARNING, voice.say("command.check_webhook_unknown"))
    try:
        endpoint = gateway.webhook_endpoint() if gateway else None
    except NotAnswered:
        gateway, endpoint = None, None
    if gateway is None:
        return Finding("webhook", State.NOT_CHECKED, voice.say("command.check_webhook_unasked"))
    expected = f"{settings.base_url}/callback"
    if endpoint is None or not endpoint.address:
        said = voice.say("command.check_webhook_none", expected=_shown(expected))
        return Finding("webhook", State.FAILED, said)
    if endpoint.address != expected:
        address, wanted = _shown(endpoint.address), _shown(expected)
        said = voice.say("command.check_webhook_wrong", address=address, expected=wanted)
        return Finding("webhook", State.FAILED, said)
    if not endpoint.active:
        return Finding("webhook", State.FAILED, voice.say("command.check_webhook_off"))
    said = voice.say("command.check_webhook", address=_shown(expected))
    return Finding("webhook", State.OK, said)


def _shown(address: str) -> str:
    """The address without what may be secret in it: a sign-in, a query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _rich_menu(gateway: Gateway | None, voice: Voice) -> Finding:
    plan = planned_menu()
    if found := faults(plan):
        said = voice.say("command.check_richmenu_unfit")
        items = tuple(
            voice.say(f"command.richmenu_fault_{one.name}", **one.blanks) for one in found
        )
        return Finding("richmenu", State.WARNING, said, items)
    try:
        if gateway is not None:
            if is_up(plan, gateway):
                return Finding("richmenu", State.OK, voice.say("command.check_richmenu"))
            said = voice.say("command.check_richmenu_not_up")
            return Finding("richmenu", State.WARNING, said)
    except NotAnswered:
        pass
    return Finding("richmenu", State.NOT_CHECKED, voice.say("command.check_richmenu_unasked"))


def _in_words(found: Sequence[Finding], voice: Voice) -> list[str]:
    """What is to be mended one by one first, so that the summary is what stays on the screen."""
    lines = []
    for one in found:
        if one.items:
            lines += [one.said, *(f"  {item}" for item in one.items), ""]
    for one in found:
        lines.append(voice.say(f"command.check_state_{one.state}") + one.said)
    count = {state: sum(one.state is state for one in found) for state in State}
    total = voice.say(
        "command.check_total",
        failed=count[State.FAILED],
        warning=count[State.WARNING],
        not_checked=count[State.NOT_CHECKED],
    )
    return [*lines, total]
