"""What announcements lead to on the open web: counted without identity, and nowhere else."""

from datetime import UTC, datetime
from io import BytesIO

from flask import Flask
from PIL import Image

from bot.campaigns import links, pictures, testers
from bot.db import Database
from bot.sealing import Sealer
from handlers import announced
from tests.flows.chatting import CivilTime, Resident, words

NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


def test_a_link_leads_only_where_staff_let_it_and_is_counted_without_identity(
    database: Database,
) -> None:
    app = Flask("tests", static_folder=None)
    app.register_blueprint(announced.blueprint(database, "もうありません。"))
    visitor = app.test_client()
    with database.writing() as session:
        links.keep(session, 1, {"abc": "https://city.example/kyoshitsu"})
    answer = visitor.get(
        "/l/abc?to=https://evil.example/", headers={"Referer": "https://x.example"}
    )
    assert (answer.status_code, answer.location) == (302, "https://city.example/kyoshitsu")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    for unknown in ("/l/other", "/l/https://evil.example/", "/l//evil.example"):
        assert visitor.get(unknown).status_code in (404, 308)
        assert visitor.get(unknown, follow_redirects=True).status_code == 404
    assert visitor.post("/l/abc").status_code == 405
    with database.reading() as session:
        assert links.taps(session, 1) == {"https://city.example/kyoshitsu": 1}


def test_a_picture_is_shown_under_its_name_alone(database: Database) -> None:
    app = Flask("tests", static_folder=None)
    app.register_blueprint(announced.blueprint(database, "もうありません。"))
    visitor = app.test_client()
    file = BytesIO()
    Image.new("RGBA", (900, 300), (255, 0, 0, 0)).save(file, "PNG")
    drawn = pictures.draw(file.getvalue())
    assert isinstance(drawn, pictures.Drawn)
    with database.writing() as session:
        kept = pictures.keep(session, drawn, NOW)
    whole, small = visitor.get(f"/p/{kept.name}.jpg"), visitor.get(f"/p/{kept.name}/small.jpg")
    assert (whole.mimetype, whole.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert Image.open(BytesIO(small.data)).size == (240, 80)
    assert visitor.get("/p/1.jpg").status_code == 404


def test_staff_join_their_own_line_by_typing_the_code_and_other_words_are_questions(
    city_database: Database, sealer: Sealer, resident: Resident, civil: CivilTime
) -> None:
    with city_database.writing() as session:
        code = testers.invite(session, sealer, "writer", civil())
    assert "ためし送りを受け取ります" not in words(resident.says("ABCDEFGH"))
    assert "ためし送りを受け取ります" in words(resident.says(f" {code.lower()} "))
    assert "ためし送りを受け取ります" not in words(resident.says(code)), "it works once"
    with city_database.reading() as session:
        assert [bool(one.resident_key) for one in testers.listed(session)] == [True]
