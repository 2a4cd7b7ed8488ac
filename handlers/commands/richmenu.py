"""`madoguchi richmenu apply|show|remove|draw`: puts up the rich menu that content describes."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import content
from bot.line.client import NotAnswered
from bot.line.gateway import Gateway, RichMenu
from bot.speech.richmenu.drawing import draw_menu
from bot.speech.richmenu.faults import faults
from bot.speech.richmenu.fonts import find_font, letters_missing
from bot.speech.richmenu.plan import MenuPlan
from bot.speech.texts import Voice


def run(args: Sequence[str], gateway: Gateway | None, voice: Voice) -> int:
    """Does what `args` say; every action may be repeated. `draw` needs no gateway.

    Returns 1 when LINE did not take it, or the description or the font is not fit, else 0.
    """
    asked = _parser().parse_args(args)
    plan = planned_menu()
    if asked.action == "draw":
        return _draw(plan, asked.font, asked.out or plan.image, voice)
    if gateway is None:
        return _complain(voice.say("command.richmenu_away"))
    try:
        if asked.action == "apply":
            return _apply(plan, gateway, voice)
        if asked.action == "remove":
            return _remove(plan, gateway, voice)
        return _show(gateway, voice)
    except NotAnswered as refused:
        status = refused.outcome.status
        if status is None:
            return _complain(voice.say("command.richmenu_away"))
        return _complain(voice.say("command.richmenu_refused", status=status))


def planned_menu() -> MenuPlan:
    """The rich menu of `content/richmenu`."""
    return MenuPlan.read(
        content.toml("richmenu/menu.toml"),
        content.toml("richmenu/icons.toml"),
        content.folder() / "richmenu",
    )


def is_up(plan: MenuPlan, gateway: Gateway) -> bool:
    """True when everyone sees the menu as it is planned. Raises NotAnswered."""
    shown = gateway.default_rich_menu()
    wanted = plan.name_for(plan.image.read_bytes())
    return shown is not None and _names(gateway.rich_menus()).get(shown) == wanted


def _names(menus: Sequence[RichMenu]) -> dict[str, str]:
    return {menu.rich_menu_id: menu.name for menu in menus}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="madoguchi richmenu")
    actions = parser.add_subparsers(dest="action", required=True)
    for name in ("apply", "show", "remove"):
        actions.add_parser(name)
    draw = actions.add_parser("draw")
    draw.add_argument("--font", type=Path, metavar="FILE")
    draw.add_argument("--out", type=Path, metavar="FILE")
    return parser


def _apply(plan: MenuPlan, gateway: Gateway, voice: Voice) -> int:
    """Residents see the old menu until the new one is whole; what was left over goes last.

    A menu of the right name that is not the default may lack its picture (an earlier run broke
    off), and a picture cannot be replaced: such a one is made anew.
    """
    if found := faults(plan):
        named = [voice.say(f"command.richmenu_fault_{one.name}", **one.blanks) for one in found]
        return _complain(voice.say("command.richmenu_unfit"), *named)
    picture = plan.image.read_bytes()
    ours = [menu for menu in gateway.rich_menus() if plan.is_ours(menu.name)]
    shown = gateway.default_rich_menu()
    if shown is not None and _names(ours).get(shown) == plan.name_for(picture):
        standing, said = shown, "command.richmenu_same"
    else:
        standing = gateway.create_rich_menu(plan.as_line_takes_it(picture))
        said = "command.richmenu_applied"
        gateway.upload_rich_menu_image(standing, picture)
        gateway.show_rich_menu_to_all(standing)
    for menu in ours:
        if menu.rich_menu_id != standing:
            gateway.delete_rich_menu(menu.rich_menu_id)
    print(voice.say(said, id=standing))
    return 0


def _show(gateway: Gateway, voice: Voice) -> int:
    menus, shown = gateway.rich_menus(), gateway.default_rich_menu()
    for menu in menus:
        is_default = menu.rich_menu_id == shown
        default = voice.say("command.richmenu_default") if is_default else ""
        rich_menu_id, name = menu.rich_menu_id, menu.name
        print(voice.say("command.richmenu_shown", id=rich_menu_id, name=name, default=default))
    if not menus:
        print(voice.say("command.richmenu_none"))
    return 0


def _remove(plan: MenuPlan, gateway: Gateway, voice: Voice) -> int:
    """Removes our menus only; one that someone else put up stays."""
    ours = [menu.rich_menu_id for menu in gateway.rich_menus() if plan.is_ours(menu.name)]
    if ours and gateway.default_rich_menu() in ours:
        gateway.hide_rich_menu()
    for rich_menu_id in ours:
        gateway.delete_rich_menu(rich_menu_id)
    if ours:
        print(voice.say("command.richmenu_removed", count=len(ours)))
    else:
        print(voice.say("command.richmenu_none"))
    return 0


def _draw(plan: MenuPlan, font: Path | None, out: Path, voice: Voice) -> int:
    fonts = content.toml("richmenu/fonts.toml")
    font = font or find_font(fonts["files"], [Path(folder) for folder in fonts["folders"]])
    if font is None:
        return _complain(voice.say("command.richmenu_no_font"))
    words = "".join([plan.mark, *(area.label for area in plan.areas)])
    try:
        if missing := letters_missing(font, words):
            said = voice.say("command.richmenu_font_unfit", font=font.name, letters=missing)
            return _complain(said)
        picture = draw_menu(plan, content.toml("richmenu/icons.toml"), font)
    except OSError:
        return _complain(voice.say("command.richmenu_font_unreadable", font=font))
    try:
        out.write_bytes(picture)
    except OSError:
        return _complain(voice.say("command.richmenu_unwritten", file=out))
    print(voice.say("command.richmenu_drawn", file=out, bytes=len(picture), font=font.name))
    return 0


def _complain(*lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 1
