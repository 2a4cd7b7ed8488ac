"""The README's picture of the house, its journeys and its recipes name only what is there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("bot", "handlers", "content", "scheduler", "tests")
FILE_OR_FOLDER = re.compile(r"(?<![\w/*.])([\w*/-]+\.(?:py|toml|csv)|[\w-]+/)(?=[\s,;:)]|$)")
FILE_NAME = re.compile(r"[\w*/-]+\.(?:py|toml|csv|html)")
NAME = re.compile(r"\w+(?:\.\w+)*")


def the_house() -> tuple[str, str]:
    """The picture, and what follows it as far as the reasons: journeys and recipes."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, picture, prose = readme.split("\n## The house\n", 1)[1].split("```", 2)
    return picture, prose.split("\nWhere we left the plan", 1)[0]


def pictured() -> Iterator[tuple[str, list[str]]]:
    """Each file or folder of the picture, with the folders it may stand in."""
    top, below = "", ["."]
    for line in the_house()[0].splitlines():
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        found = FILE_OR_FOLDER.findall(line)
        if depth == 0:
            top, below = found[0] if found[0].endswith("/") else "", []
        elif depth == 2:
            below = [f"{top}{name}" for name in found if name.endswith("/")]
        for name in found:
            yield name, [".", top or ".", *below]


def named_in_prose() -> list[str]:
    """What stands between backticks, without what is handed to it."""
    quoted = re.findall(r"`([^`\n]+)`", the_house()[1])
    return [name.lstrip("@").split("(", 1)[0] for name in quoted]


def is_there(path: str) -> bool:
    """A path from the top, or the bare name of a file that is somewhere in the house."""
    if any(ROOT.glob(path.rstrip("/"))):
        return True
    return "/" not in path and any(next((ROOT / p).rglob(path), None) for p in PACKAGES)


def is_defined(name: str) -> bool:
    """An instance is called after its class: `desk.show` is a method of Desk."""
    return name in defined() or f"{name[:1].upper()}{name[1:]}" in defined()


@cache
def defined() -> frozenset[str]:
    """Every dotted name by which code may be called: module.function, package.function, …"""
    names: set[str] = set()
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            module = file.relative_to(ROOT).with_suffix("").parts
            module = module[:-1] if module[-1] == "__init__" else module
            # A service is called by its package: `from bot.inbox import service as inbox`.
            homes = [module, module[:-1]] if module[-1] == "service" else [module]
            inside = list(_names_of(ast.parse(file.read_text(encoding="utf-8"))))
            names.update(inside)
            for home in homes:
                for start in range(len(home)):
                    called = ".".join(home[start:])
                    names.add(called)
                    names.update(f"{called}.{name}" for name in inside)
    return frozenset(names)


def _names_of(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _names_of(node))
        if isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_all_that_the_picture_of_the_house_shows_is_there() -> None:
    shown = list(pictured())
    missing = [
        name
        for name, places in shown
        if not any(next((ROOT / place).glob(name.rstrip("/")), None) for place in places)
    ]
    assert len(shown) > 90
    assert missing == []


def test_all_that_the_journeys_and_recipes_call_by_name_is_there() -> None:
    names = [n for n in named_in_prose() if NAME.fullmatch(n) and not FILE_NAME.fullmatch(n)]
    assert len(names) > 30
    assert [name for name in names if not is_defined(name)] == []


def test_every_file_and_folder_the_recipes_name_is_there() -> None:
    """Capitals stand for what the reader names."""
    paths = [n for n in named_in_prose() if FILE_NAME.fullmatch(n) or n.endswith("/")]
    assert len(paths) > 15
    assert [path for path in paths if not is_there(re.sub("[A-Z]{3,}", "*", path))] == []


@pytest.mark.parametrize("wrong", ["handlers.chat.nobody", "Keeper.keeps", "inbox.claims"])
def test_a_wrong_name_is_told_from_a_right_one(wrong: str) -> None:
    assert not is_defined(wrong)
    assert all(map(is_defined, ["handlers.chat", "Keeper.keep", "inbox.claim", "desk.show"]))
    assert not is_there("handlers/nobody.py")
