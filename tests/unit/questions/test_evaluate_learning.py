"""The learning figure is what it says: halves by a seed, strict hits before and after."""

import json
from pathlib import Path
from typing import Any

import pytest

from handlers.commands import evaluate_learning
from handlers.commands.evaluate_learning import Question, halves


def lines(file: Path, rows: list[dict[str, Any]]) -> str:
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(file)


def test_the_seed_alone_decides_the_halves() -> None:
    questions = [Question(str(n), "問い", "e") for n in range(7)]
    first, second = halves(questions, 1)
    assert (len(first), len(second)) == (4, 3)
    assert {*first, *second} == set(questions)
    assert halves(questions[::-1], 1) == (first, second)
    assert halves(questions, 2) != (first, second)


def test_what_one_half_teaches_helps_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MADOGUCHI_SEMANTIC", "off")
    entries = [
        {"id": "dog", "question": "飼育届", "answer": "市役所へ。"},
        {"id": "bin", "question": "廃棄", "answer": "朝に。"},
    ]
    asked = [{"id": str(n), "text": f"犬の登録{'を' * (n % 2)}したい"} for n in range(4)]
    judged = [{"query_id": str(n), "entry_id": "dog", "grade": 2} for n in range(4)]
    status = evaluate_learning.run(
        [
            *("--corpus", lines(tmp_path / "corpus.jsonl", entries)),
            *("--queries", lines(tmp_path / "queries.jsonl", asked)),
            *("--qrels", lines(tmp_path / "qrels.jsonl", judged)),
        ]
    )
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert (told["judged"], told["engine"]) == (4, {"semantic": False})
    assert told["second_half"]["reachable"] == told["second_half"]["asked"] == 2
    assert told["second_half"]["after"] == {"hit1": 1.0, "hit3": 1.0}


def test_a_file_that_is_not_there_stops_with_2(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere.jsonl")
    options = ["--corpus", nowhere, "--queries", nowhere, "--qrels", nowhere]
    assert evaluate_learning.run(options) == 2
