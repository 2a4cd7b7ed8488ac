"""What the desk answers to a question: one card, a few to choose from, or honest words."""

from collections.abc import Sequence

from bot.city import City, Section
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import Message
from bot.speech import flex
from bot.speech.texts import Voice


def answer(
    voice: Voice, city: City, entry: KnowledgeEntry, question_id: int | None
) -> list[Message]:
    """One big card with everything the entry holds, and 解決しましたか for a logged question."""
    said = voice.choose(entry.answer, entry.easy)
    body = [*flex.sentences(said), flex.line(), *_facts(voice, entry)]
    body.extend(_section(voice, city.section(entry.section)))
    if entry.sample:
        body.append(flex.text(voice.say("ask.sample"), size="sm", color=flex.QUIET))
    footer = _ways(voice, city, entry)
    if question_id is not None:
        footer.extend(_resolved(voice, question_id))
    alt = said.strip().splitlines()[0]
    return [flex.card(alt, flex.bubble(voice.read(entry.question), body, footer))]


def candidates(voice: Voice, entries: Sequence[KnowledgeEntry], question_id: int) -> list[Message]:
    """Up to three entries to choose from, and 「この中にない」."""
    choices = [
        flex.choice(voice.read(entry.question), _open(entry.question, q=question_id, e=entry.id))
        for entry in entries[:3]
    ]
    title = voice.say("ask.candidates_title")
    hint = flex.text(voice.say("ask.candidates_hint"), size="md", color=flex.QUIET)
    none = flex.postback(voice.label("button.none_of_these"), "none", q=question_id)
    body = [hint, *choices, _if_in_danger(voice)]
    return [flex.card(title, flex.bubble(title, body, [flex.button(none)]))]


def unanswered(
    voice: Voice, city: City, question_id: int, *, after_candidates: bool = False
) -> list[Message]:
    """An honest sentence, the phone and its hours, and the offer to find out."""
    name = "none" if after_candidates else "unanswered"
    said = voice.say(f"ask.{name}")
    title = voice.say(f"ask.{name}_title")
    body = [
        *flex.sentences(said),
        flex.row(voice.say("ask.hours"), voice.read(city.hours)),
        _if_in_danger(voice),
    ]
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(later, style="primary"),
        flex.button(flex.call(voice.label("button.call"), city.phone)),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    return [flex.card(said.splitlines()[0], flex.bubble(title, body, buttons))]


def not_resolved(voice: Voice, city: City, question_id: int) -> list[Message]:
    """Sorry that it did not help: staff will read it, and a person is a tap away."""
    said = voice.say("ask.not_resolved")
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(later, style="primary"),
        flex.button(flex.call(voice.label("button.call"), city.phone)),
        flex.button(flex.postback(voice.label("button.ask"), "ask")),
    ]
    body = [*flex.sentences(said), flex.row(voice.say("ask.hours"), voice.read(city.hours))]
    title = voice.say("ask.not_resolved_title")
    return [flex.card(said.splitlines()[0], flex.bubble(title, body, buttons))]


def follow_up(
    voice: Voice, city: City, section_key: str, title: str, values: Sequence[str]
) -> list[Message]:
    """One fact of the last answer, with the section that knows more."""
    section = city.section(section_key)
    body = [*(flex.text(voice.read(value)) for value in values), *_section(voice, section)]
    call = flex.button(flex.call(voice.label("button.call_section"), section.phone))
    return [flex.card(voice.read(title), flex.bubble(voice.read(title), body, [call]))]


def _facts(voice: Voice, entry: KnowledgeEntry) -> list[flex.Component]:
    facts = [
        ("ask.bring", "\n".join(f"・{thing}" for thing in entry.bring)),
        ("ask.deadline", entry.deadline),
        ("ask.fee", entry.fee),
        ("ask.place", entry.place),
    ]
    return [flex.row(voice.say(name), voice.read(value)) for name, value in facts if value]


def _section(voice: Voice, section: Section) -> list[flex.Component]:
    return [
        flex.row(voice.say("ask.section"), voice.read(section.name)),
        flex.row(voice.say("ask.hours"), voice.read(section.hours)),
    ]


def _ways(voice: Voice, city: City, entry: KnowledgeEntry) -> list[flex.Component]:
    ways = []
    if entry.online_url:
        action = flex.link(voice.label("button.online_page"), entry.online_url)
        ways.append(flex.button(action, style="primary"))
    if entry.procedure:
        action = flex.postback(voice.label("button.procedure"), "procedure", p=entry.procedure)
        ways.append(flex.button(action))
    if entry.source_url and entry.source_url != entry.online_url:
        ways.append(flex.button(flex.link(voice.label("button.source"), entry.source_url)))
    phone = entry.phone or city.section(entry.section).phone
    ways.append(flex.button(flex.call(voice.label("button.call_section"), phone)))
    return ways


def _if_in_danger(voice: Voice) -> flex.Component:
    # Emergencies are told in more ways than any list knows: wherever the desk is unsure, the
    # numbers stand below.
    return flex.text(voice.say("ask.if_in_danger"), size="md", color=flex.WARN)


def _resolved(voice: Voice, question_id: int) -> list[flex.Component]:
    yes = flex.postback(voice.label("button.yes"), "yes", q=question_id)
    no = flex.postback(voice.label("button.no"), "no", q=question_id)
    return [
        flex.line(),
        flex.text(voice.say("ask.resolved"), bold=True),
        flex.side_by_side([flex.button(yes, style="primary"), flex.button(no)]),
    ]


def _open(question: str, **arguments: object) -> flex.Component:
    # The chat shows what was tapped; a box's own words may be longer than a label.
    action = flex.postback("open", "open", **arguments)
    return action | {"label": question[:20], "displayText": question[:100]}
