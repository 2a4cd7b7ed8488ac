"""The emulator's own WSGI app, with nothing of the product in it."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from bot.emulator.findings import LOOPBACK_HOSTS
from bot.emulator.platform import Platform
from handlers.emulator.control import control_api
from handlers.emulator.line_api import line_api
from handlers.emulator.page import page

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def create_app(platform: Platform) -> Flask:
    """LINE's API, the control API and the page on one address. Loopback host names only."""
    app = Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a cut connection must reach the server as such
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    app.json.sort_keys = False  # type: ignore[attr-defined]

    @app.before_request
    def only_this_machine() -> Response | None:
        host = urlsplit(f"//{request.host}").hostname
        return None if host in LOOPBACK_HOSTS else Response("loopback only", 403)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.register_blueprint(line_api(platform))
    app.register_blueprint(control_api(platform))
    app.register_blueprint(page(platform))
    return app
