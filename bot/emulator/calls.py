"""One call of LINE's HTTP API and what the platform answers to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it arrived, already let in: `body` is the parsed JSON, `raw` the bytes."""

    request_id: str
    now: datetime
    headers: Mapping[str, str]
    raw: bytes = b""
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def retry_key(self) -> str | None:
        return self.headers.get("X-Line-Retry-Key")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer, and the facts that the log keeps about the call."""

    status: int
    body: Json | bytes = field(default_factory=dict)
    verdict: str = "accepted"
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def refuse(status: int, message: str, verdict: str = "", **facts: Any) -> Answer:
    """A refusal in LINE's shape; the log's verdict says why."""
    return Answer(status, {"message": message}, f"refused: {verdict or message}", facts=facts)


NOT_FOUND = Answer(404, {"message": "Not found"}, "refused: not found")
