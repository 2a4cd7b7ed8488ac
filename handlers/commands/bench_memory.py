"""`madoguchi bench memory`: what `serve` with all its processes takes of the machine's memory."""

import argparse
import csv
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from handlers.commands.ordeal import Program, free_port, readiness, wait_until
from handlers.commands.torture import carry_out, fresh_settings

_START_WITHIN = 120.0
_SUBJECTS = (
    "公園・図書館・駐輪場・道路・水道・健診・保育園・学校・給食・税金・年金・介護・ごみ・墓地"
)
_MATTERS = "申込み・変更・取消し・料金・持ち物・場所・時間・代理・郵送・再発行・減免・相談"
_PEOPLE = "高齢の方・子ども・学生・会社・外国の方・障害のある方・転入した方・ひとり親・妊婦"


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Fills the sample city up to about `--entries` entries, starts `serve` and watches it.

    Proportional set size (PSS) over the process tree in MB, one JSON object on stdout: at the end
    of `--seconds`, and the most seen. Meaning is embedded meanwhile, unless MADOGUCHI_SEMANTIC is
    `off`. Only where /proc tells it (Linux).
    """
    parser = argparse.ArgumentParser(prog="madoguchi bench memory")
    parser.add_argument("--entries", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args(args)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        port, place = free_port(), Path(folder)
        settings = {
            **environ,
            **fresh_settings(f"sqlite:///{folder}/madoguchi.db", place),
            "MADOGUCHI_SEMANTIC": environ.get("MADOGUCHI_SEMANTIC") or "auto",
            "LINE_API_BASE_URL": "http://127.0.0.1:9",
        }
        _write_more(place / "more.csv", max(0, asked.entries - 405))
        carry_out(settings, ["migrate"], ["seed"], ["import", "faq", str(place / "more.csv")])
        program = Program("wsgi", ["serve", "--port", str(port)], settings)
        stack.callback(program.kill)
        wait_until(lambda: readiness(port), _START_WITHIN, "the product did not start")
        seen = list(_watched(program.process.pid, asked.seconds))
    figures = {"entries": asked.entries, "semantic": settings["MADOGUCHI_SEMANTIC"]}
    print(json.dumps(figures | {"pss_mb": seen[-1], "most_pss_mb": max(seen)}))
    return 0


def _write_more(file: Path, wanted: int) -> None:
    parts = (words.split("・") for words in (_PEOPLE, _SUBJECTS, _MATTERS))
    made = itertools.islice(itertools.cycle(itertools.product(*parts)), wanted)
    with file.open("w", encoding="utf-8", newline="") as sheet:
        rows = csv.writer(sheet)
        rows.writerow(["ID", "質問", "回答"])
        for number, (people, subject, matter) in enumerate(made):
            question = f"{people}の{subject}の{matter}を知りたい（{number}）"
            answer = (
                f"{subject}の{matter}は窓口で受け付けます。{people}は本人確認書類を持って、"
                f"開いている時間に来てください。{number}番の例です。"
            )
            rows.writerow([f"more-{number}", question, answer])


def _watched(pid: int, seconds: float) -> Iterator[int]:
    until = time.monotonic() + seconds
    while True:
        yield sum(_pss_kb(one) for one in _family(pid)) // 1024
        if time.monotonic() > until:
            return
        time.sleep(1)


def _family(pid: int) -> list[int]:
    children = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue  # it has ended meanwhile
        if parent == pid:
            children += _family(int(stat.parent.name))
    return [pid, *children]


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended meanwhile
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], os.environ))
