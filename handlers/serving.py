"""The production web server: gunicorn, with a worker that gives a thread only whole requests."""

import contextlib
import errno
import selectors
import socket
import struct
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Protocol

from gunicorn.app.base import BaseApplication
from gunicorn.http import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from handlers.arrival import Arrival, State
from handlers.server_log import ServerLog

ARRIVE_WITHIN = 5.0
"""Seconds from a request's first byte to its last."""
KEEP_ALIVE = 75
_LINGER = 1.0
_READ_MOST = 65_536

_REFUSALS = {
    State.HEAD_TOO_LARGE: b"431 Request Header Fields Too Large",
    State.BODY_TOO_LARGE: b"413 Content Too Large",
    State.PARTIAL: b"408 Request Timeout",
}

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Role(Protocol):
    """Work in the background that a serving process may take on."""

    def start(self) -> None:
        """Begins, after the fork."""

    def stop(self, timeout: float = 20) -> bool:
        """Ends in order, within so many seconds."""


class House(Protocol):
    """What a serving process runs: the web, and with an embedded database the worker role."""

    @property
    def flask_app(self) -> WsgiApp:
        """All doors that speak HTTP."""

    @property
    def worker(self) -> Role | None:
        """The worker role, or None where it runs in processes of its own."""


class WholeRequests(ThreadWorker):  # type: ignore[misc]
    """Reads requests in its one event loop and hands each to a thread when it is all there.

    A client that dribbles costs a connection for five seconds, never a thread; nor can a client
    that does not read its answer, or that leaves the connection open, hold up the others.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._open: dict[TConn, float] = {}
        self._look_again = 0.0
        # Deliveries have threads of their own, so that no page, however slow, delays them; and
        # twice as many, as they mostly wait for the disk, and many share one commit.
        self._webhook_pool = ThreadPoolExecutor(2 * self.cfg.threads, "webhook")

    def run(self) -> None:
        """Serves until told to stop; called by gunicorn after the fork."""
        super().run()
        self._webhook_pool.shutdown(wait=False)

    def accept(self, listener: socket.socket) -> None:
        """Takes a new connection and waits for what it says."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        # Should a thread ever have to read or write on the socket, then not for long.
        for option, seconds in ((socket.SO_RCVTIMEO, 5), (socket.SO_SNDTIMEO, 10)):
            client.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.parser = RequestParser(self.cfg, client, address)
        conn.initialized = conn.data_ready = True
        self._expect(conn, b"", ARRIVE_WITHIN)

    def finish_request(self, conn: TConn, future: Any) -> None:
        """After an answer: waits for the next request, or closes."""
        try:
            keep = bool(future.result()) if not future.cancelled() else False
        except Exception:
            keep = False
        if not keep:
            self._say_goodbye(conn)
            return
        begun = conn.parser.unreader.take_buffered()
        self._expect(conn, begun, ARRIVE_WITHIN if begun else self.cfg.keepalive)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the loop; also closes what has waited too long."""
        super().wait_for_and_dispatch_events(min(timeout, 0.25) if self._open else timeout)
        now = time.monotonic()
        if now >= self._look_again:
            self._look_again = now + 0.25
            self._close_expired(now)

    def _expect(self, conn: TConn, begun: bytes, within: float) -> None:
        conn.arrival = Arrival(begun)
        conn.continued = False
        conn.sock.setblocking(False)
        self._open[conn] = time.monotonic() + within
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_bytes, conn))
        if begun:
            self._go_on(conn, conn.arrival.state())

    def _on_bytes(self, conn: TConn, _sock: Any) -> None:
        try:
            data = conn.sock.recv(_READ_MOST)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if not data:
            self._drop(conn)
            return
        if not conn.arrival.held:
            self._open[conn] = time.monotonic() + ARRIVE_WITHIN
        self._go_on(conn, conn.arrival.take(data))

    def _go_on(self, conn: TConn, state: State) -> None:
        if state is State.WHOLE:
            self._forget(conn)
            conn.parser.unreader.unread(bytes(conn.arrival.held))
            pool = self._webhook_pool if conn.arrival.for_webhook else self.tpool
            conn.arrival = None
            future = pool.submit(self.handle, conn)
            future.add_done_callback(
                lambda ended: self.method_queue.defer(self.finish_request, conn, ended)
            )
        elif state is not State.PARTIAL:
            self._refuse(conn, state)
        elif conn.arrival.expects and not conn.continued:
            conn.continued = True
            with contextlib.suppress(OSError):
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _refuse(self, conn: TConn, state: State) -> None:
        answer = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        with contextlib.suppress(OSError):
            conn.sock.send(answer % _REFUSALS[state])
        self._forget(conn)
        self._say_goodbye(conn)

    def _say_goodbye(self, conn: TConn) -> None:
        # Half-closed, then read out: closing at once could cut off the answer (RFC 9112, 9.6).
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._on_rest, conn))
        except (OSError, ValueError, KeyError):
            self.nr_conns -= 1
            conn.close()
            return
        conn.arrival = None
        self._open[conn] = time.monotonic() + _LINGER

    def _on_rest(self, conn: TConn, _sock: Any) -> None:
        try:
            if conn.sock.recv(_READ_MOST):
                return
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            pass
        self._drop(conn)

    def _close_expired(self, now: float) -> None:
        for conn, until in list(self._open.items()):
            idle = conn.arrival is not None and not conn.arrival.held
            if now < until and (self.alive or not idle):
                continue
            if conn.arrival is not None and conn.arrival.held:
                self._refuse(conn, State.PARTIAL)
            else:
                self._drop(conn)

    def _forget(self, conn: TConn) -> None:
        self._open.pop(conn, None)
        with contextlib.suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()


class Server(BaseApplication):  # type: ignore[misc]
    """Serves until a signal: SIGTERM lets requests and the worker role end in order.

    `build` runs in each serving process after the fork, so the parent stays small.
    """

    def __init__(
        self, build: Callable[[], House], *, host: str, port: int, workers: int, threads: int
    ) -> None:
        self._build = build
        self._house: House | None = None
        self._role: Role | None = None
        self._options = {
            "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": WholeRequests,
            "keepalive": KEEP_ALIVE,
            "graceful_timeout": 30,
            "timeout": 60,
            "loglevel": "warning",
            "logger_class": ServerLog,
            "control_socket_disable": True,
            "post_worker_init": self._start_role,
            "worker_exit": self._stop_role,
        }
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WsgiApp:
        """Called by gunicorn in a serving process."""
        self._house = self._build()
        return self._house.flask_app

    def _start_role(self, _worker: Any) -> None:
        if self._house and self._house.worker:
            self._role = self._house.worker
            self._role.start()

    def _stop_role(self, _arbiter: Any, _worker: Any) -> None:
        # Only what was started: a process that could not come up has nothing to end.
        if self._role:
            self._role.stop(20)
