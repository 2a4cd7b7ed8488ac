"""`evaluate` prints what the contract promises, and says clearly what is wrong with its input."""

import json
from pathlib import Path

import pytest

from handlers.commands import evaluate
from tests.unit.answers.samples import ENTRIES


def _write(folder: Path, name: str, rows: list[dict[str, object]]) -> str:
    file = folder / name
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return str(file)


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("MADOGUCHI_SEMANTIC", "off")
    corpus = [{"id": e.id, "question": e.question, "answer": e.answer} for e in ENTRIES]
    corpus[0]["wordings"] = ["じゅうみんひょう"]
    queries = [
        {"id": "q1", "text": "住民票がほしい"},
        {"id": "q2", "text": "粗大ごみを捨てたい"},
        {"id": "q3", "text": "市長の名前"},
    ]
    qrels = [
        {"query_id": "q1", "entry_id": "residence", "grade": 2},
        {"query_id": "q2", "entry_id": "waste", "grade": 2},
        {"query_id": "q3", "entry_id": "library", "grade": 1},
    ]
    return [
        *("--corpus", _write(tmp_path, "corpus.jsonl", corpus)),
        *("--queries", _write(tmp_path, "queries.jsonl", queries)),
        *("--qrels", _write(tmp_path, "qrels.jsonl", qrels)),
        *("--off-topic", _write(tmp_path, "off.jsonl", [{"id": "x", "text": "雨は降るかな"}])),
        *("--per-query", str(tmp_path / "out.jsonl")),
        *("--vectors", str(tmp_path / "vectors")),
    ]


def test_one_object_of_the_contracts_form_is_printed(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate.run(arguments) == 0
    told = json.loads(capsys.readouterr().out)
    form = {
        key: sorted(value) if isinstance(value, dict) else type(value)
        for key, value in told.items()
    }
    assert form == {
        "entries": int,
        "queries": int,
        "judged": int,
        "strict": ["hit1", "hit10", "hit3", "mrr"],
        "lenient": ["hit1", "hit10", "hit3", "mrr"],
        "decision": ["candidates", "direct", "direct_precision", "unanswered"],
        "off_topic": ["answerable_kept", "auroc", "rejected"],
        "latency_ms": ["p50", "p95"],
        "index_seconds": float,
        "rss_mb": float,
        "engine": ["semantic"],
    }
    assert (told["entries"], told["queries"], told["judged"]) == (16, 3, 2)
    assert told["strict"] == {"hit1": 1.0, "hit3": 1.0, "hit10": 1.0, "mrr": 1.0}
    assert told["engine"] == {"semantic": False}
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [(line["query_id"], line["ranked"][0]) for line in lines[:2]] == [
        ("q1", "residence"),
        ("q2", "waste"),
    ]
    assert {line["decision"] for line in lines} <= {"direct", "candidates", "unanswered"}


def test_a_missing_file_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate.run([*arguments, "--qrels", "/nowhere/qrels.jsonl"]) == 2
    assert "/nowhere/qrels.jsonl" in capsys.readouterr().err


def test_a_model_folder_without_a_model_is_named(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADOGUCHI_SEMANTIC", "/nowhere")
    assert evaluate.run(arguments) == 2
    assert "/nowhere holds no model.onnx" in capsys.readouterr().err
