"""What the account may ask about itself and its friends: profile, quota, webhook, statistics."""

import json
import time
from typing import Any

from bot.emulator import limits
from bot.emulator.calls import NOT_FOUND, Answer, Call, refuse
from bot.emulator.delivery import exchange
from bot.emulator.findings import Findings, is_openable
from bot.emulator.platform import Platform
from bot.emulator.signing import signature

Json = dict[str, Any]


def profile(platform: Platform, call: Call, user_id: str) -> Answer:
    """404 for a stranger and for one who has blocked the account."""
    member = platform.people.find_id(user_id)
    if member is None or member.group or member.blocked:
        return NOT_FOUND
    known = {"displayName": member.name, "userId": user_id, "language": member.language}
    return Answer(200, known)


def info(platform: Platform, call: Call) -> Answer:
    return Answer(
        200,
        {
            "userId": platform.bot_user_id,
            "basicId": "@sample",
            "displayName": "見本の公式アカウント",
            "chatMode": "bot",
            "markAsReadMode": "auto",
        },
    )


def quota(platform: Platform, call: Call) -> Answer:
    limit = platform.statistics.monthly_limit
    return Answer(200, {"type": "none"} if limit is None else {"type": "limited", "value": limit})


def consumption(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"totalUsage": platform.statistics.used()})


def delivered(platform: Platform, call: Call, kind: str) -> Answer:
    """How many messages of a kind went out on a day (UTC+9)."""
    day = call.query.get("date", "")
    if not (len(day) == 8 and day.isdigit()):
        return _wrong("date", "Invalid date format")
    return Answer(200, {"status": "ready", "success": platform.statistics.on(kind, day)})


def follower_ids(platform: Platform, call: Call) -> Answer:
    """All friends in one go; the emulator has no need of pages."""
    return Answer(200, {"userIds": [m.chat_id for m in platform.people.followers()]})


def loading(platform: Platform, call: Call) -> Answer:
    findings = Findings()
    findings.known_only(call.body, "", {"chatId", "loadingSeconds"})
    seconds = call.body.get("loadingSeconds", limits.LOADING_SECONDS_WHEN_UNSAID)
    if seconds not in limits.LOADING_SECONDS or isinstance(seconds, bool):
        findings.add("loadingSeconds", "Must be between 5 and 60 and a multiple of five")
    member = platform.people.find_id(call.body.get("chatId"))
    if member is None or member.group:
        findings.add("chatId", "Only user id is acceptable")
    if findings or member is None:
        return Answer(400, findings.answer(), f"refused: {findings.details[0]['property']}")
    platform.start_loading(member.chat_id, seconds)
    return Answer(202)


def mark_as_read(platform: Platform, call: Call) -> Answer:
    if not isinstance(call.body.get("markAsReadToken"), str):
        return refuse(400, "Invalid markAsReadToken.")
    return Answer(200)


def group_summary(platform: Platform, call: Call, group_id: str) -> Answer:
    group = platform.people.find_id(group_id)
    if group is None or not group.group:
        return NOT_FOUND
    return Answer(200, {"groupId": group_id, "groupName": group.name})


def leave_group(platform: Platform, call: Call, group_id: str) -> Answer:
    group = platform.people.find_id(group_id)
    if group is None or not group.group:
        return NOT_FOUND
    group.following = False
    return Answer(200)


def get_webhook(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"endpoint": platform.courier.url, "active": True})


def set_webhook(platform: Platform, call: Call) -> Answer:
    endpoint = call.body.get("endpoint")
    if not isinstance(endpoint, str) or len(endpoint) > limits.WEBHOOK_URL:
        return _wrong("endpoint", "Length must be between 0 and 500")
    if not is_openable(endpoint) or not endpoint.startswith("http"):
        return _wrong("endpoint", "Invalid webhook endpoint URL")
    platform.courier.url = endpoint
    return Answer(200)


def test_webhook(platform: Platform, call: Call) -> Answer:
    """Sends an empty delivery and tells how it went."""
    wanted = call.body.get("endpoint") if isinstance(call.body, dict) else None
    url = wanted if isinstance(wanted, str) else platform.courier.url
    body = json.dumps({"destination": platform.bot_user_id, "events": []}).encode()
    signed = signature(platform.settings.channel_secret, body)
    headers = {"Content-Type": "application/json", "x-line-signature": signed}
    status, reason = 0, "COULD_NOT_CONNECT"
    started = time.monotonic()
    try:
        status = exchange(url, body, headers, platform.settings.webhook_timeout)
        reason = "OK" if 200 <= status < 300 else "ERROR_STATUS_CODE"
    except OSError:
        if time.monotonic() - started >= platform.settings.webhook_timeout:
            reason = "REQUEST_TIMEOUT"
    return Answer(
        200,
        {
            "success": reason == "OK",
            "timestamp": call.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "statusCode": status,
            "reason": reason,
            "detail": str(status or reason),
        },
    )


def narrowcast_progress(platform: Platform, call: Call) -> Answer:
    done = platform.statistics.narrowcast(call.query.get("requestId", ""))
    if done is None:
        return NOT_FOUND
    recipients, at = done
    when = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return Answer(
        200,
        {
            "phase": "succeeded",
            "successCount": recipients,
            "failureCount": 0,
            "targetCount": recipients,
            "acceptedTime": when,
            "completedTime": when,
        },
    )


def unit_count(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"numOfCustomAggregationUnits": len(platform.statistics.units())})


def unit_names(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"customAggregationUnits": sorted(platform.statistics.units())})


def _wrong(where: str, message: str) -> Answer:
    findings = Findings()
    findings.add(where, message)
    return Answer(400, findings.answer(), f"refused: {where}: {message}")
