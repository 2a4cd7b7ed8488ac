"""Pages of the console ask the database no more often for many things than for few."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from bot.db import Database
from bot.knowledge import service as knowledge
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import PROCEDURES
from bot.knowledge.values import KnowledgeEntry, OnlineStatus, Procedure
from bot.plan import service as watching
from bot.residents import service as residents
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.console_at_work import Browser, at_work
from tests.flows.knowledge_at_work import NOW, knowledge_app, knows


@contextmanager
def asked(database: Database) -> Iterator[list[str]]:
    """The statements that the database is given meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def grows(
    database: Database, browser: Browser, path: str, words: str, more: Callable[[], None]
) -> int:
    """By how many statements a page grows with more of what it shows."""
    counts = []
    for _ in range(2):
        browser.get(path)
        with asked(database) as statements:
            browser.get(path)
        assert words in browser.words
        counts.append(len(statements))
        more()
    return counts[1] - counts[0]


def test_procedures_that_residents_wait_for(database: Database, sealer: Sealer) -> None:
    browser = at_work(database, sealer, knowledge_app(database, sealer), "aoi", Role.ANNOUNCER)
    with database.writing() as session:
        residents.meet(session, sealer, "someone", "U" + "1" * 32, NOW)

    def waits_for(*numbers: int) -> None:
        with database.writing() as session:
            for number in numbers:
                key = f"P{900 + number}"
                held = Procedure(id=key, name="申込み", online_status=OnlineStatus.DONE)
                knowledge.put(session, PROCEDURES, held, Author("seed", NOW))
                watching.watch(session, "someone", key, NOW)

    waits_for(0)
    words = "ネットでできるのに、記録のない手続き"
    assert grows(database, browser, "/console/", words, lambda: waits_for(1, 2, 3)) == 0


def test_entries_that_may_answer_at_the_counter(database: Database, sealer: Sealer) -> None:
    browser = at_work(database, sealer, knowledge_app(database, sealer), "aoi", Role.COUNTER)

    def knows_of(*things: str) -> None:
        knows(
            database,
            *(KnowledgeEntry(id=one, question=f"{one}の出し方", answer="朝") for one in things),
        )

    knows_of("粗大ごみ")
    path = "/console/counter?q=ごみの出し方"
    assert (
        grows(database, browser, path, "粗大ごみ", lambda: knows_of("資源ごみ", "燃えるごみ")) == 0
    )
