"""Decides from scores whether to answer, to offer a choice, or to say that nothing is known."""

import numpy as np

from bot.answers.index import Index
from bot.answers.preparing import PreparedQuestion
from bot.answers.values import Decision, Outcome, Ranked

GATE = 0.35
MARGIN = 0.15


def decide(question: PreparedQuestion, index: Index, top: int) -> Decision:
    """The decision for a question whose words are known to the index."""
    scores = index.score(question)
    best = np.argsort(-scores, kind="stable")[:top]
    ranked = tuple(Ranked(index.entries[i].entry.id, float(scores[i])) for i in best if scores[i])
    gate = min(ranked[0].score / 1.8, 1.0) if ranked else 0.0
    margin = ranked[0].score - ranked[1].score if len(ranked) > 1 else gate
    if gate < GATE:
        outcome = Outcome.UNANSWERED
    else:
        outcome = Outcome.DIRECT if margin >= MARGIN else Outcome.CANDIDATES
    return Decision(outcome, ranked, gate, margin, None, question.folded)
