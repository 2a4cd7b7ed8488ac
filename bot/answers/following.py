"""Makes the answer engine over what the database knows, to be refreshed while it runs."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answers.threads import use_one_thread_a_question
from bot.db import Database

if TYPE_CHECKING:
    from bot.answers.live import LiveEngine

log = logging.getLogger("madoguchi.answers")


def following(
    database: Database,
    *,
    semantic: str,
    folder: Path,
    phrases: Sequence[str],
    small_talk: Sequence[str],
) -> "LiveEngine":
    """An engine that has read all knowledge once; it is empty when that failed.

    `semantic` is the setting MADOGUCHI_SEMANTIC, `folder` keeps vectors from one start to the
    next, `phrases` are padding that tells nothing, `small_talk` are sentences that ask nothing.
    """
    use_one_thread_a_question(os.environ)  # before NumPy is loaded

    from bot.answers.live import Changes, LiveEngine
    from bot.answers.models import embedder_for
    from bot.answers.stored import StoredVectors
    from bot.answers.values import Entry
    from bot.knowledge import service as knowledge

    def changes_since(version: int) -> Changes:
        with database.reading() as session:
            new = knowledge.changes_since(session, version)
        put = tuple(Entry(e.id, e.question, e.answer, e.wordings) for e in new.put)
        ignorable = None if new.ignorable is None else [*new.ignorable, *phrases]
        return Changes(new.version, put, new.removed, new.synonyms, ignorable)

    embedder = embedder_for(semantic)
    vectors = StoredVectors(folder) if embedder else None
    live = LiveEngine(changes_since, small_talk=small_talk, embedder=embedder, vectors=vectors)
    try:
        live.refresh()
    except Exception as fault:
        # The desk opens all the same: residents get a telephone number until a round succeeds.
        log.error("the knowledge could not be loaded yet: %s", type(fault).__name__)
    return live
