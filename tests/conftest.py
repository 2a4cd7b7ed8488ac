"""What tests stand on: a real database of either kind, keys, and a clock that is told the time."""

import os
import secrets
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.db import Database
from bot.migrations import migrate
from bot.sealing import Sealer
from tests.apps import made_once
from tests.databases import KeptPostgres, postgres_of_its_own, replaced, settled
from tests.turns import Turns

POSTGRES = os.environ.get(
    "MADOGUCHI_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


def skip_or_fail(reason: str) -> None:
    """Skips, or fails where the machine is meant to have every service (CI)."""
    if os.environ.get("MADOGUCHI_TEST_REQUIRE_SERVICES") == "1":
        pytest.fail(f"needed here, not skipped: {reason}")
    pytest.skip(reason)


ByItself = Callable[[], AbstractContextManager[None]]
TURNS = pytest.StashKey[Turns]()
FOLDER = pytest.StashKey["TemporaryDirectory[str]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Gives all processes of a run one folder for their turns."""
    given: str | None = getattr(config, "workerinput", {}).get("turns")
    if given is None:
        config.stash[FOLDER] = TemporaryDirectory(prefix="madoguchi-turns-")
        given = config.stash[FOLDER].name
    config.stash[TURNS] = Turns(Path(given))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a process of pytest-xdist where the turns are."""
    node.workerinput["turns"] = node.config.stash[FOLDER].name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leaves nothing behind."""
    config.stash[TURNS].close()
    if FOLDER in config.stash:
        config.stash[FOLDER].cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Orders modules so that two processes are busy to the end: first those whose tests run alone,
    one after the other; then those of few, long tests; the many short ones fill up what is left."""
    tests: dict[str, list[pytest.Item]] = {}
    for item in items:
        tests.setdefault(_module(item), []).append(item)
    standing = {module: _standing(held) for module, held in tests.items()}
    items.sort(key=lambda item: standing[_module(item)])


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _standing(tests: Sequence[pytest.Item]) -> int:
    if all(
        item.get_closest_marker("alone") or "by_itself" in getattr(item, "fixturenames", ())
        for item in tests
    ):
        return 0
    return 1 if any(item.get_closest_marker("slow") for item in tests) else 2


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test marked `alone` has the machine to itself, all that it needs made included: it judges
    how long something takes."""
    turns = item.config.stash[TURNS]
    with turns.alone() if item.get_closest_marker("alone") else turns.together():
        return (yield)


@pytest.fixture
def by_itself(request: pytest.FixtureRequest) -> ByItself:
    """For a test that prepares much and then measures: within it the machine is the test's own."""
    return request.config.stash[TURNS].alone_meanwhile


@pytest.fixture(scope="session", autouse=True)
def quick_apps() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/madoguchi.db"


@contextmanager
def fresh_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL database of its own, which is gone afterwards."""
    try:
        with postgres_of_its_own(POSTGRES) as url:
            yield url
    except OperationalError as error:
        if "connection failed" not in str(error):
            raise
        skip_or_fail("no PostgreSQL answers")


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with fresh_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def kept_postgres() -> Iterator[KeptPostgres]:
    with fresh_postgres() as url:
        yield KeptPostgres(url)


@pytest.fixture
def emptied_postgres_url(kept_postgres: KeptPostgres) -> str:
    return kept_postgres.emptied()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "migrated.db"
    with settled(file) as made:
        migrate(made)
    return file


@pytest.fixture(
    params=["sqlite_url", pytest.param("emptied_postgres_url", marks=pytest.mark.service)],
    ids=["sqlite", "postgres"],
)
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def database(database_url: str, migrated_sqlite: Path) -> Iterator[Database]:
    """A migrated database: every test that takes it runs on SQLite and on PostgreSQL."""
    opened = Database(database_url)
    if opened.is_sqlite and not Path(opened.url.database or "").exists():
        replaced(migrated_sqlite, opened.url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def sealer() -> Sealer:
    return Sealer([secrets.token_bytes(32)], secrets.token_bytes(32))
