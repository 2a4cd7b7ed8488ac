"""`madoguchi evaluate --learning`: how much the desk learns when staff answer what was asked.

Judged questions are split in halves by a fixed seed. Each question of one half becomes a wording
of its correct entry, as the review loop would add it; the other half is asked before and after.
"""

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.answers import measuring
from bot.answers.engine import Engine
from bot.answers.measuring import Grades
from bot.answers.models import ModelError, embedder_for
from bot.answers.values import Entry
from handlers.commands.evaluate import (
    engine_over,
    entries_in,
    grades_in,
    lines_of,
    options_for,
    tell,
)

SEED = 20261124
_CORRECT = 2


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question and its correct entry; of several the one that is judged first."""

    id: str
    text: str
    entry_id: str


def run(args: list[str]) -> int:
    """Prints one JSON object: strict Hit@1 and Hit@3 of each half before and after; 2 when a
    file or setting is wrong."""
    options = _options().parse_args(args)
    try:
        entries, grades = entries_in(options.corpus), grades_in(options.qrels)
        questions = list(_questions(lines_of(options.queries), grades))
        embedder = embedder_for(os.environ.get("MADOGUCHI_SEMANTIC") or "auto")
    except (OSError, KeyError, ValueError, ModelError) as wrong:
        print(f"evaluate --learning: {wrong}", file=sys.stderr)
        return 2
    engine = engine_over(entries, embedder, options.vectors)
    first, second = halves(questions, options.seed)
    result = {
        "seed": options.seed,
        "entries": len(entries),
        "judged": len(questions),
        "engine": {"semantic": engine.semantic},
        "second_half": learn(engine, entries, first, second, grades),
        "first_half": learn(engine, entries, second, first, grades),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0


def halves(questions: Sequence[Question], seed: int) -> tuple[list[Question], list[Question]]:
    """Two halves that the seed alone decides, whatever the order in the file."""
    mixed = sorted(questions, key=lambda question: question.id)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - no secret hangs on it
    middle = (len(mixed) + 1) // 2
    return mixed[:middle], mixed[middle:]


def learn(
    engine: Engine,
    entries: Sequence[Entry],
    taught: Sequence[Question],
    asked: Sequence[Question],
    grades: Grades,
) -> dict[str, Any]:
    """The figures of the questions asked, before and after the others were taught.

    `reachable`: so many of them have a correct entry that was taught anything at all; the rest
    can gain nothing.
    """
    added: dict[str, list[str]] = {}
    for question in taught:
        added.setdefault(question.entry_id, []).append(question.text)
    put = [replace(e, wordings=(*e.wordings, *added[e.id])) for e in entries if e.id in added]
    changed = engine.with_changes(put=put)
    changed.embed_missing(tell)
    correct = {q.id: {e for e, g in grades[q.id].items() if g >= _CORRECT} for q in asked}
    return {
        "taught": len(taught),
        "asked": len(asked),
        "reachable": sum(bool(correct[q.id] & set(added)) for q in asked),
        "before": _strict(engine, asked, grades),
        "after": _strict(changed, asked, grades),
    }


def _strict(engine: Engine, asked: Sequence[Question], grades: Grades) -> dict[str, float]:
    decisions = {question.id: engine.ask(question.text) for question in asked}
    figures = measuring.ranking(decisions, list(decisions), grades, _CORRECT)
    return {name: figures[name] for name in ("hit1", "hit3")}


def _questions(lines: Iterable[Mapping[str, Any]], grades: Grades) -> Iterable[Question]:
    for line in lines:
        number = str(line["id"])
        correct = [e for e, grade in grades.get(number, {}).items() if grade >= _CORRECT]
        if correct:
            yield Question(number, str(line["text"]), correct[0])


def _options() -> argparse.ArgumentParser:
    parser = options_for("madoguchi evaluate --learning", __doc__)
    parser.add_argument("--seed", type=int, default=SEED, help="decides the halves")
    return parser


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
