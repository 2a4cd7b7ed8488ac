"""What a change of knowledge would do, shown before it is published: questions, phone, others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bot.knowledge import browsing, service
from bot.knowledge.rules import Placeholder, placeholders
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.line import limits
from bot.questions import cluster_queries, regressions, rehearsing
from bot.questions.answering import Terms
from bot.questions.cluster_queries import Waiting, Worded
from bot.questions.regressions import Regressions
from bot.questions.rehearsing import Change, Rehearsed
from bot.questions.telling import Letters
from bot.residents.rules import Resident, Style
from bot.speech.reply_cards import later_answer
from bot.speech.texts import Voice
from handlers.console import phone
from handlers.console.desk import Desk
from handlers.console.knowledge_checks import as_asked, engine_with, styles_of

_SECONDS = 1.0
"""How long other questions are looked at; the page says when that was not long enough."""
_MOST_TRIED = 30
"""Wordings of the group that are tried, the most used first; the page says how many there are."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything to look at before the second click.

    `wordings`: how many the group has, tried or not. `titles`: questions of the entries by id.
    `quota_left` is None when unlimited or unknown. `marks`: what the city must still supply;
    `is_refused`: LINE would not take the message.
    """

    entry: KnowledgeEntry
    questions: tuple[Rehearsed, ...]
    others: Regressions
    titles: dict[str, str]
    phones: tuple[tuple[str, tuple[phone.Picture, ...]], ...]
    marks: tuple[Placeholder, ...]
    awaited: Waiting
    wordings: int
    quota_left: int | None
    is_refused: bool
    is_real_line: bool

    @property
    def helped(self) -> int:
        """Wordings that get the answer with the change."""
        return sum(one.helped for one in self.questions)

    @property
    def is_over_quota(self) -> bool:
        """More would have to be told than messages are left."""
        return self.quota_left is not None and self.awaited.to_tell > self.quota_left

    @property
    def is_stopped(self) -> bool:
        """It must not be published as it is."""
        is_sample = self.is_real_line and bool(self.marks)
        return is_sample or self.is_refused or self.is_over_quota


def rehearse(
    desk: Desk, cluster_id: int, entry: KnowledgeEntry, worded: Sequence[Worded]
) -> Rehearsal:
    """Asks the real questions of the group, and others, as if `entry` were published already.

    Writes nothing; the engine that answers residents stays as it is.
    """
    change = Change(put=(as_asked(entry),))
    engine = desk.services.engine()
    changed = engine_with(engine, change.put)
    with desk.reading() as session:
        logged = regressions.logged(session, desk.now, but_cluster=cluster_id)
        entries = [as_asked(e) for e in _published(session)]
        awaited = cluster_queries.waiting(session, cluster_id)
    near = [one.vector for one in worded if one.vector is not None]
    questions = rehearsing.rehearse(engine, changed, change, worded[:_MOST_TRIED])
    others = regressions.regressions(
        engine, changed, change, logged, entries, near=near, seconds=_SECONDS
    )
    cards = {style: _push(desk, style, entry) for style in styles_of(entry)}
    return Rehearsal(
        entry=entry,
        questions=questions,
        others=others,
        titles=_titles(desk, entry, questions, others),
        phones=tuple((style.value, phone.draw(card)) for style, card in cards.items()),
        marks=placeholders([entry]),
        awaited=awaited,
        wordings=len(worded),
        quota_left=desk.services.quota() if awaited.to_tell else None,
        is_refused=any(limits.check(card) for card in cards.values()),
        is_real_line=desk.services.is_real_line,
    )


def terms(desk: Desk) -> Terms:
    """Under what an answer is given: who is written to how, and what is left. Asks LINE."""
    services = desk.services

    def compose(resident: Resident, entry: KnowledgeEntry, question: int) -> list[dict[str, Any]]:
        voice = Voice(services.texts, resident.style, services.add_readings)
        return later_answer(voice, services.city, entry, question)

    return Terms(
        Letters(services.sealer, compose, services.database.lease_now),
        quota_left=services.quota(),
        needs_approval=services.second_person_approves,
    )


def is_sample_for_real(desk: Desk, entry: KnowledgeEntry) -> bool:
    """True when residents are real and the entry still holds what the city must supply."""
    return desk.services.is_real_line and bool(placeholders([entry]))


def is_refused_by_line(desk: Desk, entry: KnowledgeEntry) -> bool:
    """True when LINE would not take the message that tells it."""
    return any(limits.check(_push(desk, style, entry)) for style in styles_of(entry))


def _published(session: Session) -> Sequence[Any]:
    return service.changes_since(session, 0).put


def _push(desk: Desk, style: Style, entry: KnowledgeEntry) -> list[dict[str, Any]]:
    return later_answer(Voice(desk.services.texts, style), desk.services.city, entry, 0)


def _titles(
    desk: Desk, entry: KnowledgeEntry, questions: Sequence[Rehearsed], others: Regressions
) -> dict[str, str]:
    saws = [saw for one in questions for saw in (one.before, one.after)]
    saws += [saw for t in (*others.questions, *others.wordings) for saw in (t.before, t.after)]
    ids = {entry_id for saw in saws for entry_id in saw.entries}
    ids |= {one.of for one in others.wordings if one.of}
    with desk.reading() as session:
        titles = dict(browsing.names(session, ENTRIES, ids))
    return {**titles, entry.id: entry.question}
