"""Anyone can see how far the plan has come, without LINE; cards keep the picture of their day."""

import re
from datetime import date
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from bot.db import Database
from bot.plan import recording
from bot.plan.rules import StepState
from bot.sealing import Sealer
from handlers.pages.headers import CONTENT_SECURITY_POLICY
from tests.flows.chatting import CivilTime
from tests.flows.planning import PLAN, open_pages, terms


@pytest.fixture
def app(database: Database, sealer: Sealer, civil: CivilTime) -> Flask:
    app = Flask("tests", static_folder=None)
    open_pages(app, database, sealer, civil)
    return app


def read(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_page_and_its_picture_say_what_is_recorded_and_nothing_else(
    app: Flask, database: Database, civil: CivilTime
) -> None:
    visitor = app.test_client()
    empty = visitor.get("/plan")
    assert empty.status_code == 200
    said = read(empty.get_data(as_text=True))
    assert "記録がありません（計画では全部で224）。今の状況は窓口へ" in said
    assert "令和5年度 記録なし" in said
    assert "見本・四日市市の公式ではありません" in said
    assert "<svg" not in empty.get_data(as_text=True)
    assert empty.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "Set-Cookie" not in empty.headers

    given = {"by": "tanaka", "now": civil(), "terms": terms()}
    with database.writing() as session:
        for day, names in (
            (date(2022, 6, 1), "ab"),
            (date(2023, 6, 1), "c"),
            (date(2026, 5, 1), "d"),
        ):
            recording.went_online_by_name(session, list(names), day, **given)
        measure, _, step = PLAN.step("2-1:2022:2") or pytest.fail("no such step")
        recording.step(session, measure, step, StepState.UNDER_WAY, date(2022, 10, 1), **given)
        recording.figure(session, 8, "友だちの数", "1,200人", date(2026, 4, 1), **given)
    said = read(visitor.get("/plan").get_data(as_text=True))
    assert "4（計画では全部で224）" in said
    assert "令和4年度 2 令和5年度 1 令和6年度 記録なし" in said
    assert "計画のあと 1" in said
    assert "育成方法の検討 進めています（令和4年10月1日（土））" in said
    assert "友だちの数：1,200人（令和8年4月1日（水））" in said

    pictures = [visitor.get(f"/plan/picture/{upto}.png") for upto in (0, 2, 6)]
    assert [one.status_code for one in pictures] == [200] * 3
    assert len({one.data for one in pictures}) == 3
    assert visitor.get("/plan/picture/2.png").data == pictures[1].data
    assert Image.open(BytesIO(pictures[2].data)).size == (1024, 512)
    assert max(len(one.data) for one in pictures) < 100_000
    assert "immutable" in pictures[0].headers["Cache-Control"]
    for nowhere in ("/plan/picture/7.png", "/plan/picture/x.png", "/plan/elsewhere"):
        assert visitor.get(nowhere).status_code == 404
