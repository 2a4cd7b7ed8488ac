"""Procedures by life event: areas, events, and whether each can be done online."""

from collections.abc import Sequence

from bot.city import City
from bot.knowledge.rules import NotPlanned, Online, OnlineNow, Planned, Unknown
from bot.knowledge.values import FeeOnline, OnlineStatus, Procedure, System
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.texts import Voice


def groups(
    voice: Voice, title_name: str, to: str, items: Sequence[tuple[str, str, str]]
) -> list[Message]:
    """Areas or life events as big buttons: (key, title, what it is about) each."""
    title = voice.say(title_name)
    choices = []
    for key, name, about in items:
        action = flex.postback(name, to, k=key)
        words = [
            flex.text(voice.read(name), bold=True, color=flex.ACCENT),
            flex.text(voice.read(about), size="md", color=flex.QUIET),
        ]
        choices.append(flex.choice(name, action) | {"contents": words})
    return [flex.card(title, flex.bubble(title, choices, [_menu(voice)]))]


def overview(
    voice: Voice, title: str, procedures: Sequence[tuple[Procedure, Online]]
) -> list[Message]:
    """The procedures of one life event side by side, each with a button to its page."""
    bubbles = []
    for procedure, online in procedures:
        open_it = flex.postback(voice.label("procedure.choose"), "procedure", p=procedure.id)
        body = [
            flex.row(voice.say("procedure.online_label"), _online_words(voice, procedure, online))
        ]
        buttons = [flex.button(open_it, style="primary")]
        bubbles.append(flex.bubble(voice.read(procedure.name), body, buttons))
    return [flex.card(title, flex.carousel(bubbles))]


def one(voice: Voice, city: City, procedure: Procedure, online: Online) -> list[Message]:
    """Everything known of a procedure, and what can be done now."""
    section = city.section(procedure.section)
    body = [
        *flex.sentences(voice.read(procedure.description)),
        flex.line(),
        flex.row(voice.say("procedure.online_label"), _online_words(voice, procedure, online)),
        *_facts(voice, procedure),
        flex.row(voice.say("ask.section"), voice.read(section.name)),
        flex.row(voice.say("ask.hours"), voice.read(section.hours)),
    ]
    if procedure.sample:
        body.append(flex.text(voice.say("ask.sample"), size="sm", color=flex.QUIET))
    buttons = [*_online_ways(voice, procedure, online)]
    call = flex.call(voice.label("button.call_section"), section.phone)
    buttons.extend([flex.button(call), _menu(voice)])
    alt = _online_words(voice, procedure, online)
    return [flex.card(alt, flex.bubble(voice.read(procedure.name), body, buttons))]


def _facts(voice: Voice, procedure: Procedure) -> list[flex.Component]:
    facts = [
        ("ask.bring", "\n".join(f"・{thing}" for thing in procedure.needed)),
        ("ask.deadline", procedure.deadline),
        ("ask.fee", procedure.fee),
        ("procedure.identity", procedure.identity),
        ("procedure.desk", procedure.place),
    ]
    rows = [flex.row(voice.say(name), voice.read(value)) for name, value in facts if value]
    pay = _PAY.get(procedure.fee_online)
    if pay:
        rows.insert(3, flex.row(voice.say("procedure.pay_label"), voice.say(pay)))
    return rows


_REIWA = 2018
"""The western year before the first of 令和, in which fiscal years are named."""

_SYSTEMS = {
    System.PITTARI: "procedure.system_pittari",
    System.CITY: "procedure.system_city",
    System.NATIONAL: "procedure.system_national",
}

_PAY = {
    FeeOnline.YES: "procedure.pay_online",
    FeeOnline.NO: "procedure.pay_desk",
    FeeOnline.FREE: "procedure.pay_none",
}


def _online_words(voice: Voice, procedure: Procedure, online: Online) -> str:
    match online:
        case OnlineNow(system=system) if system in _SYSTEMS:
            return voice.say("procedure.online_now", system=voice.label(_SYSTEMS[system]))
        case OnlineNow():
            return voice.say("procedure.online_now_plain")
        case Planned(passed=True):
            return voice.say("procedure.passed")
        case Planned(year=year):
            return voice.say(
                "procedure.planned", year=voice.label("procedure.year_name", year=year - _REIWA)
            )
        case NotPlanned():
            return voice.say("procedure.not_planned")
        case Unknown() if procedure.online_status is OnlineStatus.OTHER:
            return voice.say("procedure.other")
        case Unknown():
            return voice.say("procedure.unknown")


def _online_ways(voice: Voice, procedure: Procedure, online: Online) -> list[flex.Component]:
    match online:
        case OnlineNow(url=url) if url:
            return [flex.button(flex.link(voice.label("button.online"), url), style="primary")]
        case Planned() | Unknown():
            watch = flex.postback(voice.label("button.watch"), "watch", p=procedure.id)
            return [flex.button(watch, style="primary")]
    return []


def _menu(voice: Voice) -> flex.Component:
    return flex.button(flex.postback(voice.label("button.menu"), "menu"))
