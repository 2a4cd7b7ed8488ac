"""The demo's sign-in offers sample people; no other serving ever does."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.db import Database
from bot.sealing import Sealer
from bot.settings import read
from bot.speech.texts import Voice
from handlers.commands import staff
from handlers.demo_people import SAMPLES, DemoPeople, add_sample_staff, offered
from tests.flows.console_at_work import TEXTS, Browser, app_with_console, services
from tests.flows.staff_at_work import MORNING, PASSWORDS

EMULATOR = {
    "MADOGUCHI_DEMO_EMULATOR": "http://127.0.0.1:5001/",
    "LINE_API_BASE_URL": "http://127.0.0.1:5001",
}


def furnish(database: Database, sealer: Sealer, folder: Path) -> list[str]:
    return list(add_sample_staff(database, sealer, Voice(TEXTS), PASSWORDS, folder))


def test_in_the_demo_one_signs_in_as_a_sample_person_by_the_ordinary_way(
    database: Database, sealer: Sealer, tmp_path: Path
) -> None:
    furnish(database, sealer, tmp_path)
    demo = offered(read({**EMULATOR, "MADOGUCHI_VAR": str(tmp_path)}), database, sealer)
    assert demo is not None
    app = app_with_console(services(database, sealer, demo=demo))
    for _ in range(2):
        browser = Browser(app)
        browser.get("/console/sign-in")
        assert "見本 相談支援で入る" in browser.words
        one = demo.people()[0]
        browser.post("/console/sign-in", {"login": one.login, "password": one.password})
        browser.get("/console/sign-in/code")
        code = demo.code(one.login)
        assert code is not None
        assert f"いまのコード： {code}" in browser.words
        browser.post("/console/sign-in/code", {"code": code})
        assert browser.get("/console/").status_code == 200


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"MADOGUCHI_DEMO_EMULATOR": "http://127.0.0.1:5001/"},
        {**EMULATOR, "LINE_API_BASE_URL": "https://api.line.me"},
        {"LINE_API_BASE_URL": "http://127.0.0.1:5001"},
    ],
)
def test_serving_never_offers_people_nor_shows_a_code(
    database: Database, sealer: Sealer, tmp_path: Path, environ: Mapping[str, str]
) -> None:
    furnish(database, sealer, tmp_path)
    demo = offered(read({**environ, "MADOGUCHI_VAR": str(tmp_path)}), database, sealer)
    assert demo is None
    browser = Browser(app_with_console(services(database, sealer, demo=demo)))
    browser.get("/console/sign-in")
    assert "見本の職員" not in browser.words
    held = DemoPeople(tmp_path / "staff.json", database, sealer).people()[0]
    assert held.password not in browser.page
    browser.post("/console/sign-in", {"login": held.login, "password": held.password})
    browser.get("/console/sign-in/code")
    assert "いまのコード" not in browser.words


def test_sample_people_are_added_once_one_for_each_role(
    database: Database, sealer: Sealer, tmp_path: Path
) -> None:
    assert furnish(database, sealer, tmp_path) == list(SAMPLES)
    before = (tmp_path / "staff.json").read_text()
    assert furnish(database, sealer, tmp_path) == []
    assert (tmp_path / "staff.json").read_text() == before
    assert (tmp_path / "staff.json").stat().st_mode & 0o077 == 0


def test_the_operator_adds_staff_and_gets_a_link(
    database: Database, sealer: Sealer, capsys: pytest.CaptureFixture[str]
) -> None:
    def add(*args: str) -> int:
        return staff.run(
            ["add", *args],
            database,
            sealer,
            Voice(TEXTS),
            base_url="http://127.0.0.1:8000",
            now=MORNING,
        )

    roles = ("--role", "admin", "viewer", "--role", "support")
    assert add("Sato", "--name", "見本 職員", *roles) == 0
    link = capsys.readouterr().out.split()[-1]
    assert link.startswith("http://127.0.0.1:8000/console/set-up/")
    browser = Browser(app_with_console(services(database, sealer)))
    assert browser.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 200
    assert [add("sato", "--name", "見本", *roles), add("x y", "--name", "見本", *roles)] == [1, 1]
    with pytest.raises(SystemExit) as stop:
        add("suzuki", "--name", "見本", "--role", "emperor")
    assert stop.value.code == 2
