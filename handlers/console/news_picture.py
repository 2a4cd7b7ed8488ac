"""The plan's picture in an announcement: drawn again when the records have changed since."""

from flask import abort
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.campaigns import plan_pictures, queries, service
from bot.campaigns.pictures import Drawn
from bot.campaigns.rules import Kind, Picture, State
from bot.campaigns.service import Kept
from bot.plan.news import MonthsNews
from bot.speech import news_gathering, plan_words
from handlers.console import news_look, news_words
from handlers.console.desk import Desk
from handlers.console.news import NUMBER, READ, WRITE, one_of, show_one
from handlers.console.news_steps import number_in_form
from handlers.console.routing import Card, Line, Section

section = Section("news_picture")
_TO_LEAVE = (State.CHECKED, State.APPROVED, State.SCHEDULED, State.HELD)


@section.post(f"{NUMBER}/picture", WRITE)
def redraw(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Draws it from the records as they stand now, words for it included; approvals are void."""
    found = one_of(desk, campaign_id)
    wrong = news_look.plan_picture(desk, found) or abort(404)
    with desk.reading() as session:
        ahead = news_gathering.drawn_ahead(session, desk.services.plan, wrong.month)
    with desk.writing() as session:
        written = plan_pictures.put(session, found.draft, _fresh(desk, session, *ahead))
        done = service.edit(
            *(session, campaign_id, number_in_form("version"), written),
            actor=desk.me.login,
            now=desk.now,
        )
        if isinstance(done, Kept):
            desk.record(session, "news.written", ("news", campaign_id))
    if not isinstance(done, Kept):
        return show_one(desk, campaign_id, 409, news_words.refused(desk, done))
    if found.state is not State.DRAFT:
        desk.tell(desk.say("console_news.approval_void"), "note")
    desk.tell(desk.say("console_news.redrawn"))
    return desk.go("news_one", campaign_id=campaign_id)


@section.card(READ)
def card(desk: Desk) -> Card | None:
    """Progress news on its way to residents whose picture tells an older state than the records."""
    with desk.reading() as session:
        leaving = queries.listed(session, states=_TO_LEAVE)
    moved = [
        one
        for one in leaving
        if one.draft.kind is Kind.PROGRESS and news_look.plan_picture(desk, one) is not None
    ]
    if not moved:
        return None
    lines = [Line(one.draft.title, desk.to("news_one", campaign_id=one.id)) for one in moved[:3]]
    address = desk.to("news_everything")
    return Card(desk.say("console_news.card_moved"), len(moved), address, lines)


def _fresh(desk: Desk, session: Session, news: MonthsNews, drawn: Drawn | None) -> Picture:
    picture_id = plan_pictures.find(session, news)
    if picture_id is None and drawn is not None:
        picture_id = plan_pictures.keep(session, news, drawn, desk.now).id
    return Picture(picture_id or abort(404), plan_words.picture(desk.services.voice, news.progress))
