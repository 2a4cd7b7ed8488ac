"""Tells in the chat how far the plan has come, and that a procedure went online."""

from datetime import date

from bot.city import City
from bot.knowledge.rules import OnlineNow
from bot.knowledge.values import Procedure
from bot.line.limits import Message
from bot.plan.measures import Plan
from bot.plan.rules import Progress
from bot.speech import dates, flex, measure_cards, menu_cards, plan_words, procedure_cards
from bot.speech.texts import Voice


def progress(
    voice: Voice, city: City, plan: Plan, stands: Progress, base_url: str | None
) -> list[Message]:
    """The count with its picture, then the measures side by side.

    Without a public address there is neither picture nor page, and the words say it all.
    """
    opening = voice.say("plan.open", name=plan.name, period=plan.period)
    counted = plan_words.recorded(voice, stands)
    body = [
        *flex.sentences(opening),
        flex.row(voice.say("plan.recorded"), counted),
        *(flex.text(said, size="md", color=flex.QUIET) for said in plan_words.notes(voice, stands)),
        flex.text(voice.read(city.notice), size="sm", color=flex.QUIET),
    ]
    buttons = [flex.button(flex.postback(voice.label("button.person"), "person"))]
    if base_url:
        page = flex.link(voice.label("plan.to_page"), f"{base_url}/plan")
        buttons.insert(0, flex.button(page, style="primary"))
    bubble = flex.bubble(voice.say("plan.title"), body, buttons)
    if base_url:
        bubble["hero"] = _picture(f"{base_url}/plan/picture/{stands.upto}.png")
    alt = f"{voice.say('plan.recorded')} {counted}"
    address = f"{base_url}/plan" if base_url else None
    measures = measure_cards.carousel(voice, stands.measures, address)
    names = "／".join(one.measure.title for one in stands.measures)
    cards = [flex.card(alt, bubble), flex.card(names, measures)]
    return menu_cards.ways_on(voice, cards, ["menu", "procedures", "person"])


def go_live(voice: Voice, city: City, procedure: Procedure, day: date) -> list[Message]:
    """The news somebody asked for: the procedure is online since `day`, and how to begin."""
    name = procedure_cards.everyday_name(procedure)
    stands = OnlineNow(procedure.online_url, procedure.system)
    section = city.section(procedure.section)
    body = [
        *flex.sentences(voice.say("plan.go_live_said", name=voice.read(name))),
        flex.row(
            voice.say("plan.go_live_since", day=dates.say_day(day)),
            procedure_cards.online_words(voice, procedure, stands),
        ),
        *menu_cards.phone_and_hours(voice, section.phone, section.hours),
        flex.text(voice.say("plan.go_live_why"), size="md", color=flex.QUIET),
    ]
    way = procedure_cards.online_way(voice, procedure, stands)
    buttons = [flex.button(way, style="primary")] if way else []
    opens = flex.postback(voice.label("plan.go_live_open"), "procedure", p=procedure.id)
    buttons.append(flex.button(opens))
    bubble = flex.bubble(voice.say("plan.go_live_title"), body, buttons)
    alt = voice.say("plan.go_live_alt", name=name)
    return menu_cards.ways_on(voice, [flex.card(alt, bubble)], ["menu", "person"])


def _picture(address: str) -> flex.Component:
    return {
        "type": "image",
        "url": address,
        "size": "full",
        "aspectRatio": "2:1",
        "aspectMode": "cover",
    }
