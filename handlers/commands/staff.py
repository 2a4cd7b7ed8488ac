"""`madoguchi staff add LOGIN --name NAME --role ROLE…`: adds a person, prints a set-up link."""

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime

from bot.db import Database
from bot.sealing import Sealer
from bot.speech.texts import Voice
from bot.staff import accounts, audit, setup
from bot.staff.accounts import Added, LoginMalformed, LoginTaken
from bot.staff.audit import Action
from bot.staff.rules import Role, clean_login


def run(
    args: Sequence[str],
    database: Database,
    sealer: Sealer,
    voice: Voice,
    *,
    base_url: str,
    now: datetime,
) -> int:
    """Adds the person and prints the link that works once. Exit status 1 when refused.

    `base_url` is where the console is reached, `now` civil time.
    """
    asked = _parse(args)
    login = clean_login(asked.login)
    roles = frozenset(Role(role) for role in asked.role)
    token = ""
    with database.writing() as session:
        done = accounts.add(session, sealer, login, asked.name, roles, now=now)
        if isinstance(done, Added):
            token = setup.issue(session, sealer, done.person.id, database.lease_now(session))
            after = {"roles": sorted(roles)}
            action = Action(audit.SYSTEM, "staff.added", "staff", login, None, after)
            audit.record(session, sealer, action, now)
    return _say(done, voice, login, f"{base_url}/console/set-up/{token}" if token else "")


def _say(done: Added | LoginTaken | LoginMalformed, voice: Voice, login: str, link: str) -> int:
    match done:
        case LoginTaken():
            print(voice.say("console_people.command_taken", login=login), file=sys.stderr)
            return 1
        case LoginMalformed():
            print(voice.say("console_people.command_malformed"), file=sys.stderr)
            return 1
        case Added(person=person):
            name = person.name
            print(voice.say("console_people.command_added", name=name, login=login, link=link))
            return 0


def _parse(args: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="madoguchi staff")
    add = parser.add_subparsers(required=True).add_parser("add")
    add.add_argument("login", metavar="LOGIN")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, nargs="+", action="extend", choices=list(Role))
    return parser.parse_args(args)
