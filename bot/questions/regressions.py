"""Finds other questions whose answer a change of knowledge would change, before it is published.

How: the different questions of the last 90 days are sieved by the characters they share with the
changed entries and by the nearness of their stored vectors; those that were shown one of the
entries come too. Only what passes is asked of the engine, with the change and, when the changed
entry comes near the top, without it.

Limits: the sieve lets through a few hundred questions, and asking stops when its time is over
(then the outcome says so). A change also shifts how rare words are, which can turn decisions that
have nothing to do with the entry; those are not looked for.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.answers.folding import squeeze
from bot.answers.values import Entry
from bot.questions import overlap
from bot.questions.likeness import Wording, vector_rows
from bot.questions.models import QuestionRow
from bot.questions.rehearsing import Asks, Change, Saw, saw
from bot.questions.rules import Kind

LOOK_BACK = timedelta(days=90)
_MOST_QUESTIONS = 20_000
_MOST_LIKELY = 300
_MOST_WORDINGS = 100
_NEAR_THE_TOP = 4
_RELATED = 0.85
"""Cosine under which questions have nothing to do with each other (multilingual-e5-small)."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A question of the log by its wording: how often it was asked, and what was shown last."""

    text: str
    asked: int
    shown: tuple[str, ...]
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class Turned:
    """A question or wording that would be answered otherwise. `of`: the entry whose wording it
    is; None for a logged question, asked `asked` times."""

    text: str
    before: Saw
    after: Saw
    asked: int = 0
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Regressions:
    """What would turn, the most asked first, and how far was looked.

    `of`: different questions and wordings there are; `asked`: those the engine was asked;
    `complete` is False when time was over before all likely ones were asked.
    """

    questions: tuple[Turned, ...]
    wordings: tuple[Turned, ...]
    of: int
    asked: int
    complete: bool


def logged(session: Session, now: datetime, *, but_cluster: int | None = None) -> list[Logged]:
    """The different questions of the last 90 days, at most 20,000, the most asked first.

    `but_cluster`: without the questions of this cluster, which are rehearsed.
    """
    q = QuestionRow
    conditions = [
        q.asked_at >= now - LOOK_BACK,
        q.kind == Kind.QUESTION,
        q.text.is_not(None),
    ]
    if but_cluster is not None:
        conditions.append(func.coalesce(q.cluster_id, 0) != but_cluster)
    last = (
        select(func.max(q.id).label("id"), func.count().label("asked"))
        .where(*conditions)
        .group_by(q.normalised)
        .order_by(func.count().desc(), func.max(q.id).desc())
        .limit(_MOST_QUESTIONS)
        .subquery()
    )
    found = session.execute(
        select(q.text, last.c.asked, q.shown, q.vector).join(last, last.c.id == q.id)
    )
    rows = [Logged(text or "", asked, tuple(shown), vector) for text, asked, shown, vector in found]
    return sorted(rows, key=lambda row: -row.asked)


def regressions(
    before: Asks,
    after: Asks,
    change: Change,
    questions: Sequence[Logged],
    entries: Sequence[Entry],
    *,
    near: Sequence[bytes] = (),
    seconds: float = 2.0,
    clock: Callable[[], float] = time.monotonic,
) -> Regressions:
    """What else would be answered otherwise with the change.

    `entries`: all published ones, whose wordings must go on finding them. `near`: vectors of the
    wordings that would be added (the cluster's own), which sieve by meaning. `seconds`: how long
    the engine may be asked in all, the wordings for the first half of it.
    """
    texts = [text for entry in change.put for text in (entry.question, *entry.wordings)]
    answers = [entry.answer for entry in change.put]
    search = _Search(before, after, change, clock)
    held = list(_held(entries, change))
    told = search.wordings(held, _likely_wordings(held, texts), seconds / 2)
    likely = _likely_questions(questions, texts, answers, near, change)
    turned = search.questions([questions[place] for place in likely], seconds)
    return Regressions(
        tuple(sorted(turned, key=lambda one: -one.asked)),
        tuple(told),
        len(questions) + len(held),
        search.asked,
        search.complete,
    )


class _Search:
    def __init__(
        self, before: Asks, after: Asks, change: Change, clock: Callable[[], float]
    ) -> None:
        self._before, self._after, self._change = before, after, change
        self._clock = clock
        self._began = clock()
        self.asked = 0
        self.complete = True

    def questions(self, likely: Sequence[Logged], seconds: float) -> Iterator[Turned]:
        for question in likely:
            if self._is_over(seconds):
                return
            shown = bool(self._change.ids & set(question.shown))
            turned = self._turn(question.text, question.vector, certainly=shown)
            if turned is not None and not turned[0].answers_like(turned[1]):
                yield Turned(question.text, *turned, asked=question.asked)

    def wordings(
        self, held: Sequence[tuple[str, str]], likely: Sequence[int], seconds: float
    ) -> list[Turned]:
        found = []
        for place in likely:
            if self._is_over(seconds):
                break
            of, text = held[place]
            turned = self._turn(text, None, certainly=False)
            if turned is not None and turned[0].first == of != turned[1].first:
                found.append(Turned(text, *turned, of=of))
        return found

    def _turn(self, text: str, vector: bytes | None, *, certainly: bool) -> tuple[Saw, Saw] | None:
        """Both decisions, or None when the changed entries do not come near the top."""
        self.asked += 1
        after = self._after.ask(text, vector=vector)
        top = {ranked.entry_id for ranked in after.ranked[:_NEAR_THE_TOP]}
        if not certainly and not top & self._change.ids:
            return None
        return saw(self._before.ask(text, vector=vector)), saw(after)

    def _is_over(self, seconds: float) -> bool:
        if self._clock() - self._began < seconds:
            return False
        self.complete = False
        return True


def _likely_questions(
    questions: Sequence[Logged],
    texts: Sequence[str],
    answers: Sequence[str],
    near: Sequence[bytes],
    change: Change,
) -> list[int]:
    pairs = overlap.Pairs([squeeze(question.text) for question in questions])
    asked = pairs.covered([squeeze(text) for text in texts])
    told = pairs.covered([squeeze(text) for text in answers]) / np.float32(2)
    rows = vector_rows([Wording("", (), v) for v in (*near, *(q.vector for q in questions))])
    meant = overlap.meaning(rows[len(near) :], rows[: len(near)])
    meant[meant < _RELATED] = 0
    shown = [place for place, q in enumerate(questions) if change.ids & set(q.shown)]
    by_words = overlap.highest(asked + told, _MOST_LIKELY)
    by_meaning = overlap.highest(meant, _MOST_LIKELY)
    return _in_turn(by_words, by_meaning, shown[:_MOST_LIKELY])


def _likely_wordings(held: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[int]:
    pairs = overlap.Pairs([squeeze(text) for _, text in held])
    return overlap.highest(pairs.covered([squeeze(text) for text in texts]), _MOST_WORDINGS)


def _held(entries: Sequence[Entry], change: Change) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.id not in change.ids:
            for text in (entry.question, *entry.wordings):
                yield entry.id, text


def _in_turn(*orders: Sequence[int]) -> list[int]:
    """One of each in turn, so that the likeliest of every kind come before time is over."""
    found: dict[int, None] = {}
    for rank in range(max(map(len, orders), default=0)):
        for order in orders:
            if rank < len(order):
                found[order[rank]] = None
    return list(found)
