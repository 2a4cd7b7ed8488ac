"""The week's outcome as JSON: all that two playings of the same script must have alike."""

import json
from typing import Any

from handlers.week.gathering import Table
from handlers.week.report import Week


def written(week: Week) -> str:
    """What came of the week, without times of the clock on the wall, ids and dates."""
    return json.dumps(outcome(week), ensure_ascii=False, indent=1)


def outcome(week: Week) -> dict[str, Any]:
    """The same as plain data. `lost`, `doubled`, `strays`, `misses` are empty in a good week."""
    judged, played = week.judged, week.played
    return {
        "good": week.is_good,
        "steps": played.steps,
        "events": judged.events,
        "lost": list(judged.lost),
        "doubled": list(judged.doubled),
        "strays": list(judged.strays),
        "misses": [f"{one.when} {one.who}: {one.why}" for one in played.misses],
        "learning": [right for _, right in played.evenings],
        "held_back": len(week.script.held_back),
        "reached": [
            {
                "what": one.what,
                "should": one.should,
                "got": one.got,
                "missed": list(one.missed),
                "unasked": list(one.unasked),
                "twice": list(one.twice),
                "early": list(one.early),
            }
            for one in judged.reached
        ],
        "sent": dict(judged.sent),
        "counted": judged.used,
        "rates": _totals(week.rates),
        "seats": [list(row) for row in week.seats.rows],
        "troubles": [f"{one.when} {one.what}" for one in played.troubles],
    }


def _totals(table: Table) -> dict[str, int]:
    return {name: table.total(name) for name in table.heading[2:]}
