"""お知らせ: the list of announcements, one of them with all that can be done, cards for 今日."""

from collections.abc import Mapping, Sequence

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.campaigns import finding, queries, results, stopping
from bot.campaigns.queries import Campaign
from bot.campaigns.rules import EDITABLE, State
from bot.speech import dates
from bot.staff.rules import Role
from handlers.console import editing, news_look, news_words
from handlers.console.desk import Desk
from handlers.console.reading import LONG, number_of
from handlers.console.review import people_by_login
from handlers.console.routing import Access, Card, Hit, Line, Section, only

section = Section("news")
WRITE: Access = only(Role.ANNOUNCER, Role.ADMIN)
APPROVE: Access = only(Role.APPROVER, Role.ADMIN)
READ: Access = only(Role.ANNOUNCER, Role.APPROVER, Role.ADMIN)
NUMBER = "/news/<int(max=9223372036854775807):campaign_id>"
GROUPS: Mapping[str, tuple[State, ...]] = {
    "draft": (State.DRAFT,),
    "waiting": (State.CHECKED,),
    "coming": (State.APPROVED, State.SCHEDULED),
    "going": (State.PLANNING, State.SENDING),
    "stopped": (State.HELD, State.PAUSED),
    "over": (State.DONE, State.CANCELLED),
}
STEPS = ("write", "audience", "check", "approve", "schedule")
_ON_THE_WAY = (State.APPROVED, State.SCHEDULED, State.PLANNING, State.SENDING, State.PAUSED)
_LOOKED_AT = (State.DRAFT, State.CHECKED)
_PAGE = 30


@section.get("/news", READ, menu="console_news.menu")
def everything(desk: Desk) -> ResponseReturnValue:
    """The announcements, the newest first, all or those at one step."""
    group = request.args.get("group", "")
    cursor = number_of(request.args.get("before", ""), LONG)
    with desk.reading() as session:
        found = queries.listed(session, states=GROUPS.get(group, ()), most=_PAGE + 1, before=cursor)
        counts = queries.counts(session)
    people = people_by_login(desk)
    return desk.show(
        "news/list.html",
        found=found[:_PAGE],
        next_before=found[_PAGE - 1].id if len(found) > _PAGE else None,
        group=group,
        counts={name: sum(counts.get(one, 0) for one in held) for name, held in GROUPS.items()},
        may_write=WRITE.admits(desk.me.roles),
        name_of=lambda login: news_words.name_of(desk, login, people),
        topic_of=lambda key: news_words.topic(desk, key),
    )


@section.get(NUMBER, READ)
def one(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """One announcement as it stands, with the steps that can be taken."""
    return show_one(desk, campaign_id)


@section.get(f"{NUMBER}/going", READ, is_quiet=True)
def going(desk: Desk, campaign_id: int) -> ResponseReturnValue:
    """The part of it that moves, for a page that is left open; it does not prolong the session."""
    found = one_of(desk, campaign_id)
    return desk.show("news/going.html", campaign=found, **_going(desk, found))


def show_one(
    desk: Desk, campaign_id: int, status: int = 200, fault: str = "", typed: str = ""
) -> ResponseReturnValue:
    """The page of an announcement, with what went wrong with the last step."""
    found = one_of(desk, campaign_id)
    with desk.reading() as session:
        story = queries.story(session, campaign_id)
        writers = queries.writers(session, campaign_id)
        became = results.of(session, campaign_id) if found.ended_at else None
        bad_ends = finding.bad_ends(session, campaign_id)
    people = people_by_login(desk)
    # What was approved was looked at before; another count and another time would only confuse.
    look = news_look.look(desk, found.draft, found.id) if found.state in _LOOKED_AT else None
    whom = found.draft.audience
    least = desk.services.city.small_cell
    return desk.show(
        "news/one.html",
        status,
        campaign=found,
        look=look,
        phones=look.phones if look else news_look.phones(desk, found.draft),
        plan_picture=news_look.plan_picture(desk, found),
        step=step_of(found),
        rows=[
            *news_words.audience(desk, whom, news_look.procedure_names(desk, whom)),
            *news_words.wish(desk, found.draft.wish),
        ],
        story=[(one.at, news_words.happening(desk, one, people)) for one in reversed(story)],
        results=became,
        doings=lambda count: news_words.doings(desk, count, least),
        least=least,
        bad_ends=bad_ends,
        is_mine=desk.me.login in writers,
        typed=typed,
        fault=fault,
        caution=lambda one: news_words.caution(desk, one),
        fault_words=lambda one: news_words.fault(desk, one),
        name_of=lambda login: news_words.name_of(desk, login, people),
        topic_of=lambda key: news_words.topic(desk, key),
        editors=editing.others(desk, editing_key(campaign_id)),
        may_edit=WRITE.admits(desk.me.roles) and found.state in EDITABLE,
        **_going(desk, found),
    )


def one_of(desk: Desk, campaign_id: int) -> Campaign:
    """The announcement of that number, or the page that says there is none."""
    with desk.reading() as session:
        return queries.one(session, campaign_id) or abort(404)


def editing_key(campaign_id: int) -> str:
    """Under which its form is kept while it is being written, and known to be open."""
    return f"news-{campaign_id}"


def step_of(found: Campaign) -> str:
    """At which of the five steps it is."""
    if found.state is State.DRAFT:
        return "check"
    return "approve" if found.state is State.CHECKED else "schedule"


def _going(desk: Desk, found: Campaign) -> dict[str, object]:
    with desk.reading() as session:
        numbers = stopping.numbers(session, found.id) if found.started_at else None
    terms = desk.services.news_terms
    return {
        "numbers": numbers,
        "number": news_words.number,
        "is_moving": found.state in _ON_THE_WAY,
        "undo_until": found.approved_at + terms.undo if found.approved_at else None,
        "typed_above": terms.typed_count_above,
        "may_write": WRITE.admits(desk.me.roles),
        "may_approve": APPROVE.admits(desk.me.roles),
    }


@section.card(APPROVE)
def to_approve(desk: Desk) -> Card | None:
    """Announcements that wait for me to approve them: none in which I wrote a word."""
    with desk.reading() as session:
        waiting = queries.listed(session, states=(State.CHECKED,))
        mine = {one.id for one in waiting if desk.me.login in queries.writers(session, one.id)}
    others = [one for one in waiting if one.id not in mine]
    title, nothing = desk.say("console_news.card_approve"), desk.say("console_news.card_none")
    address = desk.to("news_everything", group="waiting")
    return Card(title, len(others), address, _lines(desk, others), nothing)


@section.card(READ)
def trouble(desk: Desk) -> Card | None:
    """Announcements that stand still and want a person."""
    with desk.reading() as session:
        stopped = finding.in_trouble(session)
    if not stopped:
        return None
    title, address = (
        desk.say("console_news.card_trouble"),
        desk.to("news_everything", group="stopped"),
    )
    return Card(title, len(stopped), address, _lines(desk, stopped))


@section.card(WRITE)
def my_drafts(desk: Desk) -> Card | None:
    """Drafts of mine that are not with an approver: begun, or sent back."""
    with desk.reading() as session:
        drafts = queries.listed(session, states=(State.DRAFT,))
    mine = [one for one in drafts if one.author == desk.me.login]
    if not mine:
        return None
    title, address = desk.say("console_news.card_drafts"), desk.to("news_everything", group="draft")
    return Card(title, len(mine), address, _lines(desk, mine))


@section.search(READ)
def search(desk: Desk, wanted: str) -> Sequence[Hit]:
    """Announcements by words of their title."""
    with desk.reading() as session:
        found = finding.by_title(session, wanted)
    kind = desk.say("console_news.menu")
    return [
        Hit(
            kind,
            f"{one.draft.title}（{desk.say(f'console_news.state_{one.state}')}、"
            f"{dates.say_near(one.changed_at, desk.now)}）",
            desk.to("news_one", campaign_id=one.id),
        )
        for one in found
    ]


def _lines(desk: Desk, campaigns: Sequence[Campaign]) -> list[Line]:
    untitled = desk.say("console_news.untitled")
    return [
        Line(one.draft.title or untitled, desk.to("news_one", campaign_id=one.id))
        for one in campaigns[:3]
    ]
