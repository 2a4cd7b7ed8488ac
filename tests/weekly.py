"""Plays the demo's week in a test: whole or in parts, with a broken promise or none.

`python -m tests.weekly demo …` is `madoguchi demo …` whose product is this program again, so that
MADOGUCHI_TEST_MUTATION breaks a promise in it. With MADOGUCHI_TEST_PREPARED the database that one
playing prepared is taken by those after it.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.browser.demonstration import ROOT, free_pair

_LEFT = ("clock.json", "product.log", "emulator")


@dataclass(frozen=True)
class Playing:
    """How a playing of the week ended."""

    status: int
    said: str
    outcome: dict[str, Any]
    page: Path
    seconds: float


def play(
    folder: Path, *, parts: tuple[str, ...] = (), mutation: str = "", prepared: Path | None = None
) -> Playing:
    """Plays the week, or these parts of it, in a town of its own."""
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MADOGUCHI_")},
        "MADOGUCHI_VAR": str(folder),
        "MADOGUCHI_TEST_MUTATION": mutation,
        **({"MADOGUCHI_TEST_PREPARED": str(prepared)} if prepared else {}),
    }
    wanted = [word for part in parts for word in ("--part", part)]
    command = ["-m", "tests.weekly", "demo", "--week", "--port", str(free_pair()), *wanted]
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, *command],
        check=False,
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=300,
    )
    said = ended.stdout + ended.stderr
    file = folder / "week" / "week.json"
    assert file.exists(), said
    outcome = json.loads(file.read_text(encoding="utf-8"))
    page = folder / "week" / "week.html"
    return Playing(ended.returncode, said, outcome, page, time.monotonic() - began)


def _keep_prepared(prepared: Path) -> None:
    """Makes the demo take what is prepared already, or leave it there."""
    from handlers.commands import demo, demo_week

    run, fresh_folder = demo.run, demo_week.fresh_folder

    def fresh(place: Path) -> Path:
        made = fresh_folder(place)
        if prepared.exists():
            shutil.copytree(prepared, made, dirs_exist_ok=True)
        return made

    def run_with(args: Any, environ: Any, voice: Any, prepare: Any, furnish: Any) -> int:
        def prepare_once(settings: Any) -> None:
            if not prepared.exists():
                prepare(settings)
                left = shutil.ignore_patterns(*_LEFT)
                shutil.copytree(settings["MADOGUCHI_VAR"], prepared, ignore=left)

        return run(args, environ, voice, prepare_once, furnish)

    demo.run, demo_week.fresh_folder = run_with, fresh


def main() -> int:
    """The demo, or the product that it starts."""
    import wsgi

    if sys.argv[1] == "demo":
        from handlers.commands import demo

        demo.PROGRAM = ("-m", "tests.weekly")
        if prepared := os.environ.get("MADOGUCHI_TEST_PREPARED"):
            _keep_prepared(Path(prepared))
    else:
        from tests import mutations

        mutations.apply(os.environ.get("MADOGUCHI_TEST_MUTATION"))
    return wsgi.main()


if __name__ == "__main__":
    sys.exit(main())
