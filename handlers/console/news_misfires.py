"""Instants of series that were missed or came late: on 今日 until somebody has looked at them."""

from datetime import datetime

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.campaigns import misfires
from handlers.console import news_words
from handlers.console.desk import Desk
from handlers.console.news import READ
from handlers.console.routing import Card, Line, Section

section = Section("news_misfires")


@section.post("/news/series/<int(max=9223372036854775807):series_id>/seen", READ)
def see(desk: Desk, series_id: int) -> ResponseReturnValue:
    """I have looked at what the page showed; of that nothing stands before anybody any more."""
    upto = _moment(request.form.get("upto", "")) or abort(400)
    with desk.writing() as session:
        done = misfires.see(session, series_id, min(upto, desk.now))
        if done:
            desk.record(session, "series.seen", ("series", series_id))
    if not done:
        abort(404)
    desk.tell(desk.say("console_series.seen"))
    return desk.go("news_series_one", series_id=series_id)


@section.card(READ)
def card(desk: Desk) -> Card | None:
    """What was missed or came late, and nobody has looked at yet."""
    with desk.reading() as session:
        found = misfires.unseen(session, desk.services.next_due)
    if not found:
        return None
    lines = [
        Line(
            desk.say(
                "console_series.misfire_line", title=one.title, words=news_words.misfire(desk, one)
            ),
            desk.to("news_series_one", series_id=one.series_id),
        )
        for one in found[:3]
    ]
    address = desk.to("news_series_everything")
    return Card(desk.say("console_series.misfires"), len(found), address, lines)


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
