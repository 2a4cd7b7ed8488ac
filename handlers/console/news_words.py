"""Puts the values of an announcement into words: whom it is for, what to know, why it stopped."""

from collections.abc import Mapping
from typing import assert_never

from bot.campaigns.cautions import (
    AtNight,
    Caution,
    NotTappable,
    OnHoliday,
    OverCap,
    QuotaShort,
    TopicShare,
)
from bot.campaigns.checking import Fault
from bot.campaigns.leads import Gone
from bot.campaigns.misfires import Misfire
from bot.campaigns.queries import Happening
from bot.campaigns.rules import Audience, Cap, Short, State, Wish
from bot.campaigns.service import (
    AllHeldBack,
    ChangedMeanwhile,
    Faulty,
    Nobody,
    NoSuchCampaign,
    NotNow,
    OwnWork,
    TypeTheCount,
)
from bot.residents.rules import AgeBand, Hours
from bot.speech import dates
from bot.staff.rules import Person
from handlers.console import review_words
from handlers.console.desk import Desk
from handlers.console.review import people_by_login

_COUNTS = frozenset(["approved", "as_series", "grown", "planned", "ended"])
"""What happened whose note is a number of people."""

Refusal = (
    NoSuchCampaign
    | ChangedMeanwhile
    | NotNow
    | OwnWork
    | Nobody
    | AllHeldBack
    | TypeTheCount
    | Faulty
)


def name_of(desk: Desk, login: str | None, people: Mapping[str, Person] | None = None) -> str:
    """A colleague's name, or that the desk itself did it."""
    if login is None:
        return desk.say("console_news.by_itself")
    return review_words.name_of(desk, login, people or people_by_login(desk))


def topic(desk: Desk, key: str | None) -> str:
    """What a topic is called; its key for one that is not on offer any more."""
    found = desk.services.news_topics.topic(key or "")
    return found.name if found else key or desk.say("console_news.no_topic")


def audience(desk: Desk, whom: Audience, procedures: dict[str, str]) -> list[tuple[str, str]]:
    """Whom it is for, condition by condition; what nothing is asked of is said to be so."""
    city = desk.services.city
    all_ = desk.say("console_news.asks_nothing")
    topics = "、".join(topic(desk, key) for key in sorted(whom.topics))
    districts = "、".join(one.name for one in city.districts if one.key in whom.districts)
    ages = "、".join(desk.say(f"choices.age_{one}") for one in AgeBand if one in whom.age_bands)
    hours = "、".join(desk.say(f"choices.hours_{one}") for one in Hours if one in whom.hours)
    watched = "、".join(procedures.get(one, one) for one in sorted(whom.procedures))
    rows = [
        (desk.say("console_news.topics"), topics or desk.say("console_news.no_topic")),
        (desk.say("console_news.districts"), districts or all_),
        (desk.say("console_news.ages"), ages or all_),
        (desk.say("console_news.hours"), hours or all_),
    ]
    if whom.is_narrow:
        told = "untold_too" if whom.or_untold else "untold_not"
        rows.append((desk.say("console_news.untold"), desk.say(f"console_news.{told}")))
    if watched:
        rows.insert(1, (desk.say("console_news.watched"), watched))
    return rows


def wish(desk: Desk, wanted: Wish) -> list[tuple[str, str]]:
    """When it leaves, and what holds where a rule is in the way."""
    at = dates.say_moment(wanted.at) if wanted.at else desk.say("console_news.at_once")
    cap = "cap_hold_back" if wanted.cap is Cap.HOLD_BACK else "cap_send_all"
    short = "short_refuse" if wanted.short is Short.REFUSE else "short_cut"
    return [
        (desk.say("console_news.when"), at),
        (desk.say("console_news.cap"), desk.say(f"console_news.{cap}")),
        (desk.say("console_news.short"), desk.say(f"console_news.{short}")),
    ]


def caution(desk: Desk, one: Caution) -> str:
    """What an approver should know, in a sentence or two."""
    match one:
        case AtNight(at=at):
            return desk.say("console_news.at_night", time=dates.say_time(at))
        case OnHoliday(day=day, name=None):
            return desk.say("console_news.on_weekend", day=dates.say_short_day(day))
        case OnHoliday(day=day, name=name):
            return desk.say("console_news.on_holiday", day=dates.say_short_day(day), name=name)
        case OverCap(people=people, pushes_a_week=most, held_back=is_held):
            name = "over_cap_held" if is_held else "over_cap_sent"
            return desk.say(f"console_news.{name}", people=number(people), most=most)
        case TopicShare(messages=messages, of=of, days=days):
            share = round(100 * messages / of) if of else 0
            said = {"messages": number(messages), "of": number(of), "share": share, "days": days}
            return desk.say("console_news.topic_share", **said)
        case Gone(title=title, starts_at=starts_at, is_full=is_full):
            on = dates.say_short_day(dates.today(starts_at))
            what = "class_full" if is_full else "class_over"
            return desk.say(f"console_news.{what}", title=title, day=on)
        case NotTappable(part=part):
            return desk.say("console_news.not_tappable", part=part + 1)
        case QuotaShort(left=left, people=people):
            said = {"left": number(left), "people": number(people)}
            return desk.say("console_news.quota_short", **said)
    assert_never(one)


def fault(desk: Desk, one: Fault) -> str:
    """What is to be mended, with the part it is in."""
    words = desk.say(f"console_news.fault_{one.what}", most=one.most or 0)
    if one.part is None:
        return words
    return desk.say("console_news.fault_in", part=one.part + 1, words=words)


def refused(desk: Desk, outcome: Refusal) -> str:
    """Why a step was not taken, who was quicker, what is to be done."""
    match outcome:
        case NoSuchCampaign():
            return desk.say("console_news.gone")
        case ChangedMeanwhile():
            return desk.say("console_news.changed_meanwhile")
        case NotNow(state=State.DRAFT):
            return desk.say("console_news.not_now_draft")
        case NotNow(state=state, by=by):
            said = desk.say(f"console_news.state_{state}")
            if by is None:
                return desk.say("console_news.not_now", state=said)
            return desk.say("console_news.not_now_by", state=said, name=name_of(desk, by))
        case OwnWork():
            return desk.say("console_news.own_work")
        case Nobody():
            return desk.say("console_news.nobody")
        case AllHeldBack(reach=reach):
            return desk.say("console_news.all_held_back", reach=number(reach))
        case TypeTheCount(reach=reach, is_grown=True):
            return desk.say("console_news.count_grown", reach=number(reach))
        case TypeTheCount(reach=reach):
            return desk.say("console_news.type_the_number", reach=number(reach))
        case Faulty():
            return desk.say("console_news.faulty")
    assert_never(outcome)


def happening(desk: Desk, one: Happening, people: Mapping[str, Person]) -> str:
    """A line of the story: who did what, with the note where it says something."""
    note = one.note or ""
    if one.what in ("held", "paused") and note:
        note = desk.say(f"console_news.why_{note}")
    elif one.what in _COUNTS and note.isdigit():
        note = number(int(note))
    words = desk.say(f"console_news.did_{one.what}", name=name_of(desk, one.by, people), note=note)
    return words if note else words.removesuffix("：")


def misfire(desk: Desk, one: Misfire) -> str:
    """What happened to an instant of a series that did not go as planned, and where it stands."""
    due = dates.say_moment(one.due)
    if one.made is None:
        return desk.say(f"console_series.misfire_{one.outcome}", due=due)
    state = desk.say(f"console_news.state_{one.made.state}")
    found_at = dates.say_near(one.found_at, desk.now)
    return desk.say("console_series.misfire_late", due=due, time=found_at, state=state)


def number(count: int) -> str:
    """A count as one reads it: 1,234."""
    return f"{count:,}"


def doings(desk: Desk, count: int | None, least: int) -> str:
    """How often people did something; a number so small that it could tell of one is not said."""
    if count is None:
        return desk.say("console_news.no_figure")
    return desk.say("console_log.few") if 0 < count < least else number(count)
