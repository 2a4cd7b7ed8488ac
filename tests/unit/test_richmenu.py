"""The rich menu fits LINE, covers its picture, and is drawn the same every time."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import content
from bot.emulator.rich_menus import check_rich_menu
from bot.line.limits import graphemes
from bot.speech.richmenu.drawing import draw_menu
from bot.speech.richmenu.faults import DRAWN_FROM, MenuFault, faults, png_size, png_text
from bot.speech.richmenu.fonts import find_font, letters_missing
from bot.speech.richmenu.plan import MenuPlan
from bot.speech.texts import Texts
from handlers.chat.routes import BY_BUTTON, read_button
from handlers.commands.richmenu import planned_menu
from tests.conftest import skip_or_fail

PLAN = planned_menu()
MENU: dict[str, Any] = content.toml("richmenu/menu.toml")
ICONS: dict[str, Any] = content.toml("richmenu/icons.toml")
TEXTS = Texts.read(content.folder() / "texts")


@pytest.fixture(scope="module")
def font() -> Path:
    fonts = content.toml("richmenu/fonts.toml")
    found = find_font(fonts["files"], [Path(folder) for folder in fonts["folders"]])
    if found is None:
        skip_or_fail("no Japanese font is installed")
    assert found is not None
    return found


def changed(**changes: Any) -> MenuPlan:
    return MenuPlan.read({**MENU, **changes}, ICONS, content.folder() / "richmenu")


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2.2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_the_menu_as_it_stands_has_nothing_line_would_refuse() -> None:
    body = PLAN.as_line_takes_it(PLAN.image.read_bytes())
    assert faults(PLAN) == ()
    assert check_rich_menu(body).details == []


def test_the_picture_is_the_size_that_is_described_and_under_a_megabyte() -> None:
    picture = PLAN.image.read_bytes()
    assert png_size(picture) == (2500, 1686)
    assert len(picture) < 1_000_000
    assert PLAN.width / PLAN.height >= 1.45


def test_the_picture_was_drawn_from_the_description_as_it_stands() -> None:
    assert png_text(PLAN.image.read_bytes()) == {DRAWN_FROM: PLAN.drawn_from}


def test_the_areas_cover_the_picture_without_gaps_and_overlaps() -> None:
    step = 7
    for x in range(0, PLAN.width, step):
        for y in range(0, PLAN.height, step * 7):
            over = [
                area.label
                for area in PLAN.areas
                if area.x <= x < area.x + area.width and area.y <= y < area.y + area.height
            ]
            assert len(over) == 1, (x, y, over)
    covered = sum(area.width * area.height for area in PLAN.areas)
    assert covered == PLAN.width * PLAN.height


def test_labels_and_chat_bar_are_short_enough() -> None:
    assert [area.label for area in PLAN.areas if graphemes(area.label) > 20] == []
    assert graphemes(PLAN.chat_bar) <= 14


def test_each_of_the_six_buttons_leads_somewhere_under_the_name_the_desk_uses() -> None:
    names = ("ask", "procedures", "classes", "news", "me", "person")
    assert [(area.label, read_button(area.data)) for area in PLAN.areas] == [
        (TEXTS.find(f"button.{name}").plain, (BY_BUTTON[name], {"to": name})) for name in names
    ]


def test_a_tap_says_in_the_chat_what_the_button_said() -> None:
    areas = PLAN.as_line_takes_it(b"")["areas"]
    assert [area["action"]["displayText"] for area in areas] == [a.label for a in PLAN.areas]


def test_words_and_icons_stand_out_for_weak_eyes() -> None:
    colours = PLAN.drawing.colours
    assert contrast(colours["ink"], colours["paper"]) >= 7
    assert contrast(colours["paper"], colours["accent"]) >= 7
    assert contrast(colours["ink"], colours["mark_ground"]) >= 7


def test_the_sample_is_marked_as_one() -> None:
    assert PLAN.mark == "見本"


def test_the_name_at_line_changes_with_whatever_residents_see() -> None:
    picture = PLAN.image.read_bytes()
    named = PLAN.name_for(picture)
    assert PLAN.is_ours(named)
    assert named == planned_menu().name_for(picture)
    others = {
        PLAN.name_for(picture + b"."),
        changed(chat_bar="窓口").name_for(picture),
        changed(area=[*MENU["area"][1:], MENU["area"][0]]).name_for(picture),
    }
    assert len({named, *others}) == 4


@pytest.mark.parametrize("name", ["madoguchi", "summer-0123456789abcdef", "madoguchi-old", ""])
def test_a_menu_someone_else_made_is_not_ours(name: str) -> None:
    assert not PLAN.is_ours(name)


def test_words_changed_after_drawing_are_noticed() -> None:
    area = [{**MENU["area"][0], "label": "聞いてみる"}, *MENU["area"][1:]]
    assert faults(changed(area=area)) == (MenuFault("picture_stale", {"file": "menu.png"}),)


def test_what_a_button_tells_the_desk_may_change_without_drawing() -> None:
    area = [{**MENU["area"][0], "data": "to=menu"}, *MENU["area"][1:]]
    assert faults(changed(area=area)) == ()


def test_a_picture_from_elsewhere_is_taken_as_it_is(tmp_path: Path) -> None:
    Image.new("RGB", (PLAN.width, PLAN.height)).save(tmp_path / "own.png")
    assert faults(dataclasses.replace(PLAN, image=tmp_path / "own.png")) == ()


def test_everything_unfit_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "menu.png").write_bytes(b"no picture" * 200_000)
    area = [{**MENU["area"][0], "label": "長" * 21, "data": ""}, *MENU["area"][1:5]]
    size = {**MENU["size"], "width": 2000}
    unfit = MenuPlan.read({**MENU, "chat_bar": "", "area": area, "size": size}, ICONS, tmp_path)
    assert [fault.name for fault in faults(unfit)] == [
        "chat_bar",
        "label",
        "data",
        "size",
        "areas",
        "picture_heavy",
        "picture_size",
    ]
    absent = dataclasses.replace(PLAN, image=tmp_path / "none.png")
    assert [fault.name for fault in faults(absent)] == ["picture_absent"]


def test_every_fault_has_its_words() -> None:
    names = "chat_bar label data size areas picture_absent picture_heavy picture_size picture_stale"
    for name in names.split():
        assert TEXTS.find(f"command.richmenu_fault_{name}").plain


def test_drawing_again_gives_the_same_picture(font: Path) -> None:
    first = draw_menu(PLAN, ICONS, font)
    assert first == draw_menu(PLAN, ICONS, font)
    assert png_size(first) == (PLAN.width, PLAN.height)
    assert len(first) < 1_000_000


def test_the_best_font_is_taken_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("a/good.ttf", "b/deep/Best.ttf", "b/other.ttf"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).touch()
    folders = [tmp_path / "absent", tmp_path / "a", tmp_path / "b"]
    assert find_font(["best.ttf", "good.ttf"], folders) == tmp_path / "b/deep/Best.ttf"
    assert find_font(["good.ttf"], folders) == tmp_path / "a/good.ttf"
    assert find_font(["none.ttf"], folders) is None


def test_a_font_with_all_letters_is_told_from_one_without(font: Path) -> None:
    assert letters_missing(font, "質問する") == ""
    assert letters_missing(font, "質\U0010fffd問") == "\U0010fffd"
