"""The sending endpoints: reply, push, multicast, narrowcast, broadcast, and their validation."""

import hashlib
import re
from typing import Any

from bot.emulator import limits
from bot.emulator.calls import Answer, Call, refuse
from bot.emulator.findings import Findings
from bot.emulator.identifiers import quote_token
from bot.emulator.messages import check_messages
from bot.emulator.people import Member
from bot.emulator.platform import Platform
from bot.emulator.retry_keys import Accepted, is_uuid
from bot.emulator.tokens import Spent, hash_of

Json = dict[str, Any]

_USER_ID = re.compile(r"U[0-9a-f]{32}")
_QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})
_KNOWN = {
    "reply": {"replyToken", "messages", "notificationDisabled"},
    "push": {"to", "messages", "notificationDisabled", "customAggregationUnits"},
    "multicast": {"to", "messages", "notificationDisabled", "customAggregationUnits"},
    "narrowcast": {"messages", "recipient", "filter", "limit", "notificationDisabled"},
    "broadcast": {"messages", "notificationDisabled"},
}


def reply(platform: Platform, call: Call) -> Answer:
    """Sends once per reply token; a retry key is refused, since a reply has none."""
    token = call.body.get("replyToken")
    facts: Json = {"messages": _count(call)}
    if isinstance(token, str):
        facts["reply_token_hash"] = hash_of(token)
        facts["event_id"] = platform.reply_tokens.event_of(token)
    if call.retry_key is not None:
        text = "The retry key cannot be used with this endpoint"
        return refuse(400, text, "retry key on a reply", **facts)
    if not isinstance(token, str) or not token:
        findings = Findings([{"message": "May not be empty", "property": "replyToken"}])
        return _invalid(findings, facts)
    findings = _check_body("reply", call.body)
    if findings:
        return _invalid(findings, facts)
    use = platform.reply_tokens.spend(token, call.now)
    if use.spent is not Spent.NOW:
        return refuse(400, "Invalid reply token", use.spent.value, **facts)
    member = platform.people.find(use.chat_id)
    listening = [member] if member and not member.blocked else []
    sent = _put(platform, listening, call.body["messages"], "reply")
    platform.statistics.count("reply", 1, call.now)
    reached = [listener.chat_id for listener in listening]
    return Answer(200, {"sentMessages": sent}, facts={**facts, "reached": reached})


def push(platform: Platform, call: Call) -> Answer:
    """Sends to one user or group; a blocked one gets nothing, and 200 all the same."""
    return _with_retry_key(platform, "push", call)


def multicast(platform: Platform, call: Call) -> Answer:
    return _with_retry_key(platform, "multicast", call)


def narrowcast(platform: Platform, call: Call) -> Answer:
    return _with_retry_key(platform, "narrowcast", call)


def broadcast(platform: Platform, call: Call) -> Answer:
    return _with_retry_key(platform, "broadcast", call)


def validate(call: Call) -> Answer:
    """What the validate endpoints say: the messages alone are looked at."""
    findings = check_messages(call.body.get("messages"))
    return _invalid(findings, {}) if findings else Answer(200)


def _with_retry_key(platform: Platform, kind: str, call: Call) -> Answer:
    key = call.retry_key
    facts: Json = {"messages": _count(call), "recipients": _named(call), "retry_key": key}
    if key is None:
        return _send(platform, kind, call, facts)
    if not is_uuid(key):
        return refuse(400, "Invalid retry key", "retry key is no UUID", **facts)
    body_hash = hashlib.sha256(call.raw).hexdigest()
    if platform.retry_keys.body_changed(key, body_hash):
        facts["retry_body_changed"] = True
    with platform.retry_keys.one_at_a_time():
        earlier = platform.retry_keys.accepted(key, call.now)
        if earlier is not None:
            return _already(earlier, facts)
        answer = _send(platform, kind, call, facts)
        if answer.status < 300:
            sent = answer.body.get("sentMessages", []) if isinstance(answer.body, dict) else []
            done = Accepted(call.request_id, call.now, tuple(sent))
            platform.retry_keys.accept(key, done)
    return answer


def _already(earlier: Accepted, facts: Json) -> Answer:
    body: Json = {"message": "The retry key is already accepted"}
    if earlier.sent_messages:
        body["sentMessages"] = list(earlier.sent_messages)
    headers = {"x-line-accepted-request-id": earlier.request_id}
    facts = {**facts, "accepted_request_id": earlier.request_id}
    return Answer(409, body, "already accepted", headers, facts)


def _send(platform: Platform, kind: str, call: Call, facts: Json) -> Answer:
    findings = _check_body(kind, call.body)
    if findings:
        return _invalid(findings, facts)
    found = _recipients(platform, kind, call.body)
    if isinstance(found, Answer):
        return Answer(found.status, found.body, found.verdict, facts=facts)
    reached = [member for member in found if member.following and not member.blocked]
    if not platform.statistics.fits(len(reached)):
        return refuse(429, "You have reached your monthly limit.", "quota used up", **facts)
    sent = _put(platform, reached, call.body["messages"], kind)
    units = tuple(call.body.get("customAggregationUnits") or ())
    platform.statistics.count(kind, len(reached), call.now, units)
    facts = {**facts, "reached": [member.chat_id for member in reached]}
    if kind == "narrowcast":
        platform.statistics.finish_narrowcast(call.request_id, len(reached), call.now)
        return Answer(202, facts=facts)
    return Answer(200, {"sentMessages": sent} if kind == "push" else {}, facts=facts)


def _check_body(kind: str, body: Json) -> Findings:
    findings = check_messages(body.get("messages"))
    findings.known_only(body, "", _KNOWN[kind])
    if not isinstance(body.get("notificationDisabled", False), bool):
        findings.add("notificationDisabled", "Must be true or false")
    units = body.get("customAggregationUnits")
    if units is not None:
        most = limits.AGGREGATION_UNITS_PER_CALL
        for at, unit in enumerate(
            findings.listed(body, "customAggregationUnits", "", least=0, most=most)
        ):
            pattern = limits.AGGREGATION_UNIT_PATTERN
            if not (isinstance(unit, str) and re.fullmatch(pattern, unit)):
                findings.add(f"customAggregationUnits[{at}]", "Invalid format")
    return findings


def _recipients(platform: Platform, kind: str, body: Json) -> list[Member] | Answer:
    if kind == "push":
        member = platform.people.find_id(body.get("to"))
        if member is None:
            return refuse(400, "Failed to send messages", "unknown recipient")
        return [member]
    if kind == "multicast":
        return _many(platform, body.get("to"))
    if kind == "narrowcast":
        return _narrow(platform, body)
    return platform.people.followers()


def _many(platform: Platform, to: Any) -> list[Member] | Answer:
    findings = Findings()
    ids = findings.listed({"to": to}, "to", "", least=1, most=limits.MULTICAST_RECIPIENTS)
    if findings:
        return Answer(400, findings.answer(), "refused: recipients")
    members = []
    for at, user_id in enumerate(ids):
        member = platform.people.find_id(user_id)
        if member is None or not _USER_ID.fullmatch(user_id):
            text = f"The property, to[{at}], in the request body is invalid (line: -, column: -)"
            return refuse(400, text, "unknown recipient")
        members.append(member)
    # LINE delivers once to an id that stands twice in a call.
    return list({member.chat_id: member for member in members}.values())


def _narrow(platform: Platform, body: Json) -> list[Member] | Answer:
    if body.get("recipient") is not None:
        return refuse(400, "Invalid audience group id: -", "audiences are not emulated")
    followers = platform.people.followers()
    if body.get("filter") and len(followers) < limits.NARROWCAST_LEAST_REACH:
        return refuse(403, "Your account does not have enough friends")
    return followers


def _put(platform: Platform, members: list[Member], messages: list[Json], via: str) -> list[Json]:
    """Shows the messages in each chat; the ids are those of the first, as one recipient has."""
    sent: list[Json] = []
    for message in messages:
        message_id = platform.message_ids.new()
        facts = {"id": message_id}
        if message.get("type") in _QUOTABLE:
            facts["quoteToken"] = quote_token()
        sent.append(facts)
    for member in members:
        for facts, message in zip(sent, messages, strict=True):
            platform.show(member, message, sender="account", via=via, id=facts["id"])
    return sent


def _invalid(findings: Findings, facts: Json) -> Answer:
    first = findings.details[0]
    verdict = f"refused: {first['property']}: {first['message']}"
    return Answer(400, findings.answer(), verdict, facts=facts)


def _count(call: Call) -> int:
    messages = call.body.get("messages")
    return len(messages) if isinstance(messages, list) else 0


def _named(call: Call) -> list[str]:
    to = call.body.get("to")
    if isinstance(to, str):
        return [to]
    return [str(user_id) for user_id in to] if isinstance(to, list) else []
