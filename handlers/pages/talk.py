"""What is personal is said to a person here, and their answer is read here; never in the chat."""

from flask import request
from flask.typing import ResponseReturnValue

from bot import masking
from bot.handover import queries, service
from bot.handover.rules import Over, Place, Times
from bot.speech.handover_cards import PURPOSE
from handlers.pages.routing import Topic
from handlers.pages.visitor import Visitor

topic = Topic(PURPOSE, "read")

MOST = 2000
"""Characters of one message."""


@topic.get("/talk")
def read(one: Visitor) -> ResponseReturnValue:
    """What both sides wrote here, and where to write while a person has the chat or is called."""
    return _show(one, is_sent="sent" in request.args)


@topic.post("/talk/check")
def check(one: Visitor) -> ResponseReturnValue:
    """Shows once more what is to be sent; nothing is kept yet."""
    text = one.typed("text", MOST)
    if not text:
        return _show(one, fault="pages.talk_empty", status=422)
    masked = masking.mask_numbers(text)
    return one.show("talk_check.html", text=masked.text, is_masked=bool(masked.found))


@topic.post("/talk/change")
def change(one: Visitor) -> ResponseReturnValue:
    """Back to writing, with what was written."""
    return _show(one, text=one.typed("text", MOST))


@topic.post("/talk")
def send(one: Visitor) -> ResponseReturnValue:
    """Keeps the message under seal for the person; pressing twice keeps it once."""
    text = masking.mask_numbers(one.typed("text", MOST)).text
    form = one.typed("form", 43)
    if not text or not form:
        return _show(one, fault="pages.talk_empty", status=422)
    city = one.services.city
    with one.writing() as session:
        done = service.hear(
            session,
            one.services.sealer,
            one.key,
            text,
            place=Place.PAGE,
            now=one.now,
            times=Times.of(city.handover_wait_minutes, city.handover_idle_minutes),
            form=form,
        )
    if isinstance(done, Over):
        return _show(one, fault="pages.talk_over", text=text, status=409)
    return one.go("talk_read", sent=1)


def _show(
    one: Visitor,
    *,
    text: str = "",
    fault: str | None = None,
    is_sent: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    with one.reading() as session:
        lines = queries.on_page(session, one.services.sealer, one.key)
        latest = queries.latest_of(session, one.key)
    is_live = latest is not None and latest.is_live(one.now)
    return one.show(
        "talk.html",
        status,
        lines=lines,
        is_live=is_live,
        text=text,
        fault=fault,
        is_sent=is_sent,
        most=MOST,
    )
