"""What a person at the counter is shown of an entry or a procedure: large, and fit for paper."""

from dataclasses import dataclass

from bot.city import Section
from bot.knowledge.rules import online
from bot.knowledge.values import FeeOnline, KnowledgeEntry, Procedure
from bot.speech import dates
from bot.speech.procedure_cards import everyday_name, online_words
from handlers.console.desk import Desk


@dataclass(frozen=True, slots=True)
class Sheet:
    """One answer. `lines` are its sentences in order, `facts` pairs of a label and its words.

    `kind` is "entry" or "procedure"; `official` the statute's name where it is another.
    """

    kind: str
    id: str
    title: str
    official: str
    lines: tuple[str, ...]
    bring: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    url: str
    section: Section
    phone: str
    is_sample: bool


def of_entry(desk: Desk, entry: KnowledgeEntry) -> Sheet:
    """The sheet of an entry."""
    section = desk.services.city.section(entry.section)
    return Sheet(
        kind="entry",
        id=entry.id,
        title=entry.question,
        official="",
        lines=_lines(entry.answer),
        bring=entry.bring,
        facts=_facts(
            desk, ("deadline", entry.deadline), ("fee", entry.fee), ("place", entry.place)
        ),
        url=entry.online_url,
        section=section,
        phone=entry.phone or section.phone,
        is_sample=entry.sample or section.is_sample,
    )


def of_procedure(desk: Desk, held: Procedure) -> Sheet:
    """The sheet of a procedure, with what is known of doing it online."""
    section = desk.services.city.section(held.section)
    title = everyday_name(held)
    stands = online(held, dates.today(desk.now))
    is_free = held.fee_online is FeeOnline.FREE
    return Sheet(
        kind="procedure",
        id=held.id,
        title=title,
        official=held.name if held.name != title else "",
        lines=_lines(held.description.replace("。", "。\n")),
        bring=held.needed,
        facts=_facts(
            desk,
            ("online", online_words(desk.services.voice, held, stands)),
            ("deadline", held.deadline),
            ("fee", held.fee or (desk.say("console_counter.free") if is_free else "")),
            ("identity", held.identity),
            ("place", held.place),
        ),
        url=held.online_url,
        section=section,
        phone=section.phone,
        is_sample=held.sample or section.is_sample,
    )


def _lines(words: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in words.splitlines() if line.strip())


def _facts(desk: Desk, *facts: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (desk.say(f"console_counter.fact_{name}"), words) for name, words in facts if words
    )
