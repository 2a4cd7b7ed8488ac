"""A stand-in for LINE that takes every multicast after a set time, for measuring alone.

`python -m handlers.commands.line_stub MILLISECONDS` prints its port. It judges nothing but counts
calls and people, and how many calls came in the fullest second; `GET /` tells. Replies are taken
at once. Whether messages are right is the emulator's to judge.
"""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
from collections import deque
from typing import Any

_SECOND = 1.0


class Stub:
    """One stand-in."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.calls = 0
        self.people = 0
        self.fullest = 0
        self.replies: list[tuple[str, float]] = []
        self.first = self.last = 0.0
        self._recent: deque[float] = deque()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answers the calls of one connection until it is closed."""
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        size = int(line[15:])
                body = await reader.readexactly(size) if size else b""
                said = await self._answer(head.split(b" ", 2)[1], body)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    b"x-line-request-id: stub\r\nContent-Length: %d\r\n\r\n%s" % (len(said), said)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _answer(self, path: bytes, body: bytes) -> bytes:
        if path.endswith(b"/multicast") and b"validate" not in path:
            self._count(body.count(b'"U'))
            await asyncio.sleep(self.latency)
        elif path.endswith(b"/reply"):
            self.replies.append((json.loads(body)["replyToken"], time.time()))
            return b'{"sentMessages": [{"id": "1"}]}'
        elif path == b"/":
            return self._told()
        elif b"quota" in path:
            return b'{"type": "none", "totalUsage": 0}'
        return b"{}"

    def _count(self, people: int) -> None:
        now = time.monotonic()
        self.calls += 1
        self.people += people
        self.first, self.last = self.first or now, now
        self._recent.append(now)
        while now - self._recent[0] >= _SECOND:
            self._recent.popleft()
        self.fullest = max(self.fullest, len(self._recent))

    def _told(self) -> bytes:
        seconds = self.last - self.first
        return json.dumps(
            {
                "calls": self.calls,
                "people": self.people,
                "seconds": round(seconds, 3),
                "fullest_second": self.fullest,
                "replies": self.replies,
            }
        ).encode()


class RunningStub:
    """One in a process of its own, for as long as the block."""

    def __init__(self, latency_ms: float) -> None:
        self._latency_ms = latency_ms
        self.url = ""

    def __enter__(self) -> "RunningStub":
        command = [sys.executable, "-m", "handlers.commands.line_stub", str(self._latency_ms)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def told(self) -> dict[str, Any]:
        """What it counted so far."""
        with urllib.request.urlopen(f"{self.url}/", timeout=10) as answer:  # noqa: S310
            held: dict[str, Any] = json.load(answer)
        return held


async def _run(latency: float) -> None:
    server = await asyncio.start_server(Stub(latency).serve, "127.0.0.1", 0, limit=2**22)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_run(float(sys.argv[1]) / 1000))
