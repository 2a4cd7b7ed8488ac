"""The engine follows the knowledge while it is asked."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.answers.live import Changes, LiveEngine, NotLoaded
from bot.answers.stored import StoredVectors
from bot.answers.values import Entry, Outcome
from tests.unit.answers.samples import ENTRIES, IGNORABLE, SMALL_TALK, SYNONYMS, LetterModel, engine


class Knowledge:
    """A source of changes that a test edits."""

    def __init__(self) -> None:
        self.version = 1
        self.away = False
        self.changes = Changes(1, put=ENTRIES, synonyms=SYNONYMS, ignorable=IGNORABLE)

    def since(self, version: int) -> Changes:
        """What is new after a version."""
        if self.away:
            raise ConnectionError
        return Changes(version) if version == self.version else self.changes

    def put(self, *entries: Entry) -> None:
        """Adds entries."""
        self.version += 1
        self.changes = Changes(self.version, put=entries)


def test_an_edit_is_found_by_words_after_one_refresh_and_by_meaning_after_the_background_run() -> (
    None
):
    knowledge = Knowledge()
    live = LiveEngine(knowledge.since, small_talk=SMALL_TALK, embedder=LetterModel())
    assert live.refresh()
    assert not live.refresh()
    live.embed_missing()
    assert live.engine.complete

    knowledge.put(Entry("drone", "公園でドローンを飛ばしたい", "公園では飛ばせません。"))
    assert live.refresh()
    assert live.ask("ドローンを飛ばせるところは").ranked[0].entry_id == "drone"
    assert not live.engine.complete
    assert live.embed_missing() == 2
    assert live.engine.complete


def test_the_background_run_completes_by_itself() -> None:
    live = LiveEngine(Knowledge().since, embedder=LetterModel())
    live.refresh()
    live.embed_in_background()
    live.embed_in_background()
    deadline = time.monotonic() + 20
    while not live.engine.complete and time.monotonic() < deadline:
        time.sleep(0.01)
    assert live.engine.complete


def test_an_error_of_the_source_leaves_the_answers_as_they_were() -> None:
    knowledge = Knowledge()
    live = LiveEngine(knowledge.since)
    live.refresh()

    knowledge.away = True
    with pytest.raises(ConnectionError):
        live.refresh()
    assert live.ask("図書館の開館時間").outcome is Outcome.DIRECT


def test_vectors_are_embedded_once_for_all_processes(tmp_path: Path) -> None:
    first, second = LetterModel(), LetterModel()
    for model in (first, second):
        live = LiveEngine(Knowledge().since, embedder=model, vectors=StoredVectors(tmp_path))
        live.refresh()
        live.embed_missing()
        assert live.engine.complete
    assert (first.asked > 0, second.asked) == (True, 0)


def test_many_threads_ask_while_the_knowledge_changes() -> None:
    knowledge = Knowledge()
    live = LiveEngine(knowledge.since, embedder=LetterModel())
    live.refresh()
    stop = threading.Event()

    def edit() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            knowledge.put(Entry(f"new-{number % 7}", f"新しい質問その{number}", "新しい答えです。"))
            live.refresh()
            live.embed_missing()

    editor = threading.Thread(target=edit)
    editor.start()
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda _: live.ask("図書館の開館時間").ranked[0].entry_id, range(300))
        )
    stop.set()
    editor.join()
    assert set(answers) == {"library"}


def test_asking_in_many_threads_gives_what_asking_alone_gives() -> None:
    desk = engine(model=LetterModel())
    texts = [entry.question + "について" for entry in ENTRIES] * 8
    alone = [desk.ask(text) for text in texts]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(desk.ask, texts)) == alone


def test_before_the_knowledge_was_read_nothing_is_called_unanswered() -> None:
    knowledge = Knowledge()
    knowledge.away = True
    live = LiveEngine(knowledge.since)
    with pytest.raises(ConnectionError):
        live.refresh()
    with pytest.raises(NotLoaded):
        live.ask("図書館の開館時間")
    knowledge.away = False
    live.refresh()
    assert live.ask("図書館の開館時間").outcome is Outcome.DIRECT
