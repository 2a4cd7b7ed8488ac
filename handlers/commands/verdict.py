"""Judges from the platform's own log whether every resident was answered, and once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

Entry = Mapping[str, Any]

AROUND_KILL = (timedelta(seconds=0.5), timedelta(seconds=2))
"""A reply accepted this shortly before (or after) a kill may go out again: nobody could note it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the questions of a torture.

    `lost` had no answer, `doubled` more than one; `again` were answered again though the first
    answer was seen to arrive; `changed` were tried again with another body. All four must be 0.
    `refused_retries` must not be: a platform that refused no retry shows that nothing was tested.
    """

    questions: int
    answered: int
    answered_late: int
    lost: int
    doubled: int
    again: int
    changed: int
    refused_retries: int
    refused_otherwise: int
    redelivered: int
    kills: int

    @property
    def is_good(self) -> bool:
        """True when every promise was kept."""
        broken = self.lost + self.doubled + self.again + self.changed + self.refused_otherwise
        return broken == 0 and self.questions > 0

    @property
    def had_teeth(self) -> bool:
        """True when the platform delivered again and had to refuse retries."""
        return self.refused_retries > 0 and self.redelivered > 0

    def as_json(self) -> dict[str, Any]:
        """For the command's output."""
        return asdict(self) | {"good": self.is_good, "had_teeth": self.had_teeth}


def judge(asked: Mapping[str, str], entries: Iterable[Entry], kills: Sequence[datetime]) -> Verdict:
    """`asked` gives for each event id the user id that asked; `entries` is the platform's log."""
    replies: dict[str, list[Entry]] = defaultdict(list)
    pushes: dict[str, list[Entry]] = defaultdict(list)
    redelivered = 0
    for entry in entries:
        if entry["kind"] == "webhook":
            redelivered += bool(entry["redelivered"])
        elif entry["endpoint"] == "reply":
            replies[entry.get("event_id") or ""].append(entry)
        elif entry["endpoint"] == "push":
            for user_id in entry.get("recipients") or ():
                pushes[user_id].append(entry)
    unanswered: dict[str, int] = defaultdict(int)
    for event_id, user_id in asked.items():
        unanswered[user_id] += not any(map(_accepted, replies[event_id]))
    late = {user_id: sum(map(_accepted, pushes[user_id])) for user_id in set(asked.values())}
    tries = [replies[event_id] for event_id in asked]
    strange = [held for event_id, held in replies.items() if event_id not in asked]
    return Verdict(
        questions=len(asked),
        answered=len(asked) - sum(unanswered.values()),
        answered_late=sum(late.values()),
        lost=sum(max(0, unanswered[user_id] - late[user_id]) for user_id in late),
        doubled=sum(max(0, late[user_id] - unanswered[user_id]) for user_id in late)
        + sum(max(0, sum(map(_accepted, held)) - 1) for held in tries),
        again=sum(_answered_again(held, kills) for held in tries),
        changed=sum(len({entry["body_hash"] for entry in held}) > 1 for held in tries)
        + sum(bool(e.get("retry_body_changed")) for held in pushes.values() for e in held),
        refused_retries=sum(map(_is_refused_retry, (e for held in tries for e in held))),
        refused_otherwise=sum(map(_is_refused, (e for held in [*tries, *strange] for e in held))),
        redelivered=redelivered,
        kills=len(kills),
    )


def _accepted(entry: Entry) -> bool:
    return bool(entry["verdict"] == "accepted")


def _is_refused_retry(entry: Entry) -> bool:
    return str(entry["verdict"]).startswith("refused: reply token used")


def _is_refused(entry: Entry) -> bool:
    verdict = str(entry["verdict"])
    retried = _is_refused_retry(entry) or verdict.startswith("refused: reply token expired")
    return verdict.startswith("refused") and not retried


def _answered_again(tries: Sequence[Entry], kills: Sequence[datetime]) -> bool:
    for position, entry in enumerate(tries[:-1]):
        if _accepted(entry) and not entry["fault"]:
            answered = datetime.fromisoformat(entry["at"])
            before, after = AROUND_KILL
            killed = any(answered - before <= kill <= answered + after for kill in kills)
            if not killed and position + 1 < len(tries):
                return True
    return False
