"""What became of an announcement is counted, and nobody's single doing is."""

import struct
import zlib
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

import content
from bot.campaigns import cautions, links, pictures, results, testers
from bot.campaigns.cautions import AtNight, OnHoliday, OverCap, Prospect, QuotaShort, TopicShare
from bot.campaigns.rules import Button, Card, Picture, Wish, Words
from bot.db import Database
from bot.line import limits
from bot.residents import service as residents
from bot.residents.rules import Style
from bot.sealing import Sealer
from bot.speech.texts import Texts, Voice
from handlers.announced import blueprint
from scheduler.composing import Composer
from scheduler.sending import Sender
from tests.flows.announcing import TERMS, TOPIC, Office, befriend, user_id, written
from tests.flows.line_double import LineDouble

TEXTS = Texts.read(content.folder() / "texts")


@pytest.fixture
def office(database: Database, sealer: Sealer) -> Office:
    return Office(database, sealer)


def test_results_say_who_left_what_line_counted_and_how_often_links_were_tapped(
    office: Office,
) -> None:
    keys = befriend(office.database, office.sealer, range(1, 31))
    card = Card(
        "教室", "申込みはこちら", buttons=(Button("申し込む", "link", "https://city.jp/a"),)
    )
    campaign_id = office.announces(replace(written(), parts=(card,)))
    composer = Composer(
        office.database, lambda style: Voice(TEXTS, style), "https://madoguchi.example/"
    )
    composed = composer(office.find(campaign_id))
    assert limits.check(composed.bodies[Style.PLAIN]) == []
    (name,) = composed.links
    assert f"https://madoguchi.example/l/{name}" in str(composed.bodies[Style.PLAIN])
    office.compose = lambda _campaign: composed
    office.goes_round()
    office.sends(campaign_id)
    browser = _browser(office.database)
    for _ in range(3):
        led = browser.get(f"/l/{name}")
        assert (led.status_code, led.headers["Location"]) == (302, "https://city.jp/a")
    assert browser.get("/l/unknown").status_code == 404
    office.civil.passes(hours=20)
    with office.database.writing() as session:
        residents.leave(session, keys[0], office.civil())
        links.tally(session, campaign_id, links.STOPPED)
        links.tally(session, campaign_id, links.STOPPED)
        assert results.to_measure(session, office.civil()) == []
    office.civil.passes(hours=40)
    with office.database.writing() as session:
        residents.leave(session, keys[1], office.civil())
    asked = []

    def sums(unit: str, *days: object) -> results.Sums:
        asked.append((unit, *days))
        return results.Sums(21, None)

    for _ in range(2):
        office.rounds(sums=sums).go()
    assert [unit for unit, *_ in asked] == [f"campaign_{campaign_id}"]
    with office.database.reading() as session:
        known = results.of(session, campaign_id)
    assert (known.blocked, known.sums) == (1, results.Sums(21, None))
    assert known.taps == {"https://city.jp/a": 3}
    assert (known.reactions.stopped, known.reactions.asked) == (2, 0)


def test_the_stop_button_is_under_every_announcement_whatever_its_parts(office: Office) -> None:
    composer = Composer(office.database, lambda style: Voice(TEXTS, style), None)
    for parts in (
        (Words("一"), Words("二")),
        (Card("題", "本文", buttons=(Button("電話", "call", "000"),)),),
        (Picture(1, "絵"),),
    ):
        campaign_id = office.drafts(replace(written(), parts=parts))
        for body in composer(office.find(campaign_id)).bodies.values():
            assert limits.check(body) == []
            assert f"to=stop_topic&t={TOPIC}&c={campaign_id}" in str(body[-1])


def test_an_approver_sees_what_is_to_be_known_before(office: Office) -> None:
    befriend(office.database, office.sealer, range(1, 4))
    for _ in range(2):
        sent = office.announces()
        office.goes_round()
        office.sends(sent)
    befriend(office.database, office.sealer, [4])
    late = office.civil().replace(hour=13) + timedelta(days=4)  # 22:00, a Saturday in Japan
    with office.database.reading() as session:
        seen = cautions.prospect(
            session,
            written(wish=Wish(late)),
            now=office.civil(),
            terms=TERMS,
            quota_left=0,
            is_off=lambda day: day.isoweekday() > 5,
        )
    assert seen == Prospect(
        4,
        late,
        (
            AtNight(late),
            OnHoliday(late.date(), None),
            OverCap(3, 2, held_back=True),
            TopicShare(10, 10, 30),
            QuotaShort(0, 1),
        ),
    )
    assert seen.leaves == 1


def test_a_test_goes_to_the_account_that_was_joined_with_a_code(office: Office) -> None:
    (key,) = befriend(office.database, office.sealer, [9])
    now = office.civil()
    with office.database.writing() as session:
        old = testers.invite(session, office.sealer, "writer", now)
        code = testers.invite(session, office.sealer, "writer", now)
        late = now + timedelta(minutes=16)
        assert testers.join(session, office.sealer, old, key, now) is None
        assert testers.join(session, office.sealer, code, key, late) is None
        assert testers.join(session, office.sealer, code.lower(), key, now) == "writer"
        assert testers.join(session, office.sealer, code, key, now) is None
        (tester,) = testers.listed(session)
        lease_now = office.database.lease_now(session)
        for _ in range(2):
            assert testers.send(
                session,
                office.sealer,
                tester,
                [{"type": "text", "text": "試し"}],
                test="1:1",
                lease_now=lease_now,
            )
    line = LineDouble()
    sender = Sender(office.database, office.sealer, line, "s", lambda _point: None)
    while sender.one(1):
        pass
    assert [to for to, _ in line.pushes] == [user_id(9)]


def test_pictures_are_drawn_anew_and_what_is_none_is_refused(office: Office) -> None:
    upload = _png(1600, 1000) + b"<script>alert(1)</script>PK\x03\x04"
    drawn = pictures.draw(upload)
    assert isinstance(drawn, pictures.Drawn)
    assert (drawn.width, drawn.height) == (1024, 640)
    assert b"script" not in drawn.data
    assert pictures.draw(b"GIF89a" + bytes(50)) == pictures.Unfit("kind")
    assert pictures.draw(b"%PDF-1.7 nothing") == pictures.Unfit("kind")
    assert pictures.draw(_png(100, 900)) == pictures.Unfit("small")
    assert pictures.draw(_png(1000, 1000)[:500]) == pictures.Unfit("broken")
    assert pictures.draw(bytes(5_000_001)) == pictures.Unfit("bytes")
    assert pictures.draw(_claiming(60_000, 60_000)) == pictures.Unfit("pixels")
    with office.database.writing() as session:
        kept = pictures.keep(session, drawn, office.civil())
    browser = _browser(office.database)
    assert browser.get(f"/p/{kept.name}.jpg").data == drawn.data
    assert browser.get(f"/p/{kept.name}/small.jpg").data == drawn.preview
    assert browser.get("/p/other.jpg").status_code == 404


def _browser(database: Database) -> FlaskClient:
    app = Flask("announced")
    app.register_blueprint(blueprint(database, "ありません"))
    return app.test_client()


def _png(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGB", (width, height), "#0B4F6C").save(file, "PNG")
    return file.getvalue()


def _claiming(width: int, height: int) -> bytes:
    """A small file whose head claims a picture that fills the memory."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    check = struct.pack(">I", zlib.crc32(b"IHDR" + head))
    begin = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + head + check
    return begin + struct.pack(">I", 16) + b"IDAT" + bytes(20)
