"""What changed between two versions, field by field and sentence by sentence."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from bot.knowledge.shelves import field_names, pack
from handlers.console.knowledge_forms import Filled, shown
from handlers.console.knowledge_kinds import Kind

_PIECES = re.compile(r"[^。、！？\n]*(?:[。、！？]|\n|$)")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words that stayed, went or came. `how`: same, gone, new."""

    how: str
    words: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that differs, with its words in one reading order."""

    field: str
    pieces: tuple[Piece, ...]


def differences(kind: Kind, before: Any, after: Any) -> tuple[Difference, ...]:
    """The fields in which two contents differ, in the order of the form."""
    old, new = _said(kind, before), _said(kind, after)
    return tuple(
        Difference(name, pieces(old.get(name, ""), new.get(name, "")))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    )


def between_forms(mine: Filled, theirs: Filled) -> tuple[Difference, ...]:
    """The fields in which what I typed differs from what a colleague saved meanwhile."""
    return tuple(
        Difference(name, pieces(theirs.values.get(name, ""), typed))
        for name, typed in mine.values.items()
        if typed != theirs.values.get(name, "")
    )


def changed_values(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs as the audit trail keeps it: the values before and after."""
    old = pack(before) if before is not None else {}
    new = pack(after) if after is not None else {}
    names = [n for n in field_names(type(after or before)) if old.get(n) != new.get(n)]
    return {n: old[n] for n in names if n in old}, {n: new[n] for n in names if n in new}


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """The words of two texts by sentence: what stayed, what went, what came."""
    a, b = _PIECES.findall(old), _PIECES.findall(new)
    found: list[Piece] = []
    for step, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if step == "equal":
            found += _piece("same", a[i:j])
        else:
            found += [*_piece("gone", a[i:j]), *_piece("new", b[k:m])]
    return tuple(found)


def _piece(how: str, held: Sequence[str]) -> Iterable[Piece]:
    words = "".join(held)
    if words:
        yield Piece(how, words)


def _said(kind: Kind, content: Any) -> dict[str, str]:
    return shown(kind, content).values if content is not None else {}
