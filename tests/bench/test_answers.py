"""The answer engine keeps its promises on a real municipal FAQ and with 20,000 entries."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.answers.bundled import bundled_model
from handlers.commands import bench_answers, evaluate

_ROOT = Path(__file__).parents[2]
_FOLDER = Path(
    os.environ.get("MADOGUCHI_EVAL_DIR") or _ROOT.parent / "shared" / "eval" / "municipal-faq"
)
_VECTORS = Path(os.environ.get("MADOGUCHI_EVAL_VECTORS") or _ROOT / "var" / "vectors")

pytestmark = pytest.mark.slow


def _measure(capsys: pytest.CaptureFixture[str], questions: str = "queries.dev") -> dict[str, Any]:
    if not (_FOLDER / "corpus.jsonl").is_file():
        pytest.skip(f"no labelled questions in {_FOLDER} (MADOGUCHI_EVAL_DIR)")
    files = {
        "--corpus": _FOLDER / "corpus.jsonl",
        "--queries": _FOLDER / f"{questions}.jsonl",
        "--qrels": _FOLDER / "qrels.dev.jsonl",
        "--off-topic": _FOLDER / "off-topic.dev.jsonl",
        "--vectors": _VECTORS,
    }
    assert evaluate.run([str(part) for pair in files.items() for part in pair]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_words_alone_reach_their_floors(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MADOGUCHI_SEMANTIC", "off")
    told = _measure(capsys)
    assert told["strict"]["hit1"] >= 0.55
    assert told["strict"]["hit3"] >= 0.72
    assert told["off_topic"]["auroc"] >= 0.97
    assert _measure(capsys, "queries.dev.kana")["strict"]["hit1"] >= 0.48


def test_words_and_meaning_reach_their_floors(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if bundled_model() is None:
        pytest.skip("the bundled model is absent or the processor cannot run it")
    monkeypatch.setenv("MADOGUCHI_SEMANTIC", "auto")
    plain = _measure(capsys)
    assert plain["strict"]["hit1"] >= 0.63
    assert plain["strict"]["hit3"] >= 0.79
    assert plain["off_topic"]["auroc"] >= 0.98
    assert plain["decision"]["direct"] >= 0.38
    assert plain["decision"]["direct_precision"] >= 0.88
    for disturbed in ("typo", "voice", "polite"):
        told = _measure(capsys, f"queries.dev.{disturbed}")
        assert told["strict"]["hit1"] >= plain["strict"]["hit1"] - 0.06, disturbed
    assert _measure(capsys, "queries.dev.kana")["strict"]["hit1"] >= 0.5


def test_20000_entries_are_searched_in_a_moment_and_changed_in_seconds() -> None:
    told = bench_answers.measure(20000, 200)
    assert told["p95_processor_ms"] <= 25  # of the processor: other work on it does not count
    assert told["change_seconds"] <= 20
