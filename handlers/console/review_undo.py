"""元に戻す for groups of 未回答: the reverse of what was just done, on the versions it left."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.questions import cluster_queries
from bot.questions.clusters import Done, Merged, Seen, Split
from handlers.console import undoing
from handlers.console.desk import Desk

_MOST_QUESTIONS = 200
"""More do not fit an address; such a merge is taken apart by hand."""

Members = Mapping[int, Sequence[int]]


def members(session: Session, picked: Sequence[Seen]) -> Members:
    """The questions of each picked group, before they are merged."""
    return cluster_queries.members(session, [one.id for one in picked])


def of_one(desk: Desk, do: str, outcome: Done, reason: str = "") -> str | None:
    """After taking, giving, freeing, setting aside or taking up one group."""
    if outcome.before is None or outcome.before == outcome.after:
        return None
    fields = [("version", str(outcome.after.version)), *_reverse(do, [outcome], reason)]
    return desk.undo("review_cluster_act", fields, cluster_id=outcome.after.id)


def of_split(desk: Desk, outcome: Split) -> str:
    """After splitting: both are one group again."""
    picks = [("pick", f"{one.id}:{one.version}") for one in (outcome.after, outcome.new)]
    return desk.undo("review_together", [("do", "merge"), *picks])


def of_many(desk: Desk, do: str, outcomes: Sequence[Any], held: Members) -> str | None:
    """After one action on many; None where no single button can undo it."""
    merged = next((one for one in outcomes if isinstance(one, Merged)), None)
    if merged is not None:
        return _of_merge(desk, merged, held)
    done = [one for one in outcomes if isinstance(one, Done) and one.before != one.after]
    reverse = _reverse(do, done, "")
    if not done or not reverse:
        return None
    picks = [("pick", f"{one.after.id}:{one.after.version}") for one in done]
    return desk.undo("review_together", [*reverse, *picks])


def _of_merge(desk: Desk, merged: Merged, held: Members) -> str | None:
    groups = [(one, held.get(one.id, ())) for one in merged.gone]
    if sum(len(numbers) for _, numbers in groups) > _MOST_QUESTIONS:
        return None
    fields = [("version", str(merged.after.version))]
    fields += [
        ("group", f"{one.assignee or ''}|{','.join(map(str, numbers))}")
        for one, numbers in groups
        if numbers
    ]
    return desk.undo("review_unmerge_unmerge", fields, cluster_id=merged.after.id)


def _reverse(do: str, done: Sequence[Done], reason: str) -> list[tuple[str, str]]:
    if do == "ignore":
        return [("do", "reopen")]
    if do == "reopen":
        why = {one.before.reason or reason for one in done if one.before}
        return [("do", "ignore"), ("reason", why.pop())] if len(why) == 1 and any(why) else []
    before = {one.before.assignee for one in done if one.before}
    if len(before) != 1:
        return []  # each had somebody else
    who = before.pop()
    return [("do", "give"), ("who", who)] if who else list(undoing.fields(do="free"))
