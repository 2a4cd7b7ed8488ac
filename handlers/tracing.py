"""Gives each request a number, so that the lines of the log that belong together can be found."""

import logging
import secrets
import time

from flask import Flask, Response, g, request

from handlers.logs import request_id

log = logging.getLogger("madoguchi.web")

_UNTOLD = ("health", "webhook")
"""Doors whose every visit would drown the rest; the webhook tells of itself."""


def number_requests(app: Flask) -> None:
    """Numbers requests, tells the number as `X-Request-Id`, and logs each with its outcome.

    What is logged is the page's name in the program, never the address: that may hold a token.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()
        g.numbered = request_id.set(secrets.token_hex(6))

    @app.after_request
    def tell(response: Response) -> Response:
        response.headers["X-Request-Id"] = request_id.get() or ""
        if request.blueprint not in _UNTOLD and "began" in g:
            took = (time.monotonic() - g.began) * 1000
            page = request.endpoint or "nowhere"
            log.info("%s %s: %s, %.0f ms", request.method, page, response.status_code, took)
        return response

    @app.teardown_request
    def end(_error: BaseException | None) -> None:
        request_id.set(None)
