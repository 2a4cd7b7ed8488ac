"""`madoguchi evaluate`: runs the production answer engine on a labelled set of questions."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.answers.threads import use_one_thread_a_question

use_one_thread_a_question(os.environ)

import content  # noqa: E402
from bot.answers import measuring  # noqa: E402
from bot.answers.engine import Engine  # noqa: E402
from bot.answers.meaning import Embedder  # noqa: E402
from bot.answers.models import ModelError, embedder_for  # noqa: E402
from bot.answers.stored import StoredVectors  # noqa: E402
from bot.answers.values import Decision, Entry  # noqa: E402

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the set, what the engine made of it, and how long that took."""

    id: str
    decision: Decision
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled set: entries, questions with the grades of entries for them, and other talk."""

    entries: list[Entry]
    queries: list[tuple[str, str]]
    grades: measuring.Grades
    off_topic: list[str]


def run(args: list[str]) -> int:
    """Prints one JSON object (its form is the contract's); 2 when a file or setting is wrong."""
    options = _options().parse_args(args)
    try:
        labelled = _read(options)
        embedder = embedder_for(os.environ.get("MADOGUCHI_SEMANTIC") or "auto")
    except (OSError, KeyError, ValueError, ModelError) as wrong:
        print(f"evaluate: {wrong}", file=sys.stderr)
        return 2
    started = time.perf_counter()
    engine = engine_over(labelled.entries, embedder, options.vectors)
    index_seconds = time.perf_counter() - started
    asked = [_ask(engine, query_id, text) for query_id, text in labelled.queries]
    off = [engine.ask(text) for text in labelled.off_topic]
    result = _result(asked, labelled.grades, off) | {
        "entries": len(engine),
        "index_seconds": round(index_seconds, 2),
        "rss_mb": round(measuring.resident_megabytes(), 1),
        "engine": {"semantic": engine.semantic},
    }
    print(json.dumps(result, ensure_ascii=False))
    if options.per_query:
        _write(options.per_query, asked)
    return 0


def _read(options: argparse.Namespace) -> Labelled:
    return Labelled(
        entries=entries_in(options.corpus),
        queries=[(str(line["id"]), str(line["text"])) for line in lines_of(options.queries)],
        grades=grades_in(options.qrels),
        off_topic=[str(line["text"]) for line in lines_of(options.off_topic)],
    )


def _options() -> argparse.ArgumentParser:
    parser = options_for("madoguchi evaluate", __doc__)
    parser.add_argument("--off-topic", type=Path, help="questions no entry answers: id, text")
    parser.add_argument("--per-query", type=Path, help="where to write each question's ranking")
    return parser


# ---------------------------------------------------------------- what `--learning` needs too


def options_for(name: str, about: str | None) -> argparse.ArgumentParser:
    """The labelled set, and where vectors are kept between runs."""
    parser = argparse.ArgumentParser(prog=name, description=about)
    parser.add_argument("--corpus", type=Path, required=True, help="entries: id, question, answer")
    parser.add_argument("--queries", type=Path, required=True, help="questions: id, text")
    parser.add_argument("--qrels", type=Path, required=True, help="query_id, entry_id, grade 1|2")
    parser.add_argument("--vectors", type=Path, default=Path("var/vectors"), help="kept vectors")
    return parser


def lines_of(file: Path | None) -> list[dict[str, Any]]:
    """The lines of a JSON Lines file; none without a file."""
    text = file.read_text(encoding="utf-8") if file else ""
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def entries_in(file: Path) -> list[Entry]:
    """The entries of a corpus, with their wordings where it has some."""
    return [
        Entry(
            str(line["id"]),
            str(line["question"]),
            str(line["answer"]),
            tuple(str(wording) for wording in line.get("wordings") or ()),
        )
        for line in lines_of(file)
    ]


def grades_in(file: Path) -> measuring.Grades:
    """The grade of each entry that was judged for a question."""
    return measuring.grades(
        (str(line["query_id"]), str(line["entry_id"]), int(line["grade"]))
        for line in lines_of(file)
    )


def engine_over(entries: Sequence[Entry], embedder: Embedder | None, vectors: Path) -> Engine:
    """The production engine over these entries, with the city's words, wholly embedded."""
    ignorable = content.toml("ignorable.toml")
    engine = Engine.build(
        entries,
        synonyms=[list(group["words"]) for group in content.toml("synonyms.toml")["group"]],
        ignorable=[*ignorable["words"], *ignorable["phrases"]],
        small_talk=content.toml("small-talk.toml")["sentences"],
        embedder=embedder,
        vectors=StoredVectors(vectors) if embedder else None,
    )
    engine.embed_missing(tell)
    return engine


def tell(done: int, of: int) -> None:
    """How far embedding is, now and then."""
    if done == of or done % 100 == 0:
        print(f"embedded {done} of {of}", file=sys.stderr)


def _ask(engine: Engine, query_id: str, text: str) -> Asked:
    started = time.perf_counter()
    decision = engine.ask(text, top=_SHOWN)
    return Asked(query_id, decision, (time.perf_counter() - started) * 1000)


def _result(
    asked: Sequence[Asked], grades: measuring.Grades, off: Sequence[Decision]
) -> dict[str, Any]:
    decisions = {one.id: one.decision for one in asked}
    judged = [i for i in decisions if 2 in grades.get(i, {}).values()]
    times = [one.milliseconds for one in asked]
    return {
        "entries": 0,
        "queries": len(asked),
        "judged": len(judged),
        "strict": measuring.ranking(decisions, judged, grades, 2),
        "lenient": measuring.ranking(decisions, list(decisions), grades, 1),
        "decision": measuring.outcomes(decisions, judged, grades),
        "off_topic": measuring.off_topic(list(decisions.values()), off),
        "latency_ms": {"p50": measuring.part(times, 0.5), "p95": measuring.part(times, 0.95)},
    }


def _write(file: Path, asked: Sequence[Asked]) -> None:
    with file.open("w", encoding="utf-8") as out:
        for one in asked:
            line = {
                "query_id": one.id,
                "decision": one.decision.outcome.value,
                "ranked": [ranked.entry_id for ranked in one.decision.ranked],
            }
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
