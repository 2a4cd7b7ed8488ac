"""The insight endpoints, minimally: friends, and units too small to be counted."""

from typing import Any

from bot.emulator.calls import Answer, Call
from bot.emulator.findings import Findings
from bot.emulator.platform import Platform

Json = dict[str, Any]


def followers(platform: Platform, call: Call) -> Answer:
    """Today's numbers whichever day is asked for; LINE's own come a day later."""
    everyone = [m for m in platform.people.everyone() if not m.group]
    blocks = sum(m.blocked for m in everyone)
    reach = len(platform.people.followers())
    told: Json = {"status": "ready", "followers": reach + blocks, "targetedReaches": reach}
    return Answer(200, {**told, "blocks": blocks})


def deliveries(platform: Platform, call: Call) -> Answer:
    day = call.query.get("date", "")
    counts: Json = {"status": "ready"}
    for kind, name in (("broadcast", "broadcast"), ("push", "apiPush"), ("reply", "apiReply"),
                       ("multicast", "apiMulticast"), ("narrowcast", "apiNarrowcast")):  # fmt: skip
        counts[name] = platform.statistics.on(kind, day)
    return Answer(200, counts)


def message_event(platform: Platform, call: Call) -> Answer:
    """Opens and clicks stay null: LINE shows none under 20 people, and the demo has fewer."""
    request_id = call.query.get("requestId", "")
    if not request_id:
        return _missing("requestId")
    nothing: Json = {"uniqueImpression": None, "uniqueClick": None}
    overview = {"requestId": request_id, **nothing}
    return Answer(200, {"overview": overview, "messages": [], "clicks": []})


def unit_event(platform: Platform, call: Call) -> Answer:
    for key in ("customAggregationUnit", "from", "to"):
        if not call.query.get(key):
            return _missing(key)
    overview: Json = {"uniqueImpression": None, "uniqueClick": None, "uniqueMediaPlayed": None}
    return Answer(200, {"overview": overview, "messages": [], "clicks": []})


def demographic(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"available": False})


def _missing(key: str) -> Answer:
    findings = Findings()
    findings.add(key, "May not be empty")
    return Answer(400, findings.answer(), f"refused: {key} missing")
