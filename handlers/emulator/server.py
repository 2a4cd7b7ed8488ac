"""Serves the emulator with a thread a connection, kept open, on a loopback address only."""

import os
import socket
import struct
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from bot.emulator.findings import LOOPBACK_HOSTS


class _Handler(WSGIRequestHandler):
    """HTTP/1.1 with keep-alive; silent (the journal is the log); can reset a connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 75

    def log(self, type: str, message: str, *args: Any) -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Ends the connection with a reset, as when a load balancer dies."""
        self.close_connection = True
        linger = struct.pack("ii", 1, 0)
        try:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            os.close(self.connection.detach())
        except OSError:
            pass  # the other side was quicker


class _Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 512

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


def make_server(app: Flask, host: str, port: int) -> ThreadedWSGIServer:
    """A server ready for `serve_forever`; port 0 takes a free one. ValueError off loopback."""
    if host not in LOOPBACK_HOSTS:
        raise ValueError(f"the emulator listens on loopback only, not on {host}")
    return _Server(host, port, app, handler=_Handler)
