"""Holds the engine of the moment and keeps it in step with the knowledge."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.answers.engine import Engine
from bot.answers.meaning import Embedder, VectorStore
from bot.answers.thrift import give_back
from bot.answers.values import Decision, Entry


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the knowledge since a version; None stands for unchanged words."""

    version: int
    put: tuple[Entry, ...] = ()
    removed: tuple[str, ...] = ()
    synonyms: Sequence[Sequence[str]] | None = None
    ignorable: Sequence[str] | None = None


class NotLoaded(Exception):
    """The knowledge has not been read yet: "no answer" would be a guess. Ask again later."""


_GIVE_BACK_EVERY = 60
ChangesSince = Callable[[int], Changes]


class LiveEngine:
    """An engine that follows its source; safe to ask and to refresh from several threads.

    Starts empty at version 0. `changes_since(version)` tells what is new after a version; the
    same version comes back when nothing is. Until it has told once, questions are refused. An
    error of the source goes to who refreshed and leaves everything as it was.
    """

    def __init__(
        self,
        changes_since: ChangesSince,
        *,
        small_talk: Iterable[str] = (),
        embedder: Embedder | None = None,
        vectors: VectorStore | None = None,
    ) -> None:
        self._changes_since = changes_since
        self._engine = Engine.build(
            (), small_talk=tuple(small_talk), embedder=embedder, vectors=vectors
        )
        self._version = 0
        self._is_loaded = False
        self._refreshed = 0
        self._refreshing = threading.Lock()
        self._starting = threading.Lock()
        self._background: threading.Thread | None = None

    @property
    def engine(self) -> Engine:
        """The engine of the moment."""
        return self._engine

    def ask(self, text: str, *, top: int = 10) -> Decision:
        """The decision of the engine of the moment. Raises NotLoaded before the first refresh."""
        if not self._is_loaded:
            raise NotLoaded
        return self._engine.ask(text, top=top)

    def refresh(self) -> bool:
        """Takes over what changed, by words at once; whether anything did.

        Refreshing twice changes nothing more. While another thread refreshes, returns False
        without waiting.
        """
        if not self._refreshing.acquire(blocking=False):
            return False
        try:
            self._refreshed += 1
            if self._refreshed % _GIVE_BACK_EVERY == 0:
                give_back()
            changes = self._changes_since(self._version)
            self._is_loaded = self._is_loaded or changes.version == self._version
            if changes.version == self._version:
                return False
            self._engine = self._engine.with_changes(
                put=changes.put,
                removed=changes.removed,
                synonyms=changes.synonyms,
                ignorable=changes.ignorable,
            )
            self._version = changes.version
            self._is_loaded = True
            return True
        finally:
            self._refreshing.release()

    def embed_missing(self) -> int:
        """Embeds until the engine of the moment is complete; the number of texts embedded."""
        embedded = 0
        while not self._engine.complete:
            embedded += self._engine.embed_missing()
        return embedded

    def embed_in_background(self) -> None:
        """Starts `embed_missing` in a thread of its own; does nothing while one runs or when
        nothing is missing."""
        with self._starting:
            running = self._background is not None and self._background.is_alive()
            if running or self._engine.complete:
                return
            self._background = threading.Thread(
                target=self.embed_missing, name="embed-missing", daemon=True
            )
            self._background.start()
