"""Opens the database and hands out sessions: one kind for reading, one for writing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, func, select
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.orm import Session

from bot.clocks import real_time

_BUSY_MILLISECONDS = 5000


class Database:
    """The one database of a process; made after a fork, shared between threads.

    On SQLite a process-wide lock lets one thread write at a time, because threads that contend
    for the file's lock back off badly (measured: 16 against 200 events a second), and a writing
    transaction begins with the lock (BEGIN IMMEDIATE) so that it cannot fail half-way for it.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url: URL = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        self.engine = create_engine(self.url, **_engine_options(self.is_sqlite, pool_size))
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = threading.RLock() if self.is_sqlite else nullcontext()
        self._writing_engine = self.engine.execution_options(madoguchi_writes=True)
        self._single_engine = self.engine.execution_options(
            **({"madoguchi_single": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"})
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for decisions: it sees one moment and takes no write lock."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that commits at the end, or rolls back when an exception leaves it.

        Keep it short (≤10 ms) and free of network calls and models.
        """
        with (
            self._writer,
            Session(self._writing_engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def writing_at_once(self) -> Iterator[Connection]:
        """A connection on which every statement is a transaction of its own.

        For one statement written very often: it saves the words around it, on PostgreSQL two
        journeys, on SQLite two times of waiting for the interpreter.
        """
        with self._writer, self._single_engine.connect() as connection:
            yield connection

    def lease_now(self, session: Session) -> datetime:
        """The moment by which leases are judged: the server's on PostgreSQL, else the machine's.

        It cannot be moved by a demo, and processes on several machines agree on it.
        """
        if self.is_sqlite:
            return real_time()
        moment: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return moment

    def close(self) -> None:
        """Gives all connections back."""
        self.engine.dispose()


def _engine_options(is_sqlite: bool, pool_size: int) -> dict[str, Any]:
    options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 20, "pool_timeout": 5}
    if is_sqlite:
        options["connect_args"] = {"timeout": _BUSY_MILLISECONDS / 1000}
    else:
        options["pool_pre_ping"] = True
        options["connect_args"] = {
            "connect_timeout": 3,
            "options": "-c timezone=UTC -c lock_timeout=5000 -c statement_timeout=60000",
        }
    return options


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # We begin transactions ourselves (below); the driver's own way begins too late.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("madoguchi_single", False):
        return  # the driver is in its autocommit mode already
    writes = options.get("madoguchi_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
