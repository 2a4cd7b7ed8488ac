"""対象: whom an announcement is for and when it leaves, with the count as it would be now."""

from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue

from bot.campaigns import service
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import EDITABLE, Audience, Cap, Draft, Short, State, Wish
from bot.campaigns.service import ChangedMeanwhile, Kept
from bot.residents.rules import AgeBand, Hours
from bot.speech import dates
from handlers.console import editing, news_look, news_words
from handlers.console.desk import Desk
from handlers.console.news import NUMBER, WRITE, editing_key, one_of
from handlers.console.reading import moment_of, number_of
from handlers.console.routing import Section

section = Section("news_audience")
_HOURS = (Hours.DAY, Hours.NIGHT)
"""What can be asked for; who answered that either is right fits both."""


@section.get(f"{NUMBER}/audience", WRITE)
def ask(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """The form; a new announcement begins with those who chose what it is about."""
    found = one_of(desk, campaign_id)
    if found.state not in EDITABLE:
        return desk.go("news_one", campaign_id=campaign_id)
    return _show(desk, found, _begun(found.draft))


@section.post(f"{NUMBER}/audience", WRITE)
def keep(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Keeps it and leads to 確認; approvals of it are void.

    What a colleague kept meanwhile is replaced only by the button that says so, once it was shown.
    """
    found = one_of(desk, campaign_id)
    written, fault = _typed(desk, found.draft)
    if fault:
        return _show(desk, found, written, 422, fault)
    version = _number("over" if request.form.get("do") == "replace" else "version")
    with desk.writing() as session:
        done = service.edit(
            session, campaign_id, version, written, actor=desk.me.login, now=desk.now
        )
        if isinstance(done, Kept):
            editing.leave(desk, session, editing_key(campaign_id))
            if done.version != version:
                desk.record(session, "news.aimed", ("news", campaign_id))
    if isinstance(done, ChangedMeanwhile):
        return _show(desk, one_of(desk, campaign_id), written, 409)
    if not isinstance(done, Kept):
        return _show(desk, found, written, 409, news_words.refused(desk, done))
    if found.state is not State.DRAFT and done.version != version:
        desk.tell(desk.say("console_news.approval_void"), "note")
    return desk.go("news_one", campaign_id=campaign_id)


@section.post(f"{NUMBER}/audience/count", WRITE)
def count(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """Counts for what is ticked, which is not kept; a script asks for that part alone."""
    found = one_of(desk, campaign_id)
    written, fault = _typed(desk, found.draft)
    if not request.args.get("part"):
        return _show(desk, found, written, 422 if fault else 200, fault)
    return desk.show("news/reach.html", fault=fault, **_counted(desk, found, written))


def _typed(desk: Desk, before: Draft) -> tuple[Draft, str]:
    """The draft with what the form asks for, and what is wrong with it."""
    chosen = request.form.getlist
    services = desk.services
    whom = Audience(
        topics=frozenset(t.key for t in services.news_topics.all if t.key in chosen("topics")),
        districts=frozenset(d.key for d in services.city.districts if d.key in chosen("districts")),
        age_bands=frozenset(one for one in AgeBand if one in chosen("ages")),
        hours=frozenset(one for one in _HOURS if one in chosen("hours")),
        procedures=before.audience.procedures,
        or_untold="untold" in request.form,
    )
    at, fault = None, ""
    if request.form.get("leaves") == "later":
        at = moment_of(request.form.get("day", ""), request.form.get("time", ""))
        if at is None:
            fault = desk.say("console_news.no_moment")
        elif at <= desk.now:
            fault = desk.say("console_news.moment_passed")
    cap = Cap.SEND_ALL if request.form.get("cap") == Cap.SEND_ALL else Cap.HOLD_BACK
    short = Short.CUT if request.form.get("short") == Short.CUT else Short.REFUSE
    return replace(before, audience=whom, wish=Wish(at, cap, short)), fault


def _number(field: str) -> int:
    return number_of(request.form.get(field, "")) or 0


def _begun(draft: Draft) -> Draft:
    if draft.audience != Audience() or draft.topic is None:
        return draft
    return replace(draft, audience=Audience(topics=frozenset({draft.topic})))


def _counted(desk: Desk, found: Campaign, draft: Draft) -> dict[str, object]:
    look = news_look.look(desk, draft, found.id)
    morning = desk.services.news_terms.quiet.over(look.prospect.start_at)
    return {
        "look": look,
        "number": news_words.number,
        "morning": morning if morning != look.prospect.start_at else None,
        "caution": lambda one: news_words.caution(desk, one),
    }


def _show(
    desk: Desk, found: Campaign, draft: Draft, status: int = 200, fault: str = ""
) -> ResponseReturnValue:
    version = _number("version") if request.method == "POST" else found.version
    theirs = None
    if version != found.version:
        kept = found.draft
        theirs = [
            *news_words.audience(
                desk, kept.audience, news_look.procedure_names(desk, kept.audience)
            ),
            *news_words.wish(desk, kept.wish),
        ]
    at = draft.wish.at.astimezone(dates.ZONE) if draft.wish.at else None
    return desk.show(
        "news/audience.html",
        status,
        campaign=found,
        version=version,
        theirs=theirs,
        draft=draft,
        groups=desk.services.news_topics.groups,
        ages=list(AgeBand),
        hours=_HOURS,
        watched=news_look.procedure_names(desk, draft.audience),
        day=request.form.get("day") or (at.date().isoformat() if at else ""),
        time=request.form.get("time") or (f"{at:%H:%M}" if at else ""),
        leaves=request.form.get("leaves") or ("later" if at else "now"),
        today=dates.today(desk.now),
        undo=int(desk.services.news_terms.undo.total_seconds() // 60),
        fault=fault,
        editing_key=editing_key(found.id),
        editors=editing.enter(desk, editing_key(found.id)),
        **_counted(desk, found, draft),
    )
