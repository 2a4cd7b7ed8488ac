"""Import and export as an operator types them: all or nothing, and back as it was."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import content
from bot.db import Database
from bot.knowledge import keeping, queries, service
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import ENTRIES, PROCEDURES
from bot.knowledge.values import KnowledgeEntry
from bot.speech.texts import Texts, Voice
from handlers.commands import export, import_, seed

NOW = datetime(2026, 4, 10, tzinfo=UTC)
VOICE = Voice(Texts.read(content.folder() / "texts"))
HEADER = "ID,質問,回答,別の言い方(;),やさしい日本語,分類,所管課,電話番号,URL,手続ID,有効期限\n"
TWO = HEADER + (
    "card,カードは？,スマホで。,カード 作る;かーど,,カード,市民課,,https://myna.go.jp/,,令和9年3月31日\n"
    "tax,税は？,窓口で。,,,税,zei,,,,\n"
)


def run_import(database: Database, *args: object) -> int:
    return import_.run([str(arg) for arg in args], database, VOICE, NOW)


def run_export(database: Database, *args: object) -> int:
    return export.run([str(arg) for arg in args], database, VOICE, NOW)


def entries(database: Database) -> tuple[KnowledgeEntry, ...]:
    with database.reading() as session:
        return queries.contents(session, ENTRIES, queries.published(ENTRIES))


def put(database: Database, entry: KnowledgeEntry) -> None:
    with database.writing() as session:
        keeping.put(session, ENTRIES, [entry], Author("staff:1", NOW))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "faq.csv"
    path.write_text(TWO, encoding="utf-8-sig")
    return path


def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    database: Database, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database, KnowledgeEntry(id="tax", question="税は?", answer="古い"))
    assert run_import(database, "faq", file, "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        "よくある質問の確認: 新しい 1件、変わる 1件、同じ 0件。まだ何も書いていません。",
        "・新しい: card「カードは？」",
        "・変わる: tax「税は？」",
    ]
    assert [entry.answer for entry in entries(database)] == ["古い"]


def test_a_file_is_taken_and_the_same_file_again_changes_nothing(
    database: Database, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_import(database, "faq", file) == 0
    card, tax = entries(database)
    assert card == KnowledgeEntry(
        id="card",
        question="カードは？",
        answer="スマホで。",
        wordings=("カード 作る", "かーど"),
        topic="カード",
        section="shimin",
        source_url="https://myna.go.jp/",
        expires=date(2027, 3, 31),
    )
    assert tax.section == "zei"
    assert run_import(database, "faq", file) == 0
    assert capsys.readouterr().out.splitlines() == [
        "よくある質問を取り込みました（取り込み 1番）: 新しい 2件、変更 0件、同じ 0件。",
        "よくある質問は、すべて今と同じでした: 2件。",
    ]
    with database.reading() as session:
        assert service.changes_since(session, 0).version == 1


def test_one_wrong_cell_and_nothing_is_taken(
    database: Database, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(TWO + "sky,空は？,,,,,,,,,\nsun,日は？,晴れ。,,,,,,,,31日\n", "cp932")
    assert run_import(database, "faq", file) == 1
    assert entries(database) == ()
    assert capsys.readouterr().err.splitlines() == [
        "faq.csv は取り込みませんでした。直すところが 2か所あります。",
        "4行目「回答」: 空です。書いてください。",
        "5行目「有効期限」: 「31日」は日付として読めません。"
        "2027-03-31 や 令和9年3月31日 のように書いてください。",
    ]


def test_of_many_faults_the_first_hundred_are_listed(
    database: Database, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(HEADER + "".join(f"e{n},q\n" for n in range(130)), "utf-8")
    assert run_import(database, "faq", file) == 1
    lines = capsys.readouterr().err.splitlines()
    assert (len(lines), lines[-1]) == (102, "ほかに 30か所あります。")


def test_columns_a_file_lacks_keep_what_the_desk_holds(database: Database, file: Path) -> None:
    held = KnowledgeEntry(
        id="tax", question="税は？", answer="古い", bring=("印鑑",), fee="無料", easy="やさしい"
    )
    put(database, held)
    run_import(database, "faq", file)
    tax = entries(database)[1]
    # The file has an empty やさしい日本語, and no columns for what to bring or the fee.
    assert (tax.answer, tax.bring, tax.fee, tax.easy) == ("窓口で。", ("印鑑",), "無料", "")


def test_rows_that_a_file_lacks_stay(database: Database, file: Path) -> None:
    put(database, KnowledgeEntry(id="other", question="別", answer="別"))
    run_import(database, "faq", file)
    assert [entry.id for entry in entries(database)] == ["card", "other", "tax"]


def test_a_removed_entry_comes_back_by_import(database: Database, file: Path) -> None:
    run_import(database, "faq", file)
    with database.writing() as session:
        service.remove(session, ENTRIES, "tax", Author("staff:1", NOW))
    run_import(database, "faq", file)
    assert [entry.id for entry in entries(database)] == ["card", "tax"]


def test_what_the_desk_does_not_know_is_told(
    database: Database, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("ID,質問,回答,所管課,手続ID,備考\nq1,質問,回答,観光課,P999,メモ\n", "utf-8")
    assert run_import(database, "faq", file) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "お知らせ: 列「備考」は使わない列なので、取り込みません。",
        "お知らせ: 2行目の所管課「観光課」は、市の設定にありません。"
        "窓口の案内は総合案内になります。",
        "お知らせ: 2行目の手続ID「P999」は、まだありません。",
    ]


def test_a_file_that_is_not_there_is_told(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_import(database, "faq", tmp_path / "none.csv") == 1
    assert run_export(database, "faq", tmp_path) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "options"), [("out.csv", []), ("out.csv", ["--cp932"]), ("out.xlsx", [])]
)
@pytest.mark.parametrize("kind", ["faq", "procedures"])
def test_the_whole_content_goes_out_and_comes_back_unchanged(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    kind: str,
    name: str,
    options: list[str],
) -> None:
    seed.load(database, NOW)
    out = tmp_path / name
    status = run_export(database, kind, out, *options)
    if options and status == 1:
        # A text of the content that CP932 cannot hold is named, and no file is written.
        assert capsys.readouterr().err.splitlines()[1].startswith("・")
        assert not out.exists()
        return
    assert status == 0
    capsys.readouterr()
    assert run_import(database, kind, out, "--dry-run") == 0
    shelf = ENTRIES if kind == "faq" else PROCEDURES
    with database.reading() as session:
        count = len(queries.contents(session, shelf))
    title = VOICE.say(f"knowledge.kind_{kind}")
    assert capsys.readouterr().out.splitlines() == [
        f"{title}の確認: 新しい 0件、変わる 0件、同じ {count}件。まだ何も書いていません。"
    ]


def test_an_export_opens_in_a_spreadsheet_with_its_columns_and_runs_nothing(
    database: Database, tmp_path: Path
) -> None:
    put(database, KnowledgeEntry(id="q1", question='=HYPERLINK("x")', answer="＠回答"))
    out = tmp_path / "out.csv"
    assert run_export(database, "faq", out) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf" + "ID,質問,回答,別の言い方(;)".encode())
    with out.open(encoding="utf-8-sig", newline="") as opened:
        row = next(csv.DictReader(opened))
    assert (row["質問"], row["回答"]) == ('\'=HYPERLINK("x")', "'＠回答")


def test_an_export_in_cp932_lists_what_it_cannot_write_and_writes_no_file(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(database, KnowledgeEntry(id="q1", question="𠮷野", answer="はい"))
    assert run_export(database, "faq", tmp_path / "out.csv", "--cp932") == 1
    assert capsys.readouterr().err.splitlines() == [
        "CP932では書けない文字があるので、書き出しませんでした（1か所）。",
        "・2行目「質問」: 𠮷",
    ]
    assert not (tmp_path / "out.csv").exists()


def test_a_database_without_the_schema_is_told_in_one_sentence(
    sqlite_url: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = Database(sqlite_url)
    assert run_import(empty, "faq", file) == 2
    assert run_export(empty, "faq", file.with_suffix(".xlsx")) == 2
    empty.close()
    sentence = VOICE.say("command.check_schema_old")
    assert capsys.readouterr().err.splitlines() == [sentence, sentence]
