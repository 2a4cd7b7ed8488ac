"""Measures how well decisions meet judged questions, in the terms of the contract."""

import math
import resource
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bot.answers.values import Decision, Outcome

Grades = Mapping[str, Mapping[str, int]]


def grades(judgements: Iterable[tuple[str, str, int]]) -> Grades:
    """Grades by question and entry (2 correct, 1 related)."""
    found: dict[str, dict[str, int]] = {}
    for query_id, entry_id, grade in judgements:
        found.setdefault(query_id, {})[entry_id] = grade
    return found


def ranking(
    decisions: Mapping[str, Decision], of: Sequence[str], grades: Grades, least: int
) -> dict[str, float]:
    """Hit@1, 3, 10 and MRR over the questions `of`; an entry counts from grade `least` on.

    A question whose right entry is beyond the ranks that were asked for counts as not found.
    """
    ranks = [_first_right(decisions[i], grades.get(i, {}), least) for i in of]
    shares = {f"hit{k}": _mean([rank <= k for rank in ranks]) for k in (1, 3, 10)}
    return shares | {"mrr": _mean([1 / rank for rank in ranks])}


def outcomes(
    decisions: Mapping[str, Decision], judged: Sequence[str], grades: Grades
) -> dict[str, float]:
    """The share of each outcome among the judged, and how many direct answers were right."""
    direct = [i for i in judged if decisions[i].outcome is Outcome.DIRECT]
    right = [_first_right(decisions[i], grades[i], 2) == 1 for i in direct]
    shares = {
        outcome.value: _mean([decisions[i].outcome is outcome for i in judged])
        for outcome in Outcome
    }
    return {
        "direct": shares["direct"],
        "direct_precision": _mean(right),
        "candidates": shares["candidates"],
        "unanswered": shares["unanswered"],
    }


def off_topic(on: Sequence[Decision], off: Sequence[Decision]) -> dict[str, float]:
    """How well the gate's score tells city questions from others (area under the ROC curve),
    the share of the others that is rejected, and of city questions that is kept."""
    return {
        "auroc": _auroc([d.gate for d in on], [d.gate for d in off]),
        "rejected": _mean([d.outcome is Outcome.UNANSWERED for d in off]),
        "answerable_kept": _mean([d.outcome is not Outcome.UNANSWERED for d in on]),
    }


def part(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed; 0 without values."""
    if not values:
        return 0.0
    return round(sorted(values)[max(math.ceil(share * len(values)) - 1, 0)], 2)


def resident_megabytes() -> float:
    """The memory this process occupies now; where the system does not tell, at its highest."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    except OSError:
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return highest / (2**20 if sys.platform == "darwin" else 2**10)


def _first_right(decision: Decision, grades: Mapping[str, int], least: int) -> float:
    for rank, ranked in enumerate(decision.ranked, start=1):
        if grades.get(ranked.entry_id, 0) >= least:
            return rank
    return math.inf


def _auroc(on: Sequence[float], off: Sequence[float]) -> float:
    if not on or not off:
        return 0.0
    higher = sum((a > b) + 0.5 * (a == b) for a in on for b in off)
    return round(higher / (len(on) * len(off)), 4)


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
