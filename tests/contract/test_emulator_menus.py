"""Rich menus, tokens and statistics of the emulator, as the product's client meets them."""

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.emulated import SECRET, Line, emulated

MENU = {
    "size": {"width": 1200, "height": 800},
    "selected": False,
    "name": "main",
    "chatBarText": "メニュー",
    "areas": [
        {
            "bounds": {"x": 0, "y": 0, "width": 400, "height": 400},
            "action": {"type": "message", "label": "質問する", "text": "質問する"},
        }
    ],
}


def png(width: int, height: int, extra: int = 0) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * (width + 1) * height)
    text = chunk(b"tEXt", b"x" * extra) if extra else b""
    parts = [chunk(b"IHDR", header), text, chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.fixture
def line() -> Iterator[Line]:
    with emulated() as running:
        yield running


def create(line: Line, **changes: Any) -> str:
    answer = line.call("POST", "/v2/bot/richmenu", {**MENU, **changes})
    assert answer.status_code == 200, answer.text
    menu_id: str = answer.json["richMenuId"]
    return menu_id


def upload(line: Line, menu_id: str, data: bytes, media_type: str = "image/png") -> int:
    headers = {"Authorization": "Bearer channel-token"}
    path = f"/v2/bot/richmenu/{menu_id}/content"
    status = line.client.post(path, data=data, content_type=media_type, headers=headers).status_code
    return int(status)


def test_a_menu_with_its_picture_becomes_the_one_every_resident_sees(line: Line) -> None:
    menu_id = create(line)
    path = f"/v2/bot/user/all/richmenu/{menu_id}"
    assert line.call("POST", path).status_code == 400  # no picture yet
    assert upload(line, menu_id, png(1200, 800)) == 200
    assert line.call("POST", path).status_code == 200
    assert line.look("chat/r74")["rich_menu"]["richMenuId"] == menu_id
    assert line.call("GET", "/v2/bot/user/all/richmenu").json == {"richMenuId": menu_id}
    assert line.call("GET", f"/v2/bot/richmenu/{menu_id}/content").data == png(1200, 800)


def test_a_resident_own_menu_wins_over_the_default(line: Line) -> None:
    ids = [create(line) for _ in range(2)]
    for menu_id in ids:
        upload(line, menu_id, png(1200, 800))
    line.call("POST", f"/v2/bot/user/all/richmenu/{ids[0]}")
    line.call("POST", f"/v2/bot/user/{line.id_of('r74')}/richmenu/{ids[1]}")
    seen = [line.look(f"chat/{key}")["rich_menu"]["richMenuId"] for key in ("r74", "r38")]
    assert seen == [ids[1], ids[0]]
    line.call("DELETE", f"/v2/bot/user/{line.id_of('r74')}/richmenu")
    assert line.look("chat/r74")["rich_menu"]["richMenuId"] == ids[0]


def test_a_switch_leads_to_the_menu_of_its_alias_and_tells_the_product(line: Line) -> None:
    menu_id = create(line)
    upload(line, menu_id, png(1200, 800))
    alias = {"richMenuAliasId": "page-2", "richMenuId": menu_id}
    assert line.call("POST", "/v2/bot/richmenu/alias", alias).status_code == 200
    assert line.call("POST", "/v2/bot/richmenu/alias", alias).status_code == 400
    switch = {"type": "richmenuswitch", "richMenuAliasId": "page-2", "data": "to-2"}
    event = line.hear(lambda: line.order("tap", resident="r74", action=switch))
    params = {"newRichMenuAliasId": "page-2", "status": "SUCCESS"}
    assert event["postback"] == {"data": "to-2", "params": params}
    assert line.look("chat/r74")["rich_menu"]["richMenuId"] == menu_id


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"size": {"width": 799, "height": 540}}, "size.width"),
        ({"size": {"width": 1200, "height": 249}}, "size.height"),
        ({"size": {"width": 1200, "height": 828}}, "size"),
        ({"chatBarText": "あ" * 15}, "chatBarText"),
        ({"name": ""}, "name"),
        ({"selected": "no"}, "selected"),
        ({"areas": MENU["areas"] * 21}, "areas"),  # type: ignore[operator]
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_menu_outside_the_rules_is_refused(
    line: Line, changes: dict[str, Any], place: str
) -> None:
    answer = line.call("POST", "/v2/bot/richmenu", {**MENU, **changes})
    assert answer.status_code == 400
    assert answer.json["details"][0]["property"] == place


def test_a_picture_must_fit_its_menu(line: Line) -> None:
    menu_id = create(line)
    assert upload(line, menu_id, png(1200, 801)) == 400
    assert upload(line, menu_id, b"GIF89a") == 400
    assert upload(line, menu_id, png(1200, 800, extra=1024 * 1024)) == 400
    assert upload(line, menu_id, png(1200, 800), "text/plain") == 415
    assert upload(line, "richmenu-none", png(1200, 800)) == 404
    assert upload(line, menu_id, png(1200, 800)) == 200
    assert upload(line, menu_id, png(1200, 800)) == 400  # LINE does not replace pictures


def test_a_deleted_menu_is_seen_nowhere(line: Line) -> None:
    menu_id = create(line)
    upload(line, menu_id, png(1200, 800))
    line.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")
    assert line.call("DELETE", f"/v2/bot/richmenu/{menu_id}").status_code == 200
    assert line.call("DELETE", f"/v2/bot/richmenu/{menu_id}").status_code == 404
    assert line.call("GET", "/v2/bot/user/all/richmenu").status_code == 404
    assert line.look("chat/r74")["rich_menu"] is None


def test_menus_and_residents_outlive_the_program(tmp_path: Path) -> None:
    with emulated(data_dir=tmp_path) as line:
        menu_id = create(line)
        upload(line, menu_id, png(1200, 800))
        line.call("POST", f"/v2/bot/user/all/richmenu/{menu_id}")
        line.order("unfollow", resident="r38")
    with emulated(data_dir=tmp_path) as line:
        assert line.look("chat/r74")["rich_menu"]["richMenuId"] == menu_id
        assert line.look("chat/r38")["resident"]["blocked"] is True


def test_an_issued_token_opens_the_api_until_it_is_revoked(line: Line) -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"iss": "1000000000"}).encode()).decode()
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": f"e30.{claims.rstrip('=')}.x",
    }
    issued = line.client.post("/oauth2/v2.1/token", data=form).json
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 30 * 86400)
    bearer = {"Authorization": f"Bearer {issued['access_token']}"}
    assert line.call("GET", "/v2/bot/info", **bearer).status_code == 200
    line.client.post("/oauth2/v2.1/revoke", data={"access_token": issued["access_token"]})
    assert line.call("GET", "/v2/bot/info", **bearer).status_code == 401


def test_a_stateless_token_lasts_fifteen_minutes(line: Line) -> None:
    form = {"grant_type": "client_credentials", "client_id": "1000000000", "client_secret": SECRET}
    assert line.client.post("/oauth2/v3/token", data=form).json["expires_in"] == 900
    refused = line.client.post("/oauth2/v3/token", data={**form, "client_secret": "x"})
    assert refused.status_code == 400


def test_a_profile_is_known_until_the_resident_blocks(line: Line) -> None:
    path = f"/v2/bot/profile/{line.id_of('r74')}"
    assert line.call("GET", path).json["userId"] == line.id_of("r74")
    line.order("unfollow", resident="r74")
    assert line.call("GET", path).status_code == 404
    assert line.call("GET", "/v2/bot/profile/U1").json == {"message": "Not found"}


def test_friends_and_blocks_are_counted(line: Line) -> None:
    line.order("unfollow", resident="r74")
    counted = line.call("GET", "/v2/bot/insight/followers?date=20261201").json
    assert (counted["followers"], counted["targetedReaches"], counted["blocks"]) == (3, 2, 1)


def test_other_pages_and_hosts_cannot_order_anything(line: Line) -> None:
    plain = line.client.post("/_emulator/reset", data="{}", content_type="text/plain")
    assert plain.status_code == 400
    foreign = line.client.get("/_emulator/state", headers={"Host": "city.example"})
    assert foreign.status_code == 403
