"""The phone-sized page; everything that moves on it is done by its own ES modules."""

from flask import Blueprint, Response, render_template

from bot.emulator.platform import Platform


def page(platform: Platform) -> Blueprint:
    door = Blueprint("page", __name__)

    @door.get("/")
    def chat() -> str:
        return render_template("chat.html", product_url=platform.settings.product_url)

    @door.get("/_emulator/healthz")
    def alive() -> Response:
        return Response("ok", content_type="text/plain")

    return door
