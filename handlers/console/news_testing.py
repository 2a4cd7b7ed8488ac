"""ためし送り: staff's own LINE accounts that take tests, and sending a draft to them."""

from flask import request
from flask.typing import ResponseReturnValue

from bot.campaigns import testers
from bot.line import limits
from handlers.console import news_look, news_words
from handlers.console.desk import Desk
from handlers.console.news import NUMBER, READ, one_of, show_one
from handlers.console.review import people_by_login
from handlers.console.routing import Section

section = Section("news_testing")


@section.get("/news/testers", READ)
def start(desk: Desk) -> ResponseReturnValue:
    """Whether my own LINE takes tests, and who else's does."""
    return _show(desk)


@section.post("/news/testers/invite", READ)
def invite(desk: Desk) -> ResponseReturnValue:
    """Shows a code this once; whoever types it into the chat within 15 minutes is me."""
    with desk.writing() as session:
        code = testers.invite(session, desk.services.sealer, desk.me.login, desk.now)
        desk.record(session, "news.tester_invited", ("staff", desk.me.login))
    return _show(desk, code=code)


@section.post("/news/testers/leave", READ)
def leave(desk: Desk) -> ResponseReturnValue:
    """My LINE takes no tests any more."""
    with desk.writing() as session:
        testers.leave(session, desk.me.login)
        desk.record(session, "news.tester_left", ("staff", desk.me.login))
    desk.tell(desk.say("console_news.tester_left"))
    return desk.go("news_testing_start")


@section.post(f"{NUMBER}/test", READ)
def send(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Sends what stands there to my LINE, or to all who take tests, each in their own style."""
    found = one_of(desk, campaign_id)
    with desk.reading() as session:
        group = [one for one in testers.listed(session) if one.resident_key]
    if request.form.get("to") != "group":
        group = [one for one in group if one.staff == desk.me.login]
    if not group:
        return show_one(desk, campaign_id, 422, desk.say("console_news.no_tester"))
    styles = {one.style for one in group}
    bodies = {one: news_look.messages(desk, one, found.draft) for one in styles}
    if any(limits.check(body) for body in bodies.values()):
        return show_one(desk, campaign_id, 422, desk.say("console_news.not_testable"))
    # The same press twice is one test; another press later is another.
    test = f"{campaign_id}:{found.version}:{desk.now:%Y%m%d%H%M%S}"
    with desk.writing() as session:
        lease_now = desk.lease_now(session)
        told = [
            testers.send(
                *(session, desk.services.sealer, one, bodies[one.style]),
                test=test,
                lease_now=lease_now,
            )
            for one in group
        ]
        after = {"count": sum(told)}
        desk.record(session, "news.tested", ("news", campaign_id), after=after)
    desk.tell(desk.say("console_news.tested", count=sum(told)))
    return desk.go("news_one", campaign_id=campaign_id)


def _show(desk: Desk, code: str = "") -> ResponseReturnValue:
    with desk.reading() as session:
        group = testers.listed(session)
    people = people_by_login(desk)
    return desk.show(
        "news/testers.html",
        code=code,
        is_joined=any(one.staff == desk.me.login and one.resident_key for one in group),
        names=[news_words.name_of(desk, one.staff, people) for one in group if one.resident_key],
    )
