"""Forms as lists of their fields: what is not declared is not read, whatever is posted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import request

NEVER_KEPT = frozenset({"csrf_token", "password", "again", "current", "code"})
"""Names of fields that no draft keeps and no page gives back."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its label is the text `label`; lengths count characters.

    `kind` is an <input> type, "area" for several lines, "roles" for boxes to tick.
    """

    name: str
    label: str
    kind: str = "text"
    most: int = 200
    is_needed: bool = True
    hint: str | None = None
    autocomplete: str = "off"

    @property
    def is_secret(self) -> bool:
        """True for what is never shown again."""
        return self.kind == "password"


@dataclass(slots=True)
class Form:
    """The fields with what was typed, and what is wrong with it (texts, by field)."""

    fields: Sequence[Field]
    values: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, list[str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def is_good(self) -> bool:
        """True while nothing is wrong."""
        return not self.faults

    def refuse(self, name: str, words: str) -> None:
        """Says by a field what is wrong with it; the first fault stays."""
        self.faults.setdefault(name, words)

    def field(self, name: str) -> Field:
        """The declaration of a field."""
        return next(one for one in self.fields if one.name == name)


def empty(fields: Sequence[Field], values: Mapping[str, str] | None = None) -> Form:
    """A form to be filled in, perhaps begun."""
    return Form(fields, dict(values or {}))


def posted(fields: Sequence[Field], fault: Callable[[Field, bool], str]) -> Form:
    """The declared fields of the posted form, checked for presence and length.

    `fault` words what is wrong with a field: absent (True) or too long. Line ends become "\\n".
    """
    form = Form(fields)
    for one in fields:
        typed = request.form.get(one.name, "").replace("\r\n", "\n")
        if not one.is_secret:
            typed = typed.strip()
        form.values[one.name] = typed
        form.chosen[one.name] = request.form.getlist(one.name)
        if (one.is_needed and not typed) or len(typed) > one.most:
            form.refuse(one.name, fault(one, not typed))
    return form
