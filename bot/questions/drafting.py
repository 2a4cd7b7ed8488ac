"""Opens a draft for a cluster that no entry answers: prefilled as far as can be known."""

from collections.abc import Sequence

from bot import masking
from bot.knowledge.rules import distinct_wordings, normalise
from bot.knowledge.values import KnowledgeEntry
from bot.questions.cluster_queries import Line, Worded

_MOST_WORDINGS = 20


def draft(line: Line, wordings: Sequence[Worded], nearest: KnowledgeEntry | None) -> KnowledgeEntry:
    """An entry that is not kept yet: the title as question, the other wordings, and of the
    nearest entry its topic and section; the answer is left to staff.

    Its id is the cluster's, so that a form sent twice makes one entry. Wordings with a masked
    number are left out.
    """
    title = line.title or (wordings[0].text if wordings else "")
    others = [w.text for w in wordings if masking.MARK not in w.text]
    distinct = [w for w in distinct_wordings(others) if normalise(w) != normalise(title)]
    return KnowledgeEntry(
        id=f"review-{line.cluster.id}",
        question=title.replace(masking.MARK, ""),
        answer="",
        wordings=tuple(distinct[:_MOST_WORDINGS]),
        topic=nearest.topic if nearest else "",
        section=nearest.section if nearest else "",
    )
