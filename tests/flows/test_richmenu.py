"""The operator puts up the rich menu; residents see the old one or the new one, never none."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import content
from bot.line.gateway import Gateway
from bot.settings import LineSettings
from bot.speech.texts import Texts, Voice
from handlers.commands import richmenu
from handlers.commands.richmenu import planned_menu
from handlers.emulator.launch import RunningEmulator, start

VOICE = Voice(Texts.read(content.folder() / "texts"))
TOKEN = "token-of-a-test"
OTHER: dict[str, Any] = {
    "size": {"width": 2500, "height": 843},
    "selected": False,
    "name": "summer",
    "chatBarText": "夏",
    "areas": [],
}


def line_settings(url: str, token: str = TOKEN) -> LineSettings:
    return LineSettings("secret", token, url, None, None, None, None)


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with start(
        webhook_url="http://127.0.0.1:9/callback", channel_secret="secret", channel_token=TOKEN
    ) as running:
        yield running


@pytest.fixture
def gateway(emulator: RunningEmulator) -> Iterator[Gateway]:
    made = Gateway(line_settings(emulator.url))
    yield made
    made.hide_rich_menu()
    for menu in made.rich_menus():
        made.delete_rich_menu(menu.rich_menu_id)


def do(action: str, gateway: Gateway | None) -> int:
    return richmenu.run([action], gateway, VOICE)


def test_the_menu_is_put_up_for_everyone(gateway: Gateway) -> None:
    assert do("apply", gateway) == 0
    plan = planned_menu()
    (menu,) = gateway.rich_menus()
    assert menu.name == plan.name_for(plan.image.read_bytes())
    assert gateway.default_rich_menu() == menu.rich_menu_id


def test_putting_it_up_twice_changes_nothing(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    do("apply", gateway)
    before = gateway.rich_menus(), gateway.default_rich_menu()
    assert do("apply", gateway) == 0
    assert (gateway.rich_menus(), gateway.default_rich_menu()) == before
    said = capsys.readouterr().out.splitlines()
    assert said == [
        VOICE.say("command.richmenu_applied", id=before[1]),
        VOICE.say("command.richmenu_same", id=before[1]),
    ]


def test_a_new_menu_takes_the_place_of_the_old_one(gateway: Gateway) -> None:
    old = put_up(gateway, {**OTHER, "name": "madoguchi-0123456789abcdef"})
    do("apply", gateway)
    (menu,) = gateway.rich_menus()
    assert menu.rich_menu_id != old
    assert gateway.default_rich_menu() == menu.rich_menu_id


@pytest.mark.parametrize(
    "faults",
    [
        [("reset-after-accept", "richmenu/create")],
        [("500", "richmenu/content")],
        # The first call of this name only asks which menu is up.
        [("slow", "richmenu/default"), ("500", "richmenu/default")],
    ],
)
def test_a_run_that_broke_off_leaves_the_old_menu_and_the_next_cleans_up(
    gateway: Gateway, emulator: RunningEmulator, faults: list[tuple[str, str]]
) -> None:
    old = put_up(gateway, {**OTHER, "name": "madoguchi-0123456789abcdef"})
    for kind, endpoint in faults:
        emulator.post("faults", {"kind": kind, "endpoint": endpoint, "seconds": 0})
    assert do("apply", gateway) == 1
    assert gateway.default_rich_menu() == old
    assert len(gateway.rich_menus()) == 2
    assert do("apply", gateway) == 0
    (menu,) = gateway.rich_menus()
    assert gateway.default_rich_menu() == menu.rich_menu_id != old


def test_old_menus_that_could_not_be_removed_go_the_next_time(
    gateway: Gateway, emulator: RunningEmulator
) -> None:
    put_up(gateway, {**OTHER, "name": "madoguchi-0123456789abcdef"})
    emulator.post("faults", {"kind": "500", "endpoint": "richmenu/delete"})
    assert do("apply", gateway) == 1
    new = gateway.default_rich_menu()
    assert do("apply", gateway) == 0
    assert [menu.rich_menu_id for menu in gateway.rich_menus()] == [new]


def test_a_menu_someone_else_made_is_never_touched(gateway: Gateway) -> None:
    others = put_up(gateway, OTHER)
    do("apply", gateway)
    assert len(gateway.rich_menus()) == 2
    do("remove", gateway)
    assert [menu.rich_menu_id for menu in gateway.rich_menus()] == [others]


def test_removing_takes_it_from_everyone_and_may_be_repeated(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    do("apply", gateway)
    capsys.readouterr()
    assert do("remove", gateway) == 0
    assert gateway.rich_menus() == []
    assert gateway.default_rich_menu() is None
    assert do("remove", gateway) == 0
    assert capsys.readouterr().out.splitlines() == [
        VOICE.say("command.richmenu_removed", count=1),
        VOICE.say("command.richmenu_none"),
    ]


def test_the_operator_sees_what_is_up(gateway: Gateway, capsys: pytest.CaptureFixture[str]) -> None:
    do("show", gateway)
    do("apply", gateway)
    capsys.readouterr()
    do("show", gateway)
    (menu,) = gateway.rich_menus()
    default = VOICE.say("command.richmenu_default")
    words = {"id": menu.rich_menu_id, "name": menu.name, "default": default}
    assert capsys.readouterr().out == VOICE.say("command.richmenu_shown", **words) + "\n"


def test_a_refused_token_ends_with_a_sentence(
    emulator: RunningEmulator, capsys: pytest.CaptureFixture[str]
) -> None:
    assert do("apply", Gateway(line_settings(emulator.url, "wrong"))) == 1
    assert capsys.readouterr().err == VOICE.say("command.richmenu_refused", status=401) + "\n"


def test_a_line_that_is_away_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert do("show", Gateway(line_settings("http://127.0.0.1:9"))) == 1
    assert do("show", None) == 1
    assert capsys.readouterr().err == (VOICE.say("command.richmenu_away") + "\n") * 2


def test_drawing_needs_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no-font.ttf").write_bytes(b"no font")
    out = tmp_path / "menu.png"
    font = str(tmp_path / "no-font.ttf")
    assert richmenu.run(["draw", "--font", font, "--out", str(out)], None, VOICE) == 1
    said = VOICE.say("command.richmenu_font_unreadable", font=font)
    assert capsys.readouterr().err == said + "\n"
    assert not out.exists()


def put_up(gateway: Gateway, menu: dict[str, Any]) -> str:
    """Puts up another menu, the way a person or an earlier release did."""
    picture = BytesIO()
    Image.new("RGB", (2500, 843)).save(picture, "PNG")
    made = gateway.create_rich_menu(menu)
    gateway.upload_rich_menu_image(made, picture.getvalue())
    gateway.show_rich_menu_to_all(made)
    return made
