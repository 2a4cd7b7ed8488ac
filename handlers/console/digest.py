"""週のまとめ: what staff also get by mail, what was mailed, and what waits too long now."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

import content
from bot.inbox import upkeep as inbox
from bot.notices import rules, service
from bot.notices.rules import Kind
from bot.notices.service import Notice
from bot.outbox import upkeep as outbox
from bot.questions import digest
from bot.questions.days import monday_of
from bot.questions.rules import OF_ANSWERED, OF_ASKED
from bot.speech import dates
from bot.staff.rules import Role
from handlers.console import log, review
from handlers.console.desk import Desk
from handlers.console.rates import percent
from handlers.console.reading import day_of
from handlers.console.routing import Access, Card, Line, Section, only

section = Section("digest")
_WATCH: Access = only(Role.SUPPORT, Role.ADMIN)
_WHYS = {"no mail server": "no_mail_server", "nobody to write to": "nobody"}


@section.get("/digest", log.READ, menu="console_friends.digest_menu")
def week(desk: Desk) -> ResponseReturnValue:
    """The last whole week, or the one asked for; the unanswered as they stand now."""
    monday = _monday(desk)
    with desk.reading() as session:
        found = digest.digest(session, monday)
        notices = service.latest(session)
    newest = digest.last_week_before(dates.today(desk.now))
    return desk.show(
        "digest.html",
        week=found,
        earlier=(monday - timedelta(days=7)).isoformat(),
        later=(monday + timedelta(days=7)).isoformat() if monday < newest else None,
        of_asked=OF_ASKED,
        of_answered=OF_ANSWERED,
        notices=notices,
        describe=lambda notice: _describe(desk, notice),
        opens_review=review.READ.admits(desk.me.roles),
        percent=percent,
    )


@section.card(_WATCH)
def late(desk: Desk) -> Card | None:
    """What has waited too long at this moment, seen from here, whether or not a worker lives."""
    limit = timedelta(minutes=content.toml("city.toml")["rules"]["late_minutes"])
    with desk.reading() as session:
        now = desk.lease_now(session)
        oldest = {
            Kind.LATE_EVENTS: inbox.oldest_waiting(session),
            Kind.LATE_PARCELS: outbox.oldest_waiting(session, now),
        }
    lines = [
        Line(
            desk.say(f"console_friends.{kind}", minutes=int((now - moment).total_seconds() // 60)),
            desk.to("digest_week"),
        )
        for kind, moment in oldest.items()
        if moment is not None and rules.is_late(moment, now, limit)
    ]
    if not lines:
        return None
    return Card(desk.say("console_friends.late_card"), len(lines), desk.to("digest_week"), lines)


def _monday(desk: Desk) -> date:
    newest = digest.last_week_before(dates.today(desk.now))
    asked = day_of(request.args.get("week", "")) or newest
    return min(monday_of(asked), newest)


def _describe(desk: Desk, notice: Notice) -> str:
    if notice.sent_at is not None:
        time = dates.say_moment(notice.sent_at)
        return desk.say("console_friends.notice_sent", time=time)
    if notice.is_waiting:
        return desk.say("console_friends.notice_waits", count=notice.attempts)
    why = _WHYS.get(notice.outcome or "", "other")
    return desk.say("console_friends.notice_not_sent", why=desk.say(f"console_friends.why_{why}"))
