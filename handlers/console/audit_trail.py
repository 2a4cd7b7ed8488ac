"""記録: who did what, found by person, item and day; with before and after, and as CSV."""

import json
from collections.abc import Mapping
from datetime import timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge.tables.cells import guard
from bot.knowledge.tables.writing import to_csv
from bot.speech import dates
from bot.staff import audit
from bot.staff.audit import Recorded, Search
from bot.staff.rules import Role
from handlers.console.desk import Desk
from handlers.console.reading import LONG, day_of, number_of
from handlers.console.routing import Section, only
from handlers.console.saving import csv_file

section = Section("audit")
_ADMIN = only(Role.ADMIN)
_PAGE = 50
_ASKED = ("actor", "kind", "item", "since", "until")


@section.get("/audit", _ADMIN, menu="console.menu_audit")
def trail(desk: Desk) -> ResponseReturnValue:
    """Fifty rows at a time, newest first."""
    asked = _asked(request.args)
    below = number_of(request.args.get("before", ""), LONG)
    search = _search(asked)
    with desk.reading() as session:
        rows = audit.find(session, search, before=below, most=_PAGE + 1)
        count = audit.count(session, search)
    older = rows[_PAGE - 1].sequence if len(rows) > _PAGE else None
    return desk.show(
        "audit.html",
        rows=rows[:_PAGE],
        count=count,
        asked=asked,
        older=desk.to("audit_trail", **asked, before=older) if older else None,
        changes=lambda row: _changes(desk, row),
        kinds=_kinds(desk),
    )


@section.post("/audit/check", _ADMIN)
def check(desk: Desk) -> ResponseReturnValue:
    """Walks the whole chain and says whether anything was changed behind it."""
    with desk.reading() as session:
        chain = audit.verify_chain(session, desk.services.sealer)
    if chain.is_whole:
        desk.tell(desk.say("console_audit.whole", rows=chain.rows))
    else:
        desk.tell(desk.say("console_audit.broken", row=chain.broken_at), "fault")
    return desk.go("audit_trail")


@section.post("/audit/export", _ADMIN)
def export(desk: Desk) -> ResponseReturnValue:
    """The rows looked for as CSV, each cell guarded; that it was taken is itself recorded."""
    asked = _asked(request.form)
    search = _search(asked)
    with desk.reading() as session:
        heading = [desk.say(f"console_audit.column_{name}") for name in _COLUMNS]
        rows = [
            heading,
            *([guard(cell) for cell in _cells(row)] for row in audit.every(session, search)),
        ]
    with desk.writing() as session:
        after = {"rows": len(rows) - 1, "search": asked}
        desk.record(session, "audit.exported", ("audit", "csv"), after=after)
    return csv_file(desk, "audit", to_csv(rows))


_COLUMNS = ("number", "at", "actor", "action", "kind", "item", "before", "after", "reason")


def _cells(row: Recorded) -> list[str]:
    done = row.done
    at = row.at.astimezone(dates.ZONE).isoformat(sep=" ", timespec="seconds")
    return [
        *(str(row.sequence), at, done.actor, done.action, done.item_kind, done.item_id),
        *(_text(done.before), _text(done.after), done.reason or ""),
    ]


def _text(state: audit.State) -> str:
    return "" if state is None else json.dumps(state, ensure_ascii=False, sort_keys=True)


def _kinds(desk: Desk) -> list[str]:
    """The kinds of items that have a name in content, for choosing."""
    begin = "console_actions.kind_"
    names = desk.services.texts.names()
    return sorted(name.removeprefix(begin) for name in names if name.startswith(begin))


def _changes(desk: Desk, row: Recorded) -> list[tuple[str, str, str]]:
    """What changed: (name, before, after) of each value that differs."""
    before, after = row.done.before or {}, row.done.after or {}
    return [
        (name, _shown(desk, name, before.get(name)), _shown(desk, name, after.get(name)))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]


def _shown(desk: Desk, name: str, value: object) -> str:
    if value is None or value == "":
        return "―"
    if isinstance(value, bool):
        return desk.say("console_audit.yes" if value else "console_audit.no")
    if name == "roles" and isinstance(value, list):
        value = [desk.say(f"console.role_{role}") for role in value]
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _asked(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the search that were filled in; a day that is none is left out."""
    asked = {name: given.get(name, "").strip()[:80] for name in _ASKED}
    for name in ("since", "until"):
        if day_of(asked[name]) is None:
            asked[name] = ""
    return {name: value for name, value in asked.items() if value}


def _search(asked: Mapping[str, str]) -> Search:
    since, until = day_of(asked.get("since", "")), day_of(asked.get("until", ""))
    return Search(
        actor=asked.get("actor"),
        item_kind=asked.get("kind"),
        item_id=asked.get("item"),
        since=dates.start_of(since) if since else None,
        until=dates.start_of(until + timedelta(days=1)) if until else None,
    )
