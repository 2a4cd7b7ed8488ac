"""`madoguchi bench answers`: how long a question takes with 2,000 and with 20,000 entries."""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bot.answers.threads import use_one_thread_a_question

use_one_thread_a_question(os.environ)

import numpy as np  # noqa: E402

from bot.answers import measuring  # noqa: E402
from bot.answers.engine import Engine  # noqa: E402
from bot.answers.meaning import Vector  # noqa: E402
from bot.answers.values import Entry  # noqa: E402

_SIZE = 384
# Made-up material: the words matter less than how many entries share each of them.
_SUBJECTS = [
    a + b
    for a in (
        "住民",
        "国民",
        "市民",
        "介護",
        "児童",
        "水道",
        "道路",
        "固定",
        "後期",
        "特別",
        "子育",
        "防災",
    )
    for b in (
        "保険",
        "手当",
        "料金",
        "証明",
        "施設",
        "登録",
        "支援",
        "届出",
        "相談",
        "計画",
        "講座",
        "広場",
    )
]
_DOINGS = [
    "申請",
    "変更",
    "更新",
    "再発行",
    "支払い",
    "取り消し",
    "予約",
    "郵送",
    "減免",
    "問い合わせ",
]
_ASKINGS = [
    "方法を教えてください",
    "場所はどこですか",
    "期限はいつですか",
    "に必要なものは何ですか",
    "はいくらですか",
]


class RandomVectors:
    """Random unit vectors in the place of a model, so that only the engine is measured."""

    name = "random"
    size = _SIZE

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def question(self, text: str) -> Vector:
        """A random direction, another each time."""
        vector = self._random.standard_normal(_SIZE)
        return np.asarray(vector / np.linalg.norm(vector), np.float16)

    def passage(self, text: str) -> Vector:
        """A random direction, another each time."""
        return self.question(text)


def run(args: Sequence[str], _environ: Mapping[str, str] = MappingProxyType({})) -> int:
    """Prints one JSON object: a measurement for each number of entries."""
    parser = argparse.ArgumentParser(prog="madoguchi bench answers", description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[2000, 20000])
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args(args)
    sizes = {str(n): measure(n, options.questions) for n in options.entries}
    print(json.dumps({"bench": "answers", "model": "random unit vectors", "entries": sizes}))
    return 0


def measure(entries: int, questions: int) -> dict[str, Any]:
    """Builds an engine of that many entries, asks it one question at a time, changes one entry."""
    chance = random.Random(entries)  # noqa: S311
    started = time.perf_counter()
    engine = Engine.build(
        [_entry(n, chance) for n in range(entries)], embedder=RandomVectors(entries)
    )
    engine.embed_missing()
    index_seconds = time.perf_counter() - started
    times, worked = [], []
    for _ in range(questions):
        text = _question(chance)
        started, begun = time.perf_counter(), time.thread_time()
        engine.ask(text)
        times.append((time.perf_counter() - started) * 1000)
        worked.append((time.thread_time() - begun) * 1000)
    started = time.perf_counter()
    engine.with_changes(put=[_entry(entries, chance)])
    return {
        "p50_ms": measuring.part(times, 0.5),
        "p95_ms": measuring.part(times, 0.95),
        "p95_processor_ms": measuring.part(worked, 0.95),
        "index_seconds": round(index_seconds, 2),
        "change_seconds": round(time.perf_counter() - started, 3),
        "rss_mb": round(measuring.resident_megabytes(), 1),
    }


def _question(chance: random.Random) -> str:
    return f"{chance.choice(_SUBJECTS)}の{chance.choice(_DOINGS)}の{chance.choice(_ASKINGS)}"


def _entry(number: int, chance: random.Random) -> Entry:
    sentences = [
        f"{chance.choice(_SUBJECTS)}の{chance.choice(_DOINGS)}は窓口{chance.randrange(90)}番です。"
        for _ in range(12)
    ]
    return Entry(f"e{number}", f"第{number}号の{_question(chance)}", "".join(sentences))


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
