"""確認・承認・予約: the steps of an announcement, each taken once, by whoever may take it."""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.campaigns import cautions, queries, service, starting, stopping
from bot.campaigns.cautions import Prospect
from bot.campaigns.queries import Campaign
from bot.campaigns.service import Approved, Checked, Faulty, SentBack, TypeTheCount, Undone
from bot.speech import dates
from handlers.console import news_look, news_words, reasons
from handlers.console.desk import Desk
from handlers.console.news import APPROVE, NUMBER, READ, WRITE, one_of, show_one
from handlers.console.reading import number_of
from handlers.console.routing import Section

section = Section("news_steps")


@section.post(f"{NUMBER}/check", WRITE)
def check(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """The writer is done; another person is asked."""
    found = one_of(desk, campaign_id)
    version = number_in_form("version")
    faults = news_look.faults(desk, found.draft)
    if faults and version == found.version:
        return show_one(desk, campaign_id, 422, news_words.refused(desk, Faulty(faults)))
    topics = [topic.key for topic in desk.services.news_topics.all]
    with desk.writing() as session:
        done = service.check(
            *(session, campaign_id, version),
            actor=desk.me.login,
            now=desk.now,
            is_real_line=desk.services.is_real_line,
            topics=topics,
        )
        if isinstance(done, Checked):
            desk.record(session, "news.checked", ("news", campaign_id))
    if not isinstance(done, Checked):
        return show_one(desk, campaign_id, 409, news_words.refused(desk, done))
    desk.tell(desk.say("console_news.checked"))
    return desk.go("news_one", campaign_id=campaign_id)


@section.post(f"{NUMBER}/approve", APPROVE)
def approve(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Lets it go as it was seen; of two at once one does, and the other is told."""
    seen = _counted(desk, one_of(desk, campaign_id))
    with desk.writing() as session:
        done = service.approve(
            *(session, campaign_id, number_in_form("version")),
            actor=desk.me.login,
            now=desk.now,
            terms=desk.services.news_terms,
            reach=seen.reach,
            held_back=seen.reach - seen.leaves,
            shown=number_in_form("shown") or None,
            typed=number_in_form("typed"),
        )
        if isinstance(done, Approved):
            after = {"count": seen.reach, "due": done.start_at.isoformat()}
            desk.record(session, "news.approved", ("news", campaign_id), after=after)
    if not isinstance(done, Approved):
        is_new = isinstance(done, TypeTheCount) and done.is_grown
        return show_one(
            *(desk, campaign_id, 409, news_words.refused(desk, done)),
            typed="" if is_new else request.form.get("typed", "")[:20],
        )
    desk.tell(desk.say("console_news.approved", time=dates.say_near(done.start_at, desk.now)))
    return desk.go("news_one", campaign_id=campaign_id)


@section.post(f"{NUMBER}/back", APPROVE)
def send_back(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Does not let it go, for a reason its writer reads."""
    reason = reasons.typed()
    if wrong := reasons.fault(reason):
        return show_one(desk, campaign_id, 422, desk.say(wrong))
    with desk.writing() as session:
        done = service.send_back(session, campaign_id, reason, actor=desk.me.login, now=desk.now)
        if isinstance(done, SentBack):
            desk.record(session, "news.sent_back", ("news", campaign_id), reason=reason)
    if not isinstance(done, SentBack):
        return show_one(desk, campaign_id, 409, news_words.refused(desk, done))
    desk.tell(desk.say("console_news.sent_back"))
    return desk.go("news_one", campaign_id=campaign_id)


@section.post(f"{NUMBER}/undo", READ)
def undo(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Takes the approval back while that may be done; whoever sees a mistake may stop it."""
    with desk.writing() as session:
        done = service.undo(session, campaign_id, actor=desk.me.login, now=desk.now)
        if isinstance(done, Undone):
            desk.record(session, "news.undone", ("news", campaign_id))
    return _after(desk, campaign_id, done, Undone, "undone")


@section.post(f"{NUMBER}/pause", READ)
def pause(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Nothing more leaves until it is resumed."""
    with desk.writing() as session:
        done = stopping.pause(session, campaign_id, actor=desk.me.login, now=desk.now)
        if isinstance(done, stopping.Stopped):
            after = {"sent": done.numbers.sent, "unsent": done.numbers.unsent}
            desk.record(session, "news.paused", ("news", campaign_id), after=after)
    return _after(desk, campaign_id, done, stopping.Stopped, "paused")


@section.post(f"{NUMBER}/resume", APPROVE)
def resume(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Goes on where it stood. To let go is an approver's, not its writer's."""
    return _let_go(desk, campaign_id, "resumed", _resume)


@section.post(f"{NUMBER}/after-all", APPROVE)
def after_all(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """One that was held still goes, as it was approved."""
    return _let_go(desk, campaign_id, "released", starting.send_after_all)


@section.post(f"{NUMBER}/cut", APPROVE)
def cut(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """One that was held for the quota goes to as many as the quota allows."""
    return _let_go(desk, campaign_id, "cut", starting.cut_to_quota)


@section.post(f"{NUMBER}/cancel", READ)
def cancel(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Ends it for good at whatever step; what has left has left."""
    with desk.writing() as session:
        done = stopping.cancel(
            *(session, campaign_id),
            actor=desk.me.login,
            now=desk.now,
            lease_now=desk.lease_now(session),
        )
        if isinstance(done, stopping.Stopped):
            after = {"sent": done.numbers.sent, "unsent": done.numbers.unsent}
            desk.record(session, "news.cancelled", ("news", campaign_id), after=after)
    return _after(desk, campaign_id, done, stopping.Stopped, "cancelled")


def _counted(desk: Desk, found: Campaign) -> Prospect:
    """Whom it reaches as it stands now; of what is to be known only the count is asked."""
    with desk.reading() as session:
        return cautions.prospect(
            *(session, found.draft),
            now=desk.now,
            terms=desk.services.news_terms,
            quota_left=None,
            is_off=lambda _day: False,
            campaign_id=found.id,
        )


def _resume(session: Session, campaign_id: int, *, actor: str, now: datetime) -> bool:
    done = stopping.resume(session, campaign_id, actor=actor, now=now)
    return isinstance(done, stopping.Resumed)


def _let_go(
    desk: Desk, campaign_id: int, what: str, act: Callable[..., bool]
) -> ResponseReturnValue:
    """Does it for anybody but those who wrote a word of it."""
    found = one_of(desk, campaign_id)
    with desk.writing() as session:
        is_own = desk.me.login in queries.writers(session, campaign_id)
        is_done = not is_own and act(session, campaign_id, actor=desk.me.login, now=desk.now)
        if is_done:
            desk.record(session, f"news.{what}", ("news", campaign_id))
    if is_own:
        return show_one(desk, campaign_id, 409, news_words.refused(desk, service.OwnWork()))
    if not is_done:
        refusal = service.NotNow(found.state)
        return show_one(desk, campaign_id, 409, news_words.refused(desk, refusal))
    desk.tell(desk.say(f"console_news.{what}"))
    return desk.go("news_one", campaign_id=campaign_id)


def _after(
    desk: Desk, campaign_id: int, done: Any, wanted: type, words: str
) -> ResponseReturnValue:
    if not isinstance(done, wanted):
        return show_one(desk, campaign_id, 409, news_words.refused(desk, done))
    desk.tell(desk.say(f"console_news.{words}"))
    return desk.go("news_one", campaign_id=campaign_id)


def number_in_form(name: str) -> int:
    """A number of the form, also as one writes it (1,234 or full-width); 0 for anything else."""
    typed = unicodedata.normalize("NFKC", request.form.get(name, "")).replace(",", "").strip()
    return number_of(typed) or 0
