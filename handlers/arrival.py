"""Tells when a request has arrived whole, so that no thread has to wait for a slow client."""

import re
from enum import Enum

HEAD_MOST = 32_768
WEBHOOK_MOST = 1_000_000
"""Bytes that LINE's delivery may have (the product's contract)."""
UPLOAD_MOST = 6_000_000
"""Bytes of any other request: a table of 5 MB, with what a form puts around it."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


class State(Enum):
    """How far a request has come."""

    PARTIAL = "partial"
    WHOLE = "whole"
    HEAD_TOO_LARGE = "head too large"
    BODY_TOO_LARGE = "body too large"


class Arrival:
    """The bytes of one connection that no request has used yet.

    It measures only: whether the request makes sense is for the server's parser to say. The body
    may hold 1 MB for the webhook and 6 MB elsewhere.
    """

    __slots__ = (
        "_chunk_at",
        "_chunked",
        "_end",
        "_head",
        "_most",
        "expects",
        "for_webhook",
        "held",
    )

    def __init__(self, held: bytes = b"") -> None:
        self.held = bytearray(held)
        self.expects = False
        self.for_webhook = False
        self._head = 0
        self._end = 0
        self._most = UPLOAD_MOST
        self._chunked = False
        self._chunk_at = 0

    def take(self, data: bytes) -> State:
        """Adds what the connection gave."""
        self.held += data
        return self.state()

    def state(self) -> State:
        """Whether one whole request stands in `held`, perhaps with the beginning of the next."""
        if not self._head:
            found = self.held.find(b"\r\n\r\n", 0, HEAD_MOST + 4)
            if found < 0:
                too_long = len(self.held) > HEAD_MOST
                return State.HEAD_TOO_LARGE if too_long else State.PARTIAL
            self._read_head(found + 4)
        if self._chunked:
            return self._chunks()
        if self._end - self._head > self._most:
            return State.BODY_TOO_LARGE
        return State.WHOLE if len(self.held) >= self._end else State.PARTIAL

    def _read_head(self, end: int) -> None:
        head = bytes(self.held[:end])
        words = head.split(b" ", 2)
        if len(words) > 1 and words[1].split(b"?", 1)[0] == b"/callback":
            self._most = WEBHOOK_MOST
            self.for_webhook = True
        length = _LENGTH.search(head)
        self._head = self._chunk_at = end
        self._end = end + (int(length[1]) if length else 0)
        self._chunked = _CHUNKED.search(head) is not None
        self.expects = _EXPECTS.search(head) is not None

    def _chunks(self) -> State:
        while True:
            line_end = self.held.find(b"\r\n", self._chunk_at)
            if line_end < 0:
                broken = len(self.held) - self._chunk_at > HEAD_MOST
                return State.WHOLE if broken else State.PARTIAL
            size = _chunk_size(bytes(self.held[self._chunk_at : line_end]))
            if size is None:
                # Nonsense: the server's parser refuses it from what is there.
                return State.WHOLE
            if size == 0:
                return self._trailer(line_end)
            after = line_end + 2 + size + 2
            if after - self._head > self._most:
                return State.BODY_TOO_LARGE
            if len(self.held) < after:
                return State.PARTIAL
            self._chunk_at = after

    def _trailer(self, line_end: int) -> State:
        done = self.held[line_end : line_end + 4] == b"\r\n\r\n"
        done = done or self.held.find(b"\r\n\r\n", line_end) >= 0
        too_long = len(self.held) - line_end > HEAD_MOST
        return State.WHOLE if done or too_long else State.PARTIAL


def _chunk_size(line: bytes) -> int | None:
    digits = line.split(b";", 1)[0].strip()
    if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
        return None
    return int(digits, 16)
