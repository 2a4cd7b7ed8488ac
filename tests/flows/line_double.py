"""LINE as a test needs it in the same process: what it was told, and what it is to answer."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Sequence
from typing import Any

from bot.line.outcomes import Accepted, Outcome

SECRET = "channel-secret-of-a-test"


class LineDouble:
    """Takes messages like the gateway; a reply token works once, as at LINE."""

    def __init__(self) -> None:
        self.replies: list[tuple[str, list[dict[str, Any]]]] = []
        self.pushes: list[tuple[str, str]] = []
        self.answers: list[Outcome] = []
        self._lock = threading.Lock()

    def reply(self, reply_token: str, messages: Sequence[dict[str, Any]]) -> Outcome:
        with self._lock:
            self.replies.append((reply_token, list(messages)))
            return self.answers.pop(0) if self.answers else Accepted("request")

    def push(self, to: str, messages: Sequence[dict[str, Any]], retry_key: str) -> Outcome:
        with self._lock:
            self.pushes.append((to, retry_key))
            return self.answers.pop(0) if self.answers else Accepted("request")

    def multicast(
        self, to: Sequence[str], messages: Sequence[dict[str, Any]], retry_key: str
    ) -> Outcome:
        return self.push(",".join(to), messages, retry_key)

    def broadcast(self, messages: Sequence[dict[str, Any]], retry_key: str) -> Outcome:
        return self.push("everybody", messages, retry_key)


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def text_event(number: int, text: str = "ごみの日は？", resident: str = "U1") -> dict[str, Any]:
    return {
        "type": "message",
        "webhookEventId": f"01EVENT{number:05}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1786000000000 + number,
        "mode": "active",
        "source": {"type": "user", "userId": resident},
        "replyToken": f"token{number}",
        "message": {"type": "text", "id": f"m{number}", "text": text, "quoteToken": "q"},
    }


def delivery(*events: Any) -> bytes:
    return json.dumps({"destination": "Ubot", "events": list(events)}).encode()
