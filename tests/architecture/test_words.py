"""Every word the desk says exists, fits, and is said somewhere."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import content
from bot.line.limits import graphemes, units
from bot.speech.texts import Texts

ROOT = Path(__file__).parents[2]
TEXTS = Texts.read(content.folder() / "texts")
NAMED_BY_OTHERS = (
    "knowledge.",
    "console.",
    "console_",
    "pages.",
    "plan_page.",
    "class_page.",
    "booking_page.",
    "week.",
)
"""Texts which are named by data or by templates rather than by calls of `say`."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("bot", "handlers", "scheduler"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield file, ast.parse(file.read_text(encoding="utf-8"))


def named_texts() -> Iterator[str]:
    """Names of texts as they stand in code; an f-string gives a pattern with a star."""
    for _file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = (p.value if isinstance(p, ast.Constant) else "*" for p in node.values)
                yield "".join(str(part) for part in parts)


def said() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call of `say` or `label` with a literal name."""
    for file, tree in sources():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("say", "label")
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
                and "." in node.args[0].value  # a column's label has no point in its name
            ):
                yield file, node, node.args[0].value


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_that_is_said_exists_and_its_blanks_are_filled() -> None:
    faults = []
    for file, call, name in said():
        if name not in TEXTS.names():
            faults.append(f"{file.name}:{call.lineno} says {name}, which content does not have")
            continue
        given = {keyword.arg for keyword in call.keywords}
        if None in given:  # ** hands over what only a run can tell
            continue
        for version in filter(None, (TEXTS.find(name).plain, TEXTS.find(name).easy)):
            if blanks(version) - given:
                faults.append(f"{file.name}:{call.lineno} leaves {blanks(version) - given} empty")
    assert faults == []


def test_no_text_is_orphaned() -> None:
    named = set(named_texts())
    exact = {name for name in named if "*" not in name}
    patterns = [
        re.compile(re.escape(name).replace(r"\*", r"\w+"))
        for name in named
        if re.fullmatch(r"\w+\.[\w*]+", name) and "*" in name
    ]
    orphans = [
        name
        for name in TEXTS.names()
        if name not in exact
        and not any(pattern.fullmatch(name) for pattern in patterns)
        and not name.startswith(NAMED_BY_OTHERS)
    ]
    assert sorted(orphans) == []


@pytest.mark.parametrize("name", sorted(n for n in TEXTS.names() if n.startswith("button.")))
def test_a_button_says_it_in_twenty_characters(name: str) -> None:
    assert 1 <= graphemes(TEXTS.find(name).plain) <= 20


def test_every_text_fits_a_message() -> None:
    too_long = [
        name
        for name in TEXTS.names()
        for version in (TEXTS.find(name).plain, TEXTS.find(name).easy or "あ")
        if units(version) > 1000
    ]
    assert too_long == []


def test_residents_words_stand_in_content_and_not_in_code() -> None:
    """A sentence in kana inside a string constant belongs into content/texts."""
    kana_sentence = re.compile(r"[ぁ-ん].*[。？！]")
    faults = []
    for file, tree in sources():
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documentation
                and kana_sentence.search(node.value)
                and not {"emulator", "answers"} & set(file.parts)  # a demo's page; grammar
                and not file.name.startswith("bench_")
            ):
                faults.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.value[:30]}")
    assert faults == []


def test_no_error_is_called_an_error_to_a_resident() -> None:
    blunt = [n for n in TEXTS.names() if "エラー" in TEXTS.find(n).plain]
    assert [name for name in blunt if not name.startswith(NAMED_BY_OTHERS)] == []
