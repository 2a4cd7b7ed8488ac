"""The README's "How to add": a step forgotten there is told here, not by a resident or a city."""

import ast
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

import content
from bot.knowledge.shelves import field_names
from handlers.chat.routes import BY_BUTTON
from handlers.console.contents import SECTIONS
from handlers.console.knowledge_kinds import KnowledgeKinds
from tests.architecture.test_words import ROOT, TEXTS, sources

KINDS = KnowledgeKinds.read().kinds
FOR_RESIDENTS = ("bot/speech", "handlers/chat", "handlers/pages")
MIGRATIONS = ROOT / "bot" / "migrations" / "versions"


def calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    """Calls of a function, by its name or as something's attribute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            if name in (getattr(called, "attr", None), getattr(called, "id", None)):
                yield node


def whole_strings(tree: ast.Module) -> Iterator[str]:
    """String constants that are not the parts of an f-string."""
    nodes = list(ast.walk(tree))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def test_every_button_on_a_card_has_someone_who_answers() -> None:
    routes = [
        (f"{file.name}:{call.lineno}", call.args[1].value)
        for file, tree in sources()
        for call in calls(tree, "postback")
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    ]
    assert len(routes) > 30
    assert [place for place, route in routes if route not in BY_BUTTON] == []


def test_every_text_named_in_code_exists_however_it_comes_to_be_said() -> None:
    """Names kept in tables or handed on are not seen by who looks for calls of `say` alone."""
    files = {name.split(".")[0] for name in TEXTS.names()}
    faults = []
    for file, tree in sources():
        where = file.relative_to(ROOT).as_posix()
        for name in whole_strings(tree):
            stem, _, key = name.partition(".")
            for_whom = where.startswith(FOR_RESIDENTS) or stem.startswith("console_")
            is_name = stem in files and re.fullmatch(r"\w+", key) and not key.endswith("_")
            if for_whom and is_name and key != "html" and name not in TEXTS.names():
                faults.append(f"{where} names {name}")
    assert faults == []


def test_a_text_is_a_line_or_a_table_of_its_two_versions() -> None:
    """A line written below the first [table] of its file would belong to that table, unread."""
    strange = [
        f"{file.name} {name}"
        for file in sorted((content.folder() / "texts").glob("*.toml"))
        for name, held in tomllib.loads(file.read_text(encoding="utf-8")).items()
        if not isinstance(held, str) and not {"text"} <= set(held) <= {"text", "easy"}
    ]
    assert strange == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_of_the_knowledge_stands_in_its_table_and_in_its_form(kind: Any) -> None:
    """A column without a place in the form would be emptied by whoever saves the form."""
    columns = {column.field for column in kind.form.columns}
    assert columns == set(field_names(kind.shelf.content))
    assert columns - {"id"} == {field for _, fields in kind.groups for field in fields}
    assert {f"console_knowledge.field_{field}" for field in columns} <= TEXTS.names()


def test_a_new_column_has_a_value_for_the_rows_that_are_there() -> None:
    """Empty tables take a column without one; a city's do not."""
    bare = []
    for file in sorted(MIGRATIONS.glob("*.py")):
        for call in calls(ast.parse(file.read_text(encoding="utf-8")), "add_column"):
            bare.extend(f"{file.name}:{call.lineno}" for _ in columns_without_a_value(call))
    assert bare == []


def columns_without_a_value(call: ast.Call) -> Iterator[ast.Call]:
    for column in call.args:
        if isinstance(column, ast.Call):
            given = {keyword.arg: keyword.value for keyword in column.keywords}
            is_needed = getattr(given.get("nullable"), "value", True) is False
            if is_needed and "server_default" not in given:
                yield column


def test_every_action_in_the_audit_trail_is_told_in_words() -> None:
    """Without them the trail shows the code's own name for it."""
    actions = {
        call.args[1].value
        for _, tree in sources()
        for call in calls(tree, "record")
        if len(call.args) > 1 and isinstance(call.args[1], ast.Constant)
    }
    assert len(actions) > 30
    told = {action: f"console_actions.{action.replace('.', '_')}" for action in actions}
    assert [action for action, name in told.items() if name not in TEXTS.names()] == []


def test_no_two_topics_of_the_console_share_a_name() -> None:
    names = [section.name for section in SECTIONS]
    assert sorted(names) == sorted(set(names))
