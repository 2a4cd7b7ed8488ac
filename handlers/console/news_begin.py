"""A new announcement: empty, drafted from what the desk knows, or a copy of an earlier one."""

from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from bot.campaigns import plan_pictures, queries, service
from bot.campaigns.rules import Draft, Kind
from bot.campaigns.service import Kept
from bot.classes.values import Session
from bot.knowledge import service as knowledge
from bot.knowledge.rules import OnlineNow, online
from bot.speech import dates, news_drafts, news_gathering
from bot.speech.procedure_cards import everyday_name
from bot.speech.texts import Voice
from handlers.console.desk import Desk
from handlers.console.news import NUMBER, WRITE
from handlers.console.reading import day_of
from handlers.console.routing import Section

section = Section("news_begin")
_MONTHS_SHOWN = 12


@section.get("/news/new", WRITE)
def choose(desk: Desk) -> ResponseReturnValue:
    """What it is about, and for each kind what it would be drafted from."""
    return _show(desk)


@section.post("/news/new", WRITE)
def begin(desk: Desk) -> ResponseReturnValue:
    """Drafts it and leads to the form. Nothing is sent by this."""
    kind = request.form.get("kind", "")
    drafted = _drafted(desk, kind)
    if isinstance(drafted, str):
        return _show(desk, 422, desk.say(drafted))
    with desk.writing() as session:
        kept = service.draft(session, drafted, author=desk.me.login, now=desk.now)
        after = {"kind": drafted.kind.value}
        desk.record(session, "news.drafted", ("news", kept.campaign_id), after=after)
    return desk.go("news_write_write", campaign_id=kept.campaign_id)


@section.post(f"{NUMBER}/copy", WRITE)
def again(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """A new draft with the same words for the same people, to leave at a time yet to be said."""
    with desk.writing() as session:
        done = service.copy(session, campaign_id, actor=desk.me.login, now=desk.now)
        if isinstance(done, Kept):
            after = {"copied": campaign_id}
            desk.record(session, "news.drafted", ("news", done.campaign_id), after=after)
    if not isinstance(done, Kept):
        return desk.show("refused.html", 404, why="console.refused_404")
    desk.tell(desk.say("console_news.copied"))
    with desk.reading() as session:
        copied = queries.one(session, done.campaign_id)
        shown = copied and plan_pictures.stands(session, desk.services.plan, copied.draft)
    if shown:
        desk.tell(desk.say("console_news.copied_picture", month=shown.month.month), "note")
    return desk.go("news_write_write", campaign_id=done.campaign_id)


def voice_of(desk: Desk) -> Voice:
    """Speaks in plain words, and knows how words are read, for the easy ones of a draft."""
    return Voice(desk.services.texts, add_readings=desk.services.add_readings)


def _drafted(desk: Desk, kind: str) -> Draft | str:
    """The draft, or the name of the words that say what it cannot be drafted from."""
    match kind:
        case Kind.CLASS:
            return _classes(desk)
        case Kind.PROGRESS:
            return _progress(desk)
        case Kind.GO_LIVE:
            return _went_online(desk)
        case Kind.DIGEST:
            return _digest(desk)
        case Kind.FREE:
            return news_drafts.empty(Kind.FREE)
    return "console_news.choose_kind"


def _classes(desk: Desk) -> Draft | str:
    wanted = request.form.getlist("session")
    chosen = [one for one in _open_classes(desk) if str(one.id) in wanted]
    if not chosen:
        return "console_news.no_class"
    if len(chosen) > news_drafts.CARDS_MOST:
        return "console_news.too_many_classes"
    return news_drafts.classes(voice_of(desk), desk.services.city, chosen)


def _progress(desk: Desk) -> Draft | str:
    month = day_of(f"{request.form.get('month', '')}-01")
    if month is None:
        return "console_news.no_month"
    services = desk.services
    with desk.reading() as session:
        news, drawn = news_gathering.drawn_ahead(session, services.plan, month)
    with desk.writing() as session:
        if drawn is not None and plan_pictures.find(session, news) is None:
            plan_pictures.keep(session, news, drawn, desk.now)
        page = news_gathering.page_of(services.base_url)
        made = news_gathering.progress(session, voice_of(desk), news, page)
    return made or "console_news.empty_month"


def _went_online(desk: Desk) -> Draft | str:
    with desk.reading() as session:
        found = knowledge.procedure(session, request.form.get("procedure", "")[:32])
    if found is None or not isinstance(online(found, dates.today(desk.now)), OnlineNow):
        return "console_news.no_procedure"
    return news_drafts.went_online(voice_of(desk), found)


def _digest(desk: Desk) -> Draft | str:
    with desk.reading() as session:
        made = news_gathering.digest(session, voice_of(desk), desk.services.plan, desk.now)
    return made or "console_news.empty_week"


def _open_classes(desk: Desk) -> list[Session]:
    with desk.reading() as session:
        return news_gathering.classes(session, desk.now)


def _online_now(desk: Desk) -> list[tuple[str, str]]:
    today = dates.today(desk.now)
    with desk.reading() as session:
        held = knowledge.procedures(session)
    return [
        (one.id, everyday_name(one)) for one in held if isinstance(online(one, today), OnlineNow)
    ]


def _months(today: date) -> list[date]:
    months: list[date] = []
    month = today.replace(day=1)
    while len(months) < _MONTHS_SHOWN:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def _show(desk: Desk, status: int = 200, fault: str = "") -> ResponseReturnValue:
    return desk.show(
        "news/new.html",
        status,
        classes=_open_classes(desk),
        procedures=_online_now(desk),
        months=_months(dates.today(desk.now)),
        most=news_drafts.CARDS_MOST,
        chosen=request.form.getlist("session"),
        kind=request.form.get("kind", ""),
        fault=fault,
    )
