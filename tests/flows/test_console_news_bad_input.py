"""Bad input and bad moments at the console of announcements: said in plain words, and harmless."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image, PngImagePlugin

from bot.campaigns import pictures
from bot.campaigns.rules import Picture, State, Why
from bot.campaigns.stopping import Numbers
from bot.db import Database
from bot.line.outcomes import Outcome
from bot.residents import preferences
from bot.residents.rules import Choices
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.flows.announcing import Office, Platform, befriend, user_id, wait_for
from tests.flows.chatting import CivilTime
from tests.flows.console_at_work import Browser, at_work
from tests.flows.test_console_news import (
    MORNING,
    aims,
    approves,
    checked,
    newest,
    picture,
    version,
    writes,
)

HIDDEN = (b"<script>", b"35.0,136.6", b"PK\x03\x04")


@pytest.fixture
def office(database: Database, sealer: Sealer, civil: CivilTime) -> Office:
    return Office(database, sealer, civil=civil)


def begins(database: Database, writer: Browser) -> int:
    writer.get("/console/news/new")
    writer.post("/console/news/new", {"kind": "free"})
    return newest(database).id


def card(**more: str) -> dict[str, str]:
    fields = {"": "card", "_title": "題", "_text": "文", "_b0_label": "押す", "_b0_to": "menu"}
    return {f"p0{name}": value for name, value in {**fields, **more}.items()}


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "題名を書いてください。"),
        ({"topic": ""}, "何の話題か選んでください。"),
        ({"topic": "gone"}, "何の話題か選んでください。"),
        ({"p0_text": " \n"}, "1番目：文章を書いてください。"),
        ({"p0_text": "あ" * 2001}, "1番目：2000文字までにしてください。"),
        ({"p0_text": "😀" * 1001}, "1番目：2000文字までにしてください。"),
        ({"p0_easy": "あ" * 2001}, "1番目：2000文字までにしてください。"),
        (card(_title="題" * 41), "1番目：題名を40文字までで書いてください。"),
        (card(_text="文" * 601), "1番目：600文字までにしてください。"),
        (card(_b0_label="押" * 21), "1番目：ボタンの文字を1〜20文字で書いてください。"),
        (card(_b0_label=" ", _b0_at="x"), "1番目：ボタンの文字を1〜20文字で書いてください。"),
        (card(_b0_to="link", _b0_at="javascript:alert(1)"), "https:// で始めてください。"),
        (card(_b0_to="call", _b0_at="110番"), "1番目：ボタンの電話番号は"),
        ({f"p{n}": "words" for n in range(5)}, "部品は4つまでです。減らしてください。"),
    ],
)
def test_what_breaks_a_limit_is_named_where_it_is_and_is_never_handed_to_an_approver(
    database: Database, writer: Browser, fields: dict[str, str], said: str
) -> None:
    number = begins(database, writer)
    typed = {**{f"{name}_text": "文" for name in fields if len(name) == 2}, **fields}
    assert writes(writer, number, **typed) == 303
    assert aims(writer, number) == 303
    writer.get(f"/console/news/{number}")
    assert said in writer.words
    seen = str(newest(database).version)
    assert writer.post(f"/console/news/{number}/check", {"version": seen}).status_code == 422
    assert "直すところがあります。下を見てください。" in writer.words
    assert newest(database).state is State.DRAFT


def test_a_field_without_end_is_refused_and_what_was_kept_stays(
    database: Database, writer: Browser
) -> None:
    number = begins(database, writer)
    assert writes(writer, number) == 303
    kept = newest(database)
    long = "あ" * 10_001
    assert writes(writer, number, title="別の題名", p0_text=long) == 422
    assert "1つの欄は10,000文字までです。" in writer.words
    assert f">{long}</textarea>" in writer.page, "what was typed stays to be shortened"
    assert 'value="別の題名"' in writer.page
    assert newest(database) == kept
    assert writes(writer, number, p0_text="a\0b") == 303
    assert newest(database).draft.parts[0].text == "ab"  # type: ignore[union-attr]


def test_a_title_that_is_too_long_is_refused_and_not_cut(
    database: Database, writer: Browser
) -> None:
    number = begins(database, writer)
    assert writes(writer, number, title="題" * 81) == 422
    assert "題名は80文字までです。短くしてください。" in writer.words
    assert f'value="{"題" * 81}"' in writer.page
    assert newest(database).draft.title == ""
    assert writes(writer, number, title="題" * 80) == 303
    assert newest(database).draft.title == "題" * 80


# ---------------------------------------------------------------- pictures


def as_file(kind: str, size: tuple[int, int] = (400, 300)) -> bytes:
    return picture(size, kind)


def jpeg_claiming(width: int, height: int) -> bytes:
    """A small JPEG whose head claims a picture that fills the memory."""
    whole = as_file("JPEG")
    at = whole.index(b"\xff\xc0") + 5
    return whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]


def with_text_bomb() -> bytes:
    """A PNG whose compressed comment is 60 MB of nothing."""
    data = b"zTXt" + b"c\0\0" + zlib.compress(bytes(60_000_000), 9)
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    whole = picture()
    return whole[:33] + chunk + whole[33:]


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (b"", "JPEGかPNGの写真を選んでください。"),
        (as_file("WEBP"), "JPEGかPNGの写真を選んでください。"),
        (as_file("BMP"), "JPEGかPNGの写真を選んでください。"),
        (as_file("TIFF"), "JPEGかPNGの写真を選んでください。"),
        (as_file("PDF"), "JPEGかPNGの写真を選んでください。"),
        (b"GIF89a/*" + as_file("JPEG"), "JPEGかPNGの写真を選んでください。"),
        (b"<html>" + picture(), "JPEGかPNGの写真を選んでください。"),
        (jpeg_claiming(65_000, 65_000), "写真の縦横が大きすぎます。"),
        (with_text_bomb(), "写真を読めません。"),
        (picture((199, 4000)), "写真が小さすぎます。"),
        (as_file("JPEG")[:200], "JPEGかPNG"),
        (bytes(5_000_001), "写真が大きすぎます。5MBまでにしてください。"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_a_file_that_is_no_fit_picture_is_refused_and_keeps_what_was_typed(
    database: Database, writer: Browser, upload: bytes, said: str
) -> None:
    number = begins(database, writer)
    file = (BytesIO(upload), "photo.jpg")
    assert writes(writer, number, "picture", p0_text="消えない文章", file=file) == 422
    assert said in writer.words
    assert "消えない文章" in writer.page
    assert newest(database).version == 1


def test_a_file_too_large_for_the_door_is_refused_before_it_is_read(
    database: Database, writer: Browser
) -> None:
    number = begins(database, writer)
    file = (BytesIO(bytes(7_000_000)), "photo.jpg")
    assert writes(writer, number, "picture", file=file) == 413
    assert newest(database).version == 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_what_hides_in_a_picture_does_not_travel_with_it(
    database: Database, writer: Browser, kind: str
) -> None:
    number = begins(database, writer)
    exif = Image.Exif()
    exif[0x010E] = "35.0,136.6"  # where it was taken
    text = PngImagePlugin.PngInfo()
    text.add_text("comment", "<script>alert(1)</script>")
    how = {"pnginfo": text} if kind == "PNG" else {"comment": b"<script>alert(1)</script>"}
    file = BytesIO()
    Image.new("RGB", (400, 300)).save(file, kind, exif=exif, **how)
    upload = file.getvalue() + b"PK\x03\x04 a zip behind it"
    assert all(one in upload for one in HIDDEN)
    assert writes(writer, number, "picture", file=(BytesIO(upload), "a.png")) == 303
    shown = newest(database).draft.parts[-1]
    assert isinstance(shown, Picture)
    with database.reading() as session:
        kept = pictures.find(session, shown.picture_id)
        assert kept is not None
        for small in (False, True):
            data = pictures.image(session, kept.name, small=small) or b""
            assert data.startswith(b"\xff\xd8")
            assert [one for one in HIDDEN if one in data] == []


# ---------------------------------------------------------------- people


def test_an_audience_of_nobody_is_not_approved_and_one_that_empties_is_held(
    database: Database, sealer: Sealer, office: Office, writer: Browser, boss: Browser
) -> None:
    number = checked(database, writer)
    assert approves(boss, number) == 409
    assert "この条件に合う人がいません。話題や地区を広げてください。" in boss.words
    (key,) = befriend(database, sealer, [1], topic="disaster")
    assert approves(boss, number) == 303
    with database.writing() as session:
        preferences.choose(session, key, Choices(), office.civil())
    office.civil.passes(minutes=6)
    office.goes_round()
    assert (newest(database).state, newest(database).why) == (State.HELD, Why.NOBODY)
    boss.get(f"/console/news/{number}")
    assert "対象の人がだれもいません。" in boss.words
    boss.get("/console/")
    assert "止まっているお知らせ 1件" in boss.words


def test_who_wrote_a_word_or_chose_the_audience_approves_nothing_of_it(
    database: Database, sealer: Sealer, app: Flask, writer: Browser
) -> None:
    befriend(database, sealer, range(3), topic="disaster")
    chief = at_work(database, sealer, app, "chief", Role.ADMIN)
    number = checked(database, writer)
    assert aims(chief, number, districts=[], cap="send_all") == 303
    writer.get(f"/console/news/{number}")
    writer.post(f"/console/news/{number}/check", {"version": version(writer)})
    assert approves(chief, number, version=str(newest(database).version)) == 409
    assert "自分が書いたお知らせは、承認できません。" in chief.words
    assert newest(database).state is State.CHECKED


# ---------------------------------------------------------------- the clock


def test_a_clock_that_is_set_back_neither_sends_early_nor_twice(
    database: Database, sealer: Sealer, office: Office, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(3), topic="disaster")
    later = {"leaves": "later", "day": "2026-11-24", "time": "12:00"}
    number = checked(database, writer, **later)
    assert approves(boss, number) == 303
    office.civil.passes(minutes=6)
    office.goes_round()
    assert office.state(number) is State.SCHEDULED
    office.civil.passes(hours=-5)
    office.goes_round()
    assert office.state(number) is State.SCHEDULED, "and not open to an undo again"
    boss.get(f"/console/news/{number}")
    assert boss.post(f"/console/news/{number}/undo").status_code == 409
    office.civil.now = MORNING + timedelta(hours=2, minutes=1)
    office.goes_round()
    assert office.state(number) is State.SENDING
    office.civil.passes(hours=-1)
    office.goes_round()
    office.sends(number)
    assert office.state(number) is State.DONE
    for _ in range(2):
        office.civil.passes(hours=1)
        office.goes_round()
    assert dict(office.line.got) == {user_id(one): 1 for one in range(3)}
    assert writer.get(f"/console/news/{number}").status_code == 200


def test_a_clock_that_is_set_back_after_an_approval_leaves_time_for_second_thoughts(
    database: Database, sealer: Sealer, office: Office, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(3), topic="disaster")
    number = checked(database, writer)
    assert approves(boss, number) == 303
    office.civil.passes(hours=-1)
    office.goes_round()
    assert office.state(number) is State.APPROVED
    boss.get(f"/console/news/{number}")
    assert boss.post(f"/console/news/{number}/undo").status_code == 303
    assert office.state(number) is State.CHECKED


# ---------------------------------------------------------------- LINE


def test_one_bad_id_is_one_refused_person_in_the_numbers_and_the_list(
    database: Database, sealer: Sealer, office: Office, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(20), topic="disaster")
    office.line.unknown = frozenset({user_id(7)})
    number = checked(database, writer)
    assert approves(boss, number) == 303
    office.civil.passes(minutes=6)
    office.goes_round()
    office.sends(number)
    boss.get(f"/console/news/{number}")
    assert "LINEが受け取った 19" in boss.words
    assert "LINEが断った 1" in boss.words
    assert "うまくいかなかった分" in boss.words
    assert " 1 LINEが断った 400 " in boss.words, "one person, and what LINE answered"


@dataclass
class Revoking(Platform):
    """The city's token is revoked after so many calls."""

    after: int = 2

    def multicast(
        self,
        to: Sequence[str],
        messages: Sequence[dict[str, Any]],
        retry_key: str,
        unit: str | None = None,
    ) -> Outcome:
        answer = super().multicast(to, messages, retry_key, unit)
        self.revoked = self.revoked or len(self.calls) >= self.after
        return answer


def test_a_token_revoked_in_mid_send_stops_it_says_so_and_its_renewal_sends_the_rest(
    database: Database, sealer: Sealer, office: Office, writer: Browser, boss: Browser
) -> None:
    befriend(database, sealer, range(2100), topic="disaster")
    office.line = Revoking()
    number = checked(database, writer)
    assert approves(boss, number, typed="2100") == 303
    office.civil.passes(minutes=6)
    office.goes_round()
    mailing = office.mailing(carriers=1)
    mailing.start()
    wait_for(lambda: office.state(number) is State.PAUSED)
    mailing.stop()
    assert office.numbers(number) == Numbers(2100, 1000, 1100, 0, 0, 0, 0)
    page = f"/console/news/{number}"
    boss.get(page)
    assert "LINEが市の鍵を受け付けません。鍵を直すと、続きから自動で送ります。" in boss.words
    assert "まだ送っていない 1,100" in boss.words
    boss.get("/console/")
    assert "止まっているお知らせ 1件" in boss.words
    office.line.revoked, office.line.after = False, 10_000
    office.goes_round()
    assert office.state(number) is State.SENDING
    office.sends(number)
    assert len(office.line.got) == 2100
    assert set(office.line.got.values()) == {1}
    boss.get(page)
    assert "LINEが受け取った 2,100" in boss.words
    assert "自動が続きを始めました" in boss.words
