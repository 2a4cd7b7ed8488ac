"""A desk with the sample city's own content, and residents who talk to it."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

import content
from bot.answers.danger import Dangers
from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.city import City
from bot.db import Database
from bot.plan.measures import Plan
from bot.residents.topics import NewsTopics
from bot.sealing import Sealer
from bot.speech.texts import Texts, Voice
from bot.staff.rules import Role
from handlers.chat.anger import Anger
from handlers.chat.class_wishes import ClassWishes
from handlers.chat.desk import Answering
from handlers.chat.life_menu import LifeMenu
from handlers.chat.other_languages import OtherLanguages
from handlers.chat.turn import Desk
from handlers.chat.typed import FollowUps, TypedWords
from handlers.commands import restore
from scheduler.clock import next_due
from tests.databases import Contents, contents_of, put_back, replaced, settled
from tests.flows.chatting import CivilTime, Resident
from tests.flows.console_at_work import Browser, app_with_console, at_work, services
from tests.flows.handing_over import House, house, link_in
from tests.flows.restoring import NOW, SEALER, Restore
from tests.flows.seeded import seeded_copy
from tests.reading_aloud import readings_of_the_city


@pytest.fixture
def civil() -> CivilTime:
    return CivilTime()


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    return app_with_console(services(database, sealer, civil=civil))


@pytest.fixture
def writer(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """At the console of `app`: who writes announcements."""
    return at_work(database, sealer, app, "writer", Role.ANNOUNCER)


@pytest.fixture
def boss(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """The other person, who approves them."""
    return at_work(database, sealer, app, "boss", Role.APPROVER)


@pytest.fixture
def aoi(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """At the console of `app`: one of the support team, who also keeps the knowledge."""
    return at_work(database, sealer, app, "aoi", Role.SUPPORT)


@pytest.fixture
def hinata(database: Database, sealer: Sealer, app: Flask) -> Browser:
    """Another of them."""
    return at_work(database, sealer, app, "hinata", Role.SUPPORT)


@pytest.fixture
def at(database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> House:
    """Desk, staff and pages for conversations with a person."""
    return house(database, sealer, civil, desk)


@pytest.fixture
def link(at: House) -> str:
    """The link in the card that a resident gets who called a person."""
    at.resident.posts_back("to=talk")
    return link_in(at.resident.seen)


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The answer engine over the city's own entries, by words alone."""
    entries = [
        Entry(e["id"], e["question"], e["answer"], tuple(e["wordings"]))
        for file in sorted((content.folder() / "faq").glob("*.toml"))
        for e in content.toml(f"faq/{file.name}")["entry"]
    ]
    synonyms = [group["words"] for group in content.toml("synonyms.toml")["group"]]
    ignorable = content.toml("ignorable.toml")
    return Engine.build(
        entries,
        synonyms=synonyms,
        ignorable=[*ignorable["words"], *ignorable["phrases"]],
        small_talk=content.toml("small-talk.toml")["sentences"],
    )


@pytest.fixture(scope="session")
def desk(engine: Engine) -> Desk:
    return Desk(
        city=City.from_toml(content.toml("city.toml")),
        texts=Texts.read(content.folder() / "texts"),
        engine=engine,
        dangers=Dangers.from_toml(content.toml("danger.toml")),
        typed=TypedWords(content.toml("typed.toml"), content.toml("stop-news.toml")),
        anger=Anger.from_toml(content.toml("anger.toml")),
        other_languages=OtherLanguages.from_toml(content.toml("other-languages.toml")),
        follow_ups=FollowUps(content.toml("follow-ups.toml")),
        class_wishes=ClassWishes.from_toml(content.toml("class-wishes.toml")),
        life_menu=LifeMenu.from_toml(content.toml("life-events.toml")),
        add_readings=readings_of_the_city(),
        plan=Plan.from_toml(content.toml("plan.toml")),
        news_topics=NewsTopics.from_toml(content.toml("topics.toml")),
    )


@pytest.fixture(scope="session")
def seeded_sqlite(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Path:
    file = tmp_path_factory.mktemp("seeded") / "seeded.db"
    shutil.copyfile(migrated_sqlite, file)
    with settled(file) as seeded:
        seeded_copy(seeded)
    return file


@pytest.fixture(scope="session")
def seeded_postgres() -> list[Contents]:
    """What a seeded database holds, once one has been seeded."""
    return []


@pytest.fixture
def city_database(
    database: Database, request: pytest.FixtureRequest, seeded_postgres: list[Contents]
) -> Database:
    """A database with the city's own content seeded, which happens once a run."""
    if database.is_sqlite:
        database.close()
        replaced(request.getfixturevalue("seeded_sqlite"), database.url)
    elif seeded_postgres:
        put_back(database, seeded_postgres[0])
    else:
        seeded_copy(database)
        seeded_postgres.append(contents_of(database))
    return database


@pytest.fixture
def answering(city_database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> Answering:
    return Answering(city_database, sealer, civil, desk)


@pytest.fixture
def resident(city_database: Database, sealer: Sealer, answering: Answering) -> Resident:
    return Resident(city_database, sealer, answering)


@pytest.fixture
def neighbour(city_database: Database, sealer: Sealer, answering: Answering) -> Resident:
    return Resident(city_database, sealer, answering, user_id="U" + "2" * 32)


@pytest.fixture
def restoring(database: Database, desk: Desk) -> Restore:
    """`madoguchi restore`, with nobody else connected."""

    def run(*args: object, sealer: Sealer = SEALER, civil: datetime = NOW) -> int:
        database.engine.dispose()
        return restore.run(
            *([str(arg) for arg in args], database, sealer, Voice(desk.texts)),
            civil=civil,
            next_due=next_due,
        )

    return run
