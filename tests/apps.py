"""What every web app of a test would make anew although it is always the same, made once.

Tests open some thousand apps. Two thirds of the time went into compiling the same addresses into
Python functions, and the same templates.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


class KeptTemplates(BytecodeCache):
    """Compiled templates, by name and by what stands in them (Jinja compares it)."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        held = self._compiled.get(f"{bucket.key}{bucket.checksum}")
        if held is not None:
            bucket.bytecode_from_string(held)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[f"{bucket.key}{bucket.checksum}"] = bucket.bytecode_to_string()


@contextmanager
def made_once() -> Iterator[None]:
    """Within it apps share compiled templates, and the functions that put addresses together."""
    compile_anew: Callable[..., Any] = Rule._compile_builder
    functions: dict[tuple[Any, ...], Any] = {}

    def compiled(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # they are part of the function
            return compile_anew(rule, append_unknown)
        key = (rule.rule, append_unknown, *rule._trace)
        if key not in functions:
            functions[key] = compile_anew(rule, append_unknown)
        return functions[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", compiled)
        options = {**Flask.jinja_options, "bytecode_cache": KeptTemplates()}
        patched.setattr(Flask, "jinja_options", options)
        yield
