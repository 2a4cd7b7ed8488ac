"""友だち: how many friends there are day by day, and the poster that brings more."""

from datetime import timedelta
from urllib.parse import quote

from flask.typing import ResponseReturnValue

import content
from bot.plan import friends
from bot.plan.friends import Friends
from bot.speech import dates
from bot.staff.codes import qr_image
from handlers.console import charts
from handlers.console.charts import Given
from handlers.console.desk import Desk
from handlers.console.plan import READ
from handlers.console.routing import STAFF, Section

section = Section("friends")
_DAYS = 28


@section.get("/friends", READ, menu="console_friends.menu")
def curve(desk: Desk) -> ResponseReturnValue:
    """Four weeks of friends as a picture, its table below."""
    last = dates.today(desk.now)
    with desk.reading() as session:
        days = friends.curve(session, last - timedelta(days=_DAYS - 1), last, desk.now)
    return desk.show(
        "friends.html", days=days, chart=charts.stacked([_given(desk, day) for day in days])
    )


@section.get("/poster", STAFF)
def poster(desk: Desk) -> ResponseReturnValue:
    """One sheet to print, with the QR code that adds the account as a friend."""
    line = content.toml("city.toml")["line"]
    is_sample = bool(line.get("sample", False))
    address = desk.services.city.site if is_sample else _friend_address(line["basic_id"])
    return desk.show(
        "poster.html", image=qr_image(address), basic_id=line["basic_id"], is_sample=is_sample
    )


def _friend_address(basic_id: str) -> str:
    """The address that opens LINE and offers to add the account. Source: LINE's URL scheme."""
    return f"https://line.me/R/ti/p/{quote(basic_id, safe='')}"


def _given(desk: Desk, day: Friends) -> Given:
    said = desk.say("console_friends.number", count=day.known)
    label = f"{day.day.month}/{day.day.day}"
    return Given(label, f"{dates.say_short_day(day.day)} {said}", [day.known])
