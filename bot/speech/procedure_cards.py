"""Procedures by life event: areas, events, and whether each can be done online."""

from collections.abc import Sequence

from bot.city import City, Section
from bot.knowledge.rules import NotPlanned, Online, OnlineNow, Planned, Unknown
from bot.knowledge.values import FeeOnline, OnlineStatus, Procedure, System
from bot.line.limits import Message
from bot.speech import dates, flex, menu_cards
from bot.speech.answer_cards import responsible
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
    alt = "／".join([title, *(voice.read(name) for _, name, _ in items)])
    ways = ["procedures", "menu", "person"] if to == "event" else ["menu", "ask", "person"]
    return menu_cards.ways_on(voice, [flex.card(alt, flex.bubble(title, choices))], ways)


def overview(
    voice: Voice,
    title: str,
    procedures: Sequence[tuple[Procedure, Online]],
    more: flex.Component | None = None,
) -> list[Message]:
    """The procedures of one life event side by side, each with a button to its page; `more` is
    the tap to the next ones.

    Swiped through card by card; the notification names them all.
    """
    bubbles = []
    for procedure, online in procedures:
        open_it = flex.postback(voice.label("procedure.choose"), "procedure", p=procedure.id)
        body = [
            *_official(voice, procedure),
            flex.row(voice.say("procedure.online_label"), online_words(voice, procedure, online)),
        ]
        buttons = [flex.button(open_it, style="primary")]
        bubbles.append(flex.bubble(voice.read(everyday_name(procedure)), body, buttons))
    if more is not None:
        words = flex.sentences(voice.say("procedure.more_about"))
        bubbles.append(flex.bubble(None, words, [flex.button(more)]))
    alt = "／".join([voice.read(title), *(everyday_name(procedure) for procedure, _ in procedures)])
    ways = ["procedures", "menu", "person"]
    return menu_cards.ways_on(voice, [flex.card(alt, flex.carousel(bubbles))], ways)


def one(voice: Voice, city: City, procedure: Procedure, online: Online) -> list[Message]:
    """Everything known of a procedure, and what can be done now."""
    section = city.section(procedure.section)
    body = [
        *_official(voice, procedure),
        *flex.sentences(_a_sentence_a_line(voice.read(procedure.description))),
        flex.line(),
        flex.row(voice.say("procedure.online_label"), online_words(voice, procedure, online)),
        *_facts(voice, procedure, section),
        responsible(voice, section, section.phone),
    ]
    if procedure.sample:
        body.append(flex.text(voice.say("ask.sample"), size="sm", color=flex.QUIET))
    way = online_way(voice, procedure, online)
    buttons = [flex.button(way, style="primary")] if way else []
    call = flex.call(voice.label("button.call_section"), section.phone)
    buttons.extend([flex.button(call), _menu(voice)])
    title = voice.read(everyday_name(procedure))
    alt = f"{title} {online_words(voice, procedure, online)}"
    card = flex.card(alt, flex.bubble(title, body, buttons))
    return menu_cards.ways_on(voice, [card], ["procedures", "person"])


def everyday_name(procedure: Procedure) -> str:
    """The name a resident knows it by: where the statute's is long, the first of the others."""
    if len(procedure.name) <= _EASILY_READ or not procedure.wordings:
        return procedure.name
    return procedure.wordings[0]


_EASILY_READ = 16
"""Characters of a name that are still read at a glance."""


def _official(voice: Voice, procedure: Procedure) -> list[flex.Component]:
    if everyday_name(procedure) == procedure.name:
        return []
    return [flex.text(voice.read(procedure.name), size="sm", color=flex.QUIET)]


def _a_sentence_a_line(words: str) -> str:
    return words.replace("。", "。\n")


def _facts(voice: Voice, procedure: Procedure, section: Section) -> list[flex.Component]:
    paid = _PAY.get(procedure.fee_online)
    place = "" if procedure.place == section.name else procedure.place
    facts = [
        ("ask.bring", voice.read("\n".join(f"・{thing}" for thing in procedure.needed))),
        ("ask.deadline", voice.read(procedure.deadline)),
        ("ask.fee", voice.read(procedure.fee) or (voice.say(_FREE) if paid == _FREE else "")),
        ("procedure.pay_label", voice.say(paid) if paid and paid != _FREE else ""),
        ("procedure.identity", voice.read(procedure.identity)),
        ("procedure.desk", voice.read(place)),
    ]
    return [flex.row(voice.say(name), value) for name, value in facts if value]


_SYSTEMS = {
    System.PITTARI: "procedure.system_pittari",
    System.CITY: "procedure.system_city",
    System.NATIONAL: "procedure.system_national",
}

_FREE = "procedure.pay_none"
_PAY = {
    FeeOnline.YES: "procedure.pay_online",
    FeeOnline.NO: "procedure.pay_desk",
    FeeOnline.FREE: _FREE,
}


def online_words(voice: Voice, procedure: Procedure, online: Online) -> str:
    """Whether it can be done online now, or in which year that is planned."""
    match online:
        case OnlineNow(system=system) if system in _SYSTEMS:
            return voice.say("procedure.online_now", system=voice.label(_SYSTEMS[system]))
        case OnlineNow():
            return voice.say("procedure.online_now_plain")
        case Planned(passed=True):
            return voice.say("procedure.passed")
        case Planned(year=year):
            name = voice.label("procedure.year_name", year=dates.reiwa(year))
            return voice.say("procedure.planned", year=name)
        case NotPlanned():
            return voice.say("procedure.not_planned")
        case Unknown() if procedure.online_status is OnlineStatus.OTHER:
            return voice.say("procedure.other")
        case Unknown():
            return voice.say("procedure.unknown")


def online_way(voice: Voice, procedure: Procedure, online: Online) -> flex.Component | None:
    """The action that goes with it: the page, or the wish to be told when there is one."""
    match online:
        case OnlineNow(url=url) if url:
            return flex.link(voice.label("button.online"), url)
        case Planned() | Unknown():
            return flex.postback(voice.label("button.watch"), "watch", p=procedure.id)
    return None


def _menu(voice: Voice) -> flex.Component:
    return flex.button(flex.postback(voice.label("button.menu"), "menu"))
