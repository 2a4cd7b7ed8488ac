"""What the desk answers to a question: one card, a few to choose from, or honest words."""

from collections.abc import Sequence

from bot.city import City, Section
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import Message
from bot.speech import flex, menu_cards
from bot.speech.texts import Voice

_LABEL = 40
"""Characters that the label of an action in a Flex message may have."""


def answer(
    voice: Voice, city: City, entry: KnowledgeEntry, question_id: int | None
) -> list[Message]:
    """One big card with everything the entry holds, and 解決しましたか for a logged question.

    The answer comes first; what does not help to act stands below it or is left out.
    """
    said = voice.choose(entry.answer, entry.easy)
    section = city.section(entry.section)
    phone = entry.phone or section.phone
    facts = _facts(voice, entry, section)
    body = [*flex.sentences(said), flex.line(), *facts, responsible(voice, section, phone)]
    if entry.sample:
        body.append(flex.text(voice.say("ask.sample"), size="sm", color=flex.QUIET))
    footer = _ways(voice, entry, phone)
    if question_id is not None:
        footer.extend(resolved(voice, question_id))
    title = voice.read(entry.question)
    alt = f"{title} {said.strip().splitlines()[0]}"
    return menu_cards.ways_on(voice, [flex.card(alt, flex.bubble(title, body, footer))])


def candidates(voice: Voice, entries: Sequence[KnowledgeEntry], question_id: int) -> list[Message]:
    """Up to three entries to choose from, and 「この中にない」."""
    offered = [(entry, voice.read(entry.question)) for entry in entries[:3]]
    choices = [
        flex.choice(words, _open(entry.question, q=question_id, e=entry.id))
        for entry, words in offered
    ]
    title = voice.say("ask.candidates_title")
    alt = "／".join([title, *(words for _, words in offered)])
    hint = flex.text(voice.say("ask.candidates_hint"), size="md", color=flex.QUIET)
    none = flex.postback(voice.label("button.none_of_these"), "none", q=question_id)
    body = [hint, *choices, _if_in_danger(voice)]
    card = flex.card(alt, flex.bubble(title, body, [flex.button(none)]))
    return menu_cards.ways_on(voice, [card])


def unanswered(
    voice: Voice, city: City, question_id: int, *, after_candidates: bool = False
) -> list[Message]:
    """An honest sentence, the phone and its hours, and the offer to find out."""
    name = "none" if after_candidates else "unanswered"
    said = voice.say(f"ask.{name}")
    title = voice.say(f"ask.{name}_title")
    phone = menu_cards.phone_and_hours(voice, city.phone, city.hours)
    body = [*flex.sentences(said), *phone, _if_in_danger(voice)]
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(later, style="primary"),
        flex.button(flex.call(voice.label("button.call"), city.phone)),
        flex.button(flex.postback(voice.label("button.menu"), "menu")),
    ]
    card = flex.card(said.splitlines()[0], flex.bubble(title, body, buttons))
    return menu_cards.ways_on(voice, [card])


def not_resolved(voice: Voice, city: City, question_id: int) -> list[Message]:
    """Sorry that it did not help: staff will read it, and a person is a tap away."""
    said = voice.say("ask.not_resolved")
    later = flex.postback(voice.label("button.await_answer"), "await", q=question_id)
    buttons = [
        flex.button(later, style="primary"),
        flex.button(flex.call(voice.label("button.call"), city.phone)),
        flex.button(flex.postback(voice.label("button.ask"), "ask")),
    ]
    phone = menu_cards.phone_and_hours(voice, city.phone, city.hours)
    title = voice.say("ask.not_resolved_title")
    card = flex.card(title, flex.bubble(title, [*flex.sentences(said), *phone], buttons))
    return menu_cards.ways_on(voice, [card])


def follow_up(
    voice: Voice,
    section: Section,
    title: str,
    values: Sequence[str],
    *,
    phone: str,
    way: flex.Component | None = None,
) -> list[Message]:
    """One fact of the last answer, large, with the section that knows more.

    `title` says which fact of what it is; `way` is the action that the fact calls for.
    """
    said = [voice.read(value) for value in values]
    body = [
        flex.text(voice.read(title), size="md", color=flex.QUIET),
        *(flex.text(words, bold=True) for words in said),
    ]
    if phone not in said:
        body.extend([flex.line(), responsible(voice, section, phone)])
    call = flex.button(flex.call(voice.label("button.call_section"), phone))
    buttons = [flex.button(way, style="primary"), call] if way else [call]
    alt = " ".join([voice.read(title), *said])
    return menu_cards.ways_on(voice, [flex.card(alt, flex.bubble(None, body, buttons))])


def responsible(voice: Voice, section: Section, phone: str) -> flex.Component:
    """Who is responsible, the number in writing and when it is answered: one fact, three lines.

    The number has its own line, so that large type does not break it.
    """
    lines = [voice.read(section.name), phone, voice.read(section.hours)]
    return flex.row(voice.say("ask.section"), "\n".join(lines))


def resolved(voice: Voice, question_id: int, **more: int) -> list[flex.Component]:
    """解決しましたか with はい and いいえ, which carry `more` besides the question."""
    yes = flex.postback(voice.label("button.yes"), "yes", q=question_id, **more)
    no = flex.postback(voice.label("button.no"), "no", q=question_id, **more)
    return [
        flex.line(),
        flex.text(voice.say("ask.resolved"), bold=True),
        flex.side_by_side([flex.button(yes, style="primary"), flex.button(no)]),
    ]


def _facts(voice: Voice, entry: KnowledgeEntry, section: Section) -> list[flex.Component]:
    facts = [
        ("ask.bring", "\n".join(f"・{thing}" for thing in entry.bring)),
        ("ask.deadline", entry.deadline),
        ("ask.fee", entry.fee),
        ("ask.place", "" if entry.place == section.name else entry.place),
    ]
    return [flex.row(voice.say(name), voice.read(value)) for name, value in facts if value]


def _ways(voice: Voice, entry: KnowledgeEntry, phone: str) -> list[flex.Component]:
    ways = []
    if entry.online_url:
        action = flex.link(voice.label("button.online_page"), entry.online_url)
        ways.append(flex.button(action, style="primary"))
    if entry.procedure:
        action = flex.postback(voice.label("button.procedure"), "procedure", p=entry.procedure)
        ways.append(flex.button(action))
    if entry.source_url and entry.source_url != entry.online_url:
        ways.append(flex.button(flex.link(voice.label("button.source"), entry.source_url)))
    ways.append(flex.button(flex.call(voice.label("button.call_section"), phone)))
    return ways


def _if_in_danger(voice: Voice) -> flex.Component:
    # Emergencies are told in more ways than any list knows: wherever the desk is unsure, the
    # numbers stand below.
    return flex.text(voice.say("ask.if_in_danger"), size="md", color=flex.WARN)


def _open(question: str, **arguments: object) -> flex.Component:
    # The chat shows what was tapped; a screen reader says the label, which has a limit.
    label = question if len(question) <= _LABEL else f"{question[: _LABEL - 1]}…"
    action = flex.postback(label, "open", **arguments)
    return action | {"displayText": question[:300]}
