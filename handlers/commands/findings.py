"""What a check of the doctor found, as a value."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a check came out; a warning does not fail the command, and unknown is never green."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name for programs, a sentence for people, and each thing to be mended."""

    name: str
    state: State
    said: str
    items: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As the contract gives it; `items` only where there are some."""
        core = {"name": self.name, "state": str(self.state), "said": self.said}
        return {**core, "items": list(self.items)} if self.items else core
