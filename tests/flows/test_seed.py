"""Seeding: a release brings its knowledge, again and again, and what staff touched stays theirs."""

import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import content
from bot.db import Database
from bot.knowledge import keeping, queries, seeding, service
from bot.knowledge.keeping import Author
from bot.knowledge.seed_content import SeedContentError, SeedFolder
from bot.knowledge.seeding import Left, Report, Why
from bot.knowledge.shelves import ENTRIES, IGNORABLE, PROCEDURES, SYNONYMS, Shelf
from bot.knowledge.values import KnowledgeEntry, Origin
from bot.settings import read
from bot.speech.texts import Texts, Voice
from handlers.commands import seed as command
from handlers.commands.tables import format_of, sections
from tests.flows.crashes import power_cut_after

NOW = datetime(2026, 4, 10, tzinfo=UTC)
STAFF = Author("staff:1", NOW)
VOICE = Voice(Texts.read(content.folder() / "texts"))
TAX, CARD = "税の質問", "カードの質問"


class Release:
    """A content folder of a test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "faq").mkdir()
        self.entries(tax=TAX, card=CARD)
        (folder / "synonyms.toml").write_text('[[group]]\nwords = ["税", "税金"]\n', "utf-8")
        (folder / "ignorable.toml").write_text('words = ["えっと"]\n', "utf-8")
        self.procedures("P1,転入届,1,令和4年度")

    def entries(self, **questions: str) -> None:
        rows = [
            f'[[entry]]\nid = "{name}"\nquestion = "{asked}"\n'
            f'answer = "答え"\nwordings = ["{name}は"]'
            for name, asked in questions.items()
        ]
        text = "\n".join(['topic = "税"', *rows])
        (self.folder / "faq" / "tax.toml").write_text(text, "utf-8")

    def procedures(self, *rows: str) -> None:
        header = "手続ID,手続名,オンライン状況,オンライン化予定年度"
        (self.folder / "procedures.csv").write_text("\n".join([header, *rows]), "utf-8")

    def seed(self, database: Database) -> Report:
        folder = SeedFolder(self.folder, format_of("procedures"), sections())
        return seeding.seed(database, folder, NOW)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    folder = tmp_path / "content"
    folder.mkdir()
    return Release(folder)


def held(database: Database, shelf: Shelf[Any]) -> list[str]:
    with database.reading() as session:
        return [c.id for c in queries.contents(session, shelf, queries.published(shelf))]


def question(database: Database, entry_id: str) -> str | None:
    with database.reading() as session:
        entry = service.entry(session, entry_id)
    return entry.question if entry else None


def write(database: Database, entry_id: str, asked: str) -> None:
    with database.writing() as session:
        entry = KnowledgeEntry(id=entry_id, question=asked, answer="答え", topic="税")
        keeping.put(session, ENTRIES, [entry], STAFF)


def test_a_release_is_seeded_once_and_seeding_again_changes_nothing(
    database: Database, release: Release
) -> None:
    assert release.seed(database) == Report(added=5)
    assert release.seed(database) == Report()
    assert [held(database, s) for s in (ENTRIES, PROCEDURES, SYNONYMS, IGNORABLE)] == [
        ["card", "tax"],
        ["P1"],
        ["/税"],
        ["えっと"],
    ]
    with database.reading() as session:
        before = service.changes_since(session, 0).version
    file = release.folder / "faq" / "tax.toml"
    file.write_text(file.read_text("utf-8") + "\n# a comment changes no row\n", "utf-8")
    assert release.seed(database) == Report()
    with database.reading() as session:
        assert service.changes_since(session, 0).version == before


def test_a_new_release_updates_what_staff_left_alone(database: Database, release: Release) -> None:
    release.seed(database)
    release.entries(tax="新しい税の質問", card=CARD)
    release.procedures("P1,転入届,2,令和7年度", "P2,転出届,1,")
    assert release.seed(database) == Report(added=1, updated=2)
    assert question(database, "tax") == "新しい税の質問"
    with database.reading() as session:
        procedure = service.procedure(session, "P1")
    assert procedure is not None
    assert procedure.planned_year == 2025


def test_what_staff_changed_or_removed_is_left_and_listed_each_time(
    database: Database, release: Release
) -> None:
    release.seed(database)
    write(database, "tax", "職員の質問")
    with database.writing() as session:
        service.remove(session, ENTRIES, "card", STAFF)
    left = [
        Left("faq", "card", CARD, Why.REMOVED),
        Left("faq", "tax", "職員の質問", Why.CHANGED),
    ]
    assert release.seed(database) == Report(left=left)
    release.entries(tax="新しい税の質問", card="新しいカードの質問")
    assert release.seed(database) == Report(left=left)
    assert release.seed(database) == Report(left=left)
    assert (question(database, "tax"), question(database, "card")) == ("職員の質問", None)


def test_a_row_the_release_dropped_is_removed_unless_staff_changed_it(
    database: Database, release: Release
) -> None:
    release.entries(tax=TAX, card=CARD, third="三つ目")
    release.seed(database)
    write(database, "tax", "職員の質問")
    release.entries(third="三つ目")
    left = [Left("faq", "tax", "職員の質問", Why.CHANGED)]
    assert release.seed(database) == Report(withdrawn=1, left=left)
    assert held(database, ENTRIES) == ["tax", "third"]
    release.entries(third="三つ目", card=CARD)
    assert release.seed(database) == Report(updated=1, left=left)
    assert held(database, ENTRIES) == ["card", "tax", "third"]


def test_an_entry_staff_made_under_an_id_of_the_release_stays_theirs(
    database: Database, release: Release
) -> None:
    write(database, "tax", "職員の質問")
    left = [Left("faq", "tax", "職員の質問", Why.CHANGED)]
    assert release.seed(database) == Report(added=4, left=left)
    assert release.seed(database) == Report(left=left)


def test_wordings_that_people_added_outlive_a_release(database: Database, release: Release) -> None:
    release.seed(database)
    with database.writing() as session:
        author = Author("staff:1", NOW, Origin.RESIDENT)
        service.add_wording(session, "tax", "ぜいきんどうなってる", author)
    assert release.seed(database) == Report()
    release.entries(tax="新しい税の質問", card=CARD)
    assert release.seed(database) == Report(updated=1)
    with database.reading() as session:
        entry = service.entry(session, "tax")
    assert entry is not None
    assert (entry.question, entry.wordings) == (
        "新しい税の質問",
        ("taxは", "ぜいきんどうなってる"),
    )


def test_a_release_without_a_file_empties_nothing(database: Database, release: Release) -> None:
    release.seed(database)
    (release.folder / "procedures.csv").unlink()
    shutil.rmtree(release.folder / "faq")
    assert release.seed(database) == Report()
    assert [held(database, ENTRIES), held(database, PROCEDURES)] == [["card", "tax"], ["P1"]]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("faq/tax.toml", "topic = \n"),
        ("faq/tax.toml", '[[entry]]\nid = "a"\nquestion = "q"\nanswer = "a"\nwordings = "一つ"\n'),
        ("faq/tax.toml", '[[entry]]\nid = "a"\nquestion = "q"\nanswer = "a"\nanser = "x"\n'),
        ("faq/tax.toml", '[[entry]]\nid = "a"\nquestion = "q"\n'),
        ("faq/tax.toml", '[[entry]]\nid = "a"\nquestion = "q"\nanswer = " "\n'),
        ("faq/tax.toml", '[[entry]]\nquestion = "q"\nanswer = "a"\n'),
        ("faq/tax.toml", '[entry]\nid = "a"\nquestion = "q"\nanswer = "a"\n'),
        ("synonyms.toml", '[[group]]\ntopic = "税"\n'),
        ("synonyms.toml", '[group]\nwords = ["税"]\n'),
        ("ignorable.toml", 'words = "えっと"'),
        ("procedures.csv", "手続ID,手続名,オンライン状況\nP1,転入届,済\n"),
        ("ignorable.toml", 'words = ["え'),
    ],
)
def test_a_bad_content_file_stops_seeding_before_anything_is_written(
    database: Database, release: Release, name: str, text: str
) -> None:
    (release.folder / name).write_text(text, "utf-8")
    with pytest.raises(SeedContentError) as stopped:
        release.seed(database)
    assert Path(stopped.value.file).name == Path(name).name
    assert held(database, ENTRIES) == []


def test_seeding_that_stopped_half_way_goes_on(database: Database, release: Release) -> None:
    release.entries(**{f"e{number}": f"質問{number}" for number in range(600)})
    with power_cut_after(database, commits=1):
        release.seed(database)
    assert len(held(database, ENTRIES)) == 500
    assert release.seed(database) == Report(added=103)


@pytest.mark.alone
def test_the_real_content_is_seeded_within_two_seconds_and_again_in_no_time(
    database: Database,
) -> None:
    started = time.perf_counter()
    report = command.load(database, NOW)
    first = time.perf_counter() - started
    started = time.perf_counter()
    assert command.load(database, NOW) == Report()
    again = time.perf_counter() - started
    assert (report.updated, report.withdrawn, report.left) == (0, 0, [])
    assert first <= 2.0
    assert again <= 0.3


def test_the_command_lists_what_it_left(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    line = read({}).line
    assert command.run([], line, database, VOICE, NOW) == 0
    first = held(database, ENTRIES)[0]
    with database.writing() as session:
        service.remove(session, ENTRIES, first, STAFF)
    capsys.readouterr()
    assert command.run([], line, database, VOICE, NOW) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "内容を読み込みました: 新しい 0件、更新 0件、取り下げ 0件。",
        "次の 1件は、職員が変えたか消したので、そのままにしました。",
    ]
    assert lines[2].startswith(f"・よくある質問 {first}「")
    assert lines[2].endswith("（職員が消しています）")


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"LINE_CHANNEL_ACCESS_TOKEN": "t"}, 2),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "t", "LINE_API_BASE_URL": "https://api.line.me"}, 2),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "t", "LINE_API_BASE_URL": "http://127.0.0.1:5001"}, 0),
        ({}, 0),
    ],
)
def test_samples_are_never_mixed_into_the_real_account(
    database: Database, environ: dict[str, str], status: int
) -> None:
    assert command.run(["--sample"], read(environ).line, database, VOICE, NOW) == status
    assert (held(database, ENTRIES) == []) is (status == 2)
