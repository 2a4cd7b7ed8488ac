"""The house keeps its shape: layers, one migration head, small modules with a purpose."""

import ast
import subprocess
import sys
from pathlib import Path

from alembic.script import ScriptDirectory

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "content", "scheduler")


def modules() -> list[Path]:
    return sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py"))


def test_the_layers_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_there_is_one_migration_head() -> None:
    scripts = ScriptDirectory(str(ROOT / "bot" / "migrations"))
    assert len(scripts.get_heads()) == 1


def test_every_module_opens_with_what_it_is_for() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in modules()
        if not ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_no_module_is_over_three_hundred_lines() -> None:
    long = [
        str(file.relative_to(ROOT))
        for file in modules()
        if file.read_text(encoding="utf-8").count("\n") > 300
    ]
    assert long == []


def test_nothing_but_the_plan_stands_at_the_top() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    top = {name.split("/")[0] for name in tracked} or {
        path.name for path in ROOT.iterdir() if path.name in PACKAGES
    }
    known = {*PACKAGES, "tests", "wsgi.py", "pyproject.toml", "README.md", "LICENSE"}
    assert {name for name in top if not name.startswith(".")} - known == set()


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "helpers", "common", "manager", "misc"}
    assert [str(file) for file in modules() if file.stem in drawers] == []
