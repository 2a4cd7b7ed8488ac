"""The doctor tells the operator what is well, what to mend, and what nobody looked at."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import content
from bot.classes import catalogue
from bot.db import Database
from bot.knowledge import keeping, queries
from bot.knowledge.keeping import Author
from bot.knowledge.shelves import ENTRIES
from bot.line.gateway import Gateway
from bot.migrations import migrate
from bot.settings import Settings, read
from bot.speech.texts import Texts, Voice
from handlers.commands import check, richmenu
from handlers.emulator.launch import RunningEmulator, start
from tests.flows.seeded import seeded_copy

VOICE = Voice(Texts.read(content.folder() / "texts"))
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:9"
SECRETS = {
    "LINE_CHANNEL_SECRET": "channel-secret-of-a-test",
    "LINE_CHANNEL_ACCESS_TOKEN": "token-of-a-test",
    "MADOGUCHI_SECRET_KEY": "a-secret-key-of-a-test-0123456789",
    "MADOGUCHI_DATA_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "MADOGUCHI_LOOKUP_KEY": "HxALCgkIBwYFBAMCAQAPDg0MGxoZGBcWFRQTEhEeHRw=",
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with start(
        webhook_url=f"{BASE}/callback",
        channel_secret=SECRETS["LINE_CHANNEL_SECRET"],
        channel_token=SECRETS["LINE_CHANNEL_ACCESS_TOKEN"],
    ) as running:
        yield running


@pytest.fixture
def settings(emulator: RunningEmulator) -> Settings:
    return told(emulator)


@pytest.fixture
def seeded(database: Database) -> Database:
    seeded_copy(database)
    return database


@pytest.fixture
def empty(sqlite_url: str) -> Iterator[Database]:
    """An SQLite database whose file is not there yet."""
    opened = Database(sqlite_url)
    yield opened
    opened.close()


def told(emulator: RunningEmulator, **more: str) -> Settings:
    line = {"LINE_API_BASE_URL": emulator.url, "MADOGUCHI_BASE_URL": BASE}
    return read({**SECRETS, **line, **more})


def states(
    settings: Settings, database: Database | None, gateway: Gateway | None, capsys: Capture
) -> dict[str, str]:
    """The state of each check, by name, as the JSON tells it."""
    held = examined(settings, database, gateway, capsys)[1]
    return {one["name"]: one["state"] for one in held}


def examined(
    settings: Settings, database: Database | None, gateway: Gateway | None, capsys: Capture
) -> tuple[int, list[dict[str, Any]]]:
    capsys.readouterr()
    status = check.run(["--json"], settings, database, gateway, VOICE, now=NOW)
    return status, json.loads(capsys.readouterr().out)["checks"]


def test_a_desk_in_order_fails_nothing(
    settings: Settings, seeded: Database, capsys: Capture
) -> None:
    gateway = Gateway(settings.line)
    richmenu.run(["apply"], gateway, VOICE)
    status, found = examined(settings, seeded, gateway, capsys)
    assert status == 0
    assert [(one["name"], one["state"]) for one in found] == [
        ("settings", "ok"),
        ("schema", "ok"),
        ("line", "ok"),
        ("webhook", "ok"),
        ("knowledge", "ok"),
        ("placeholders", "warning"),
        ("lengths", "ok"),
        ("expired", "ok"),
        ("keys", "ok"),
        ("audit", "ok"),
        ("richmenu", "ok"),
        ("vulnerabilities", "not_checked"),
    ]


def test_every_placeholder_of_the_sample_is_listed(
    settings: Settings, seeded: Database, capsys: Capture
) -> None:
    _, found = examined(settings, seeded, None, capsys)
    (placeholders,) = (one for one in found if one["name"] == "placeholders")
    items = placeholders["items"]
    assert placeholders["said"] == VOICE.say("command.check_placeholders", count=len(items))
    assert "richmenu/menu.toml: mark" in items
    with seeded.writing() as session:
        catalogue.put_venue(session, code="v", name="会場", is_sample=True)
    _, found = examined(settings, seeded, None, capsys)
    assert [
        one
        for check in found
        if check["name"] == "placeholders"
        for one in check["items"]
        if one.startswith("venue")
    ] == ["venue v: sample"]
    sections = [one for one in items if one.startswith("city.toml sections.")]
    assert len(sections) == len(content.toml("city.toml")["sections"])
    samples = [
        f"faq {entry['id']}"
        for file in (content.folder() / "faq").glob("*.toml")
        for entry in content.toml(f"faq/{file.name}")["entry"]
        if entry.get("sample")
    ]
    assert {one.split(":")[0] for one in items} >= set(samples)


def test_missing_settings_are_named_and_fail(capsys: Capture) -> None:
    status, found = examined(read({}), None, None, capsys)
    by_name = {one["name"]: one for one in found}
    assert status == 1
    assert by_name["settings"]["said"] == VOICE.say(
        "command.check_settings_missing", variables="LINE_CHANNEL_SECRET、MADOGUCHI_SECRET_KEY"
    )
    assert {name: one["state"] for name, one in by_name.items()} == {
        "settings": "failed",
        "schema": "failed",
        "line": "not_checked",
        "webhook": "warning",
        "knowledge": "not_checked",
        "placeholders": "warning",
        "lengths": "not_checked",
        "expired": "not_checked",
        "keys": "not_checked",
        "audit": "not_checked",
        "richmenu": "not_checked",
        "vulnerabilities": "not_checked",
    }


def test_a_database_that_was_never_made_is_not_made_by_looking(
    settings: Settings, empty: Database, capsys: Capture
) -> None:
    _, found = examined(settings, empty, None, capsys)
    (schema,) = (one for one in found if one["name"] == "schema")
    assert (schema["state"], schema["said"]) == ("failed", VOICE.say("command.check_schema_old"))
    assert not Path(empty.url.database or "").exists()


def test_a_database_that_is_away_is_told_without_its_password(
    settings: Settings, capsys: Capture
) -> None:
    away = Database("postgresql+psycopg://desk:pass-word@127.0.0.1:9/desk")
    status = check.run([], settings, away, None, VOICE, now=NOW)
    said = capsys.readouterr().out
    away.close()
    assert status == 1
    assert VOICE.say("command.check_database_away") in said
    assert "pass-word" not in said


def test_a_database_without_knowledge_asks_to_be_seeded(
    settings: Settings, empty: Database, capsys: Capture
) -> None:
    migrate(empty)
    found = states(settings, empty, None, capsys)
    assert (found["schema"], found["knowledge"]) == ("ok", "warning")


def test_a_refused_token_fails(settings: Settings, capsys: Capture) -> None:
    gateway = Gateway(replace(settings.line, access_token="wrong"))
    _, found = examined(settings, None, gateway, capsys)
    line = next(one for one in found if one["name"] == "line")
    assert line["state"] == "failed"
    assert line["said"] == VOICE.say("command.check_line_refused", status=401)


def test_a_line_that_is_away_fails(settings: Settings, capsys: Capture) -> None:
    gateway = Gateway(replace(settings.line, api_base_url=BASE))
    found = states(settings, None, gateway, capsys)
    names = ("line", "webhook", "richmenu")
    assert [found[name] for name in names] == ["failed", "not_checked", "not_checked"]


def test_a_line_that_has_trouble_of_its_own_only_warns(
    settings: Settings, emulator: RunningEmulator, capsys: Capture
) -> None:
    emulator.post("faults", {"kind": "500", "endpoint": "info"})
    assert states(settings, None, Gateway(settings.line), capsys)["line"] == "warning"


def test_a_webhook_that_leads_elsewhere_is_told_with_the_right_address(
    settings: Settings, emulator: RunningEmulator, capsys: Capture
) -> None:
    elsewhere = told(emulator, MADOGUCHI_BASE_URL="https://user:hidden@desk.example/")
    _, found = examined(elsewhere, None, Gateway(settings.line), capsys)
    webhook = next(one for one in found if one["name"] == "webhook")
    words = {"address": f"{BASE}/callback", "expected": "https://desk.example/callback"}
    assert webhook["state"] == "failed"
    assert webhook["said"] == VOICE.say("command.check_webhook_wrong", **words)


def test_an_old_rich_menu_is_noticed(settings: Settings, capsys: Capture) -> None:
    gateway = Gateway(settings.line)
    richmenu.run(["remove"], gateway, VOICE)
    assert states(settings, None, gateway, capsys)["richmenu"] == "warning"


def test_texts_too_long_and_entries_out_of_date_are_listed(
    settings: Settings, seeded: Database, capsys: Capture
) -> None:
    with seeded.writing() as session:
        first, second = queries.contents(session, ENTRIES, queries.published(ENTRIES))[:2]
        longer = replace(first, answer="長" * 2001)
        older = replace(second, expires=date(2026, 11, 23))
        keeping.put(session, ENTRIES, [longer, older], Author("staff", NOW))
    _, found = examined(settings, seeded, None, capsys)
    items = {one["name"]: one.get("items") for one in found}
    assert items["lengths"] == [f"faq {first.id}: answer 2001 > 2000"]
    assert items["expired"] == [f"faq {second.id}: 2026-11-23"]


def test_an_entry_counts_on_its_last_day_in_japan(
    settings: Settings, seeded: Database, capsys: Capture
) -> None:
    with seeded.writing() as session:
        first = queries.contents(session, ENTRIES, queries.published(ENTRIES))[0]
        today = replace(first, expires=date(2026, 11, 24))
        keeping.put(session, ENTRIES, [today], Author("staff", NOW))
    assert states(settings, seeded, None, capsys)["expired"] == "ok"


def test_no_secret_is_printed(settings: Settings, seeded: Database, capsys: Capture) -> None:
    gateway = Gateway(settings.line)
    for args in ([], ["--json"]):
        check.run(args, settings, seeded, gateway, VOICE, now=NOW)
        said = capsys.readouterr().out
        assert [name for name, secret in SECRETS.items() if secret in said] == []


def test_the_summary_stands_last_for_people(
    settings: Settings, seeded: Database, capsys: Capture
) -> None:
    check.run([], settings, seeded, None, VOICE, now=NOW)
    last = capsys.readouterr().out.splitlines()[-13:]
    assert last[0] == VOICE.say("command.check_state_ok") + VOICE.say("command.check_settings")
    assert last[-1] == VOICE.say("command.check_total", failed=0, warning=1, not_checked=4)
