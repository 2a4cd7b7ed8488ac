"""Keeps vectors in a folder on disk, by model and text, for all processes of this machine."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from bot.answers.meaning import Vector

_FILE = "vectors.db"
_AT_ONCE = 500
_PATIENCE_SECONDS = 10.0


class RememberedVectors:
    """Vectors of this process alone, for when nothing is to be kept on disk."""

    def __init__(self) -> None:
        self._vectors: dict[tuple[str, str], Vector] = {}

    def find(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors known for these texts; what is missing is left out."""
        found = ((text, self._vectors.get((model, text))) for text in texts)
        return {text: vector for text, vector in found if vector is not None}

    def keep(self, model: str, vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors; keeping the same again changes nothing."""
        self._vectors.update({(model, text): vector for text, vector in vectors.items()})


class StoredVectors:
    """A SQLite file of vectors; of a text only its SHA-256 is kept. Safe to use from several
    threads and processes: each call opens the file and closes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / _FILE
        with self._open() as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vectors"
                " (model TEXT, text BLOB, vector BLOB, PRIMARY KEY (model, text)) WITHOUT ROWID"
            )

    def find(self, model: str, texts: Sequence[str]) -> dict[str, Vector]:
        """The vectors known for these texts; what is missing is left out."""
        wanted = {_digest(text): text for text in texts}
        found: dict[str, Vector] = {}
        digests = list(wanted)
        with self._open() as database:
            for start in range(0, len(digests), _AT_ONCE):
                some = digests[start : start + _AT_ONCE]
                marks = ",".join("?" * len(some))
                rows = database.execute(
                    f"SELECT text, vector FROM vectors WHERE model = ? AND text IN ({marks})",  # noqa: S608
                    (model, *some),
                )
                found.update((wanted[text], np.frombuffer(v, "<f2")) for text, v in rows)
        return found

    def keep(self, model: str, vectors: Mapping[str, Vector]) -> None:
        """Keeps vectors; keeping the same again changes nothing."""
        rows = [(model, _digest(t), v.astype("<f2").tobytes()) for t, v in vectors.items()]
        with self._open() as database:
            database.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=_PATIENCE_SECONDS)) as database, database:
            yield database


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()
