"""The answer engine: an immutable state behind one reference, asked by many threads at once."""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from bot.answers.asking import State, ask
from bot.answers.explaining import Explained, explain
from bot.answers.index import Index
from bot.answers.known import KnownWordings
from bot.answers.meaning import (
    Embedder,
    Meanings,
    Vector,
    VectorStore,
    answer_key,
    asked_keys,
    embed,
    question_key,
)
from bot.answers.padding import Padding
from bot.answers.preparing import PreparedEntry, Preparer, Vocabularies
from bot.answers.remembering import Remembered, Told
from bot.answers.stored import RememberedVectors
from bot.answers.thrift import give_back
from bot.answers.values import Decision, Entry

_AT_ONCE = 20
_FEW = 3
"""So many changes at once are fitted into the index; more, and it is made anew."""


class Engine:
    """Answers questions from entries.

    Safe to use from several threads: asking reads one immutable state; a change makes another
    engine, which shares the prepared entries and the vectors.
    """

    def __init__(
        self,
        state: State,
        padding: Padding,
        embedder: Embedder | None,
        store: VectorStore,
        memory: Remembered,
    ) -> None:
        self._state = state
        self._padding = padding
        self._embedder = embedder
        self._store = store
        self._memory = memory
        self._embedding = threading.Lock()

    @classmethod
    def build(
        cls,
        entries: Iterable[Entry],
        *,
        synonyms: Sequence[Sequence[str]] = (),
        ignorable: Sequence[str] = (),
        small_talk: Sequence[str] = (),
        embedder: Embedder | None = None,
        vectors: VectorStore | None = None,
    ) -> "Engine":
        """An engine over these entries, by words at once and by meaning as far as `vectors` knows.

        Call `embed_missing` for the rest. No entry at all is fine: nothing is answered then.
        """
        preparer = Preparer(Vocabularies.empty(), synonyms, small_talk)
        padding = Padding(ignorable)
        prepared = [preparer.prepare(entry) for entry in entries]
        state = _state(preparer, prepared, padding)
        engine = cls(state, padding, embedder, vectors or RememberedVectors(), Remembered())
        engine._learn_meanings({})
        return engine

    def __len__(self) -> int:
        return len(self._state.index.entries)

    @property
    def semantic(self) -> bool:
        """Whether a model takes part."""
        return self._embedder is not None

    @property
    def complete(self) -> bool:
        """Whether every entry is found by meaning too; true without a model."""
        return self._state.meanings is None or self._state.meanings.complete

    def ask(self, text: str, *, top: int = 10, vector: bytes | None = None) -> Decision:
        """Ranks the entries for a question and decides what to show; changes nothing.

        `vector`: the question's `Decision.vector` as it was logged, which spares the model; one of
        another model's size is not used.
        """
        memory = self._memory
        if vector is not None and self._embedder is not None:
            told = np.frombuffer(vector, "<f2")
            memory = Told(told) if len(told) == self._embedder.size else memory
        return ask(self._state, text, self._embedder, memory, top)

    def explain(self, text: str, *, most: int = 10) -> tuple[Explained, ...]:
        """The nearest entries with what their scores are made of, best first: for staff who ask
        why an entry was not chosen."""
        return explain(self._state, text, self._embedder, self._memory, most)

    def with_changes(
        self,
        *,
        put: Iterable[Entry] = (),
        removed: Iterable[str] = (),
        synonyms: Sequence[Sequence[str]] | None = None,
        ignorable: Sequence[str] | None = None,
    ) -> "Engine":
        """Another engine with entries put or removed, found by words at once.

        Entries are told apart by id; unchanged ones keep what was prepared for them. This engine
        stays as it is. Vectors already known stay in use; the rest wait for `embed_missing`.
        """
        if synonyms is None and ignorable is None:
            put, removed = list(put), list(removed)
            if 0 < len(put) + len(removed) <= _FEW and len(self) > _FEW:
                return self._with_few(put, removed)
        preparer = self._state.preparer
        if synonyms is not None:
            preparer = Preparer(preparer.vocabularies, synonyms, preparer.small_talk.sentences)
        padding = self._padding if ignorable is None else Padding(ignorable)
        kept = {entry.entry.id: entry for entry in self._state.index.entries}
        for entry_id in removed:
            kept.pop(entry_id, None)
        kept.update((entry.id, preparer.prepare(entry)) for entry in put)
        state = _state(preparer, list(kept.values()), padding)
        changed = Engine(state, padding, self._embedder, self._store, self._memory)
        changed._learn_meanings(self._known_vectors())
        return changed

    def _with_few(self, put: Sequence[Entry], removed: Sequence[str]) -> "Engine":
        """The same for a few entries, without making the whole index anew."""
        state, index = self._state, self._state.index
        of = state.preparer.vocabularies
        known = {one.entry.id for one in index.entries}
        changes = [(entry_id, None) for entry_id in removed if entry_id in known]
        prepared = [(entry.id, state.preparer.prepare(entry)) for entry in put]
        for entry_id, new in (*changes, *prepared):
            index = index.with_entry(entry_id, new, of, self._padding)
        new_state = State(state.preparer, index, KnownWordings(index.entries), None)
        changed = Engine(new_state, self._padding, self._embedder, self._store, self._memory)
        changed._learn_meanings(self._known_vectors())
        return changed

    def embed_missing(self, progress: Callable[[int, int], None] | None = None) -> int:
        """Gives every entry its vectors, in place; the number of texts embedded.

        `progress(done, of)` is called after each text. Vectors go to the store as they come, so
        that an interrupted call loses little, and what another process has stored meanwhile is
        taken from there. Without a model, or when nothing is missing, nothing happens.
        """
        with self._embedding:
            if self._embedder is None or self.complete:
                return 0
            known = self._known_vectors()
            missing = [key for key in self._keys() if key not in known]
            embedded = 0
            for start in range(0, len(missing), _AT_ONCE):
                some = missing[start : start + _AT_ONCE]
                found = self._store.find(self._embedder.name, some)
                made: dict[str, Vector] = {}
                for done, key in enumerate(some, start=start + 1):
                    if key not in found:
                        made[key] = embed(self._embedder, key)
                    if progress is not None:
                        progress(done, len(missing))
                self._store.keep(self._embedder.name, made)
                known.update(found | made)
                embedded += len(made)
            self._learn_meanings(known)
            return embedded

    def _keys(self) -> list[str]:
        entries = [prepared.entry for prepared in self._state.index.entries]
        keys = [question_key(text) for text in self._state.preparer.small_talk.sentences]
        keys += [key for e in entries for key in (*asked_keys(e), answer_key(e))]
        return list(dict.fromkeys(keys))

    def _known_vectors(self) -> dict[str, Vector]:
        return {} if self._state.meanings is None else self._state.meanings.known()

    def _learn_meanings(self, known: Mapping[str, Vector]) -> None:
        """Puts a state with vectors in the place of the present one."""
        if self._embedder is None:
            give_back()
            return
        vectors = dict(known)
        missing = [key for key in self._keys() if key not in vectors]
        if missing:
            vectors.update(self._store.find(self._embedder.name, missing))
        entries = [prepared.entry for prepared in self._state.index.entries]
        meanings = Meanings(
            entries, self._state.preparer.small_talk.sentences, vectors, self._embedder.size
        )
        old = self._state
        self._state = State(old.preparer, old.index, old.known, meanings)
        give_back()


def _state(preparer: Preparer, prepared: Sequence[PreparedEntry], padding: Padding) -> State:
    """By words alone; see `_learn_meanings` for the rest."""
    index = Index(prepared, preparer.vocabularies, padding)
    return State(preparer, index, KnownWordings(prepared), None)
