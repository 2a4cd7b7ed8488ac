"""No column of bytes escapes the turning of the keys because nobody thought of it."""

import ast
from pathlib import Path

from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from bot.db import Sealed
from bot.migrations.tables import metadata
from bot.resealing import sealed_columns

ROOT = Path(__file__).parents[2]


def test_every_column_of_bytes_is_declared_as_sealed_or_as_plain() -> None:
    undeclared = []
    for table in metadata.tables.values():
        for column in table.columns:
            kind = column.type
            base = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
            declared = isinstance(kind, Sealed) or column.info.get("plain")
            if isinstance(base, LargeBinary) and not declared:
                undeclared.append(f"{table.name}.{column.name}")
    assert undeclared == []


def test_a_column_named_sealed_is_sealed() -> None:
    loose = [
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.startswith("sealed") and not isinstance(column.type, Sealed)
    ]
    assert loose == []


def test_a_table_with_a_sealed_column_has_a_key_to_walk_by() -> None:
    keyless = [c.table.name for c in sealed_columns(metadata) if not c.table.primary_key.columns]
    assert keyless == []


def test_every_purpose_that_is_sealed_for_has_its_column() -> None:
    """A purpose is a dotted word handed to `seal`, by itself or by a constant of its module."""
    declared = {column.purpose for column in sealed_columns(metadata)}
    strange = []
    for file in sorted((ROOT / "bot").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = _constants(tree)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "seal"
                and len(node.args) == 2
            ):
                purpose = _purpose(node.args[1], constants)
                if purpose is not None and purpose not in declared:
                    strange.append(f"{file.relative_to(ROOT)}:{node.lineno} {purpose}")
    assert strange == []


def _constants(tree: ast.Module) -> dict[str, str]:
    held = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
                for name, value in zip(names, values, strict=False):
                    if isinstance(name, ast.Name) and isinstance(value, ast.Constant):
                        held[name.id] = str(value.value)
    return held


def _purpose(node: ast.expr, constants: dict[str, str]) -> str | None:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return constants.get(node.id) if isinstance(node, ast.Name) else None
