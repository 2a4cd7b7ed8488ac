"""What LINE accepts as a template message: buttons, confirm, carousel, image carousel."""

import re
from typing import Any

from bot.emulator import limits
from bot.emulator.actions import IMAGE_CAROUSEL, TAP_ON_PICTURE, TEMPLATE, check_action
from bot.emulator.counting import graphemes
from bot.emulator.findings import Findings, join

Json = dict[str, Any]

_PICTURE = {"thumbnailImageUrl", "imageBackgroundColor", "title", "text", "defaultAction"}
_PROPERTIES = {
    "buttons": _PICTURE | {"imageAspectRatio", "imageSize", "actions"},
    "confirm": {"text", "actions"},
    "carousel": {"columns", "imageAspectRatio", "imageSize"},
    "image_carousel": {"columns"},
}


def check_template(template: Any, where: str, findings: Findings) -> None:
    """Adds what is wrong with `template` to `findings`."""
    if not isinstance(template, dict):
        findings.add(where, "May not be null")
        return
    kind = template.get("type")
    if kind not in _PROPERTIES:
        listed = ", ".join(_PROPERTIES)
        findings.add(join(where, "type"), f"Must be one of the following values: [{listed}]")
        return
    findings.known_only(template, where, {"type"} | _PROPERTIES[kind])
    findings.one_of(template, "imageAspectRatio", where, {"rectangle", "square"})
    findings.one_of(template, "imageSize", where, {"cover", "contain"})
    _CHECKS[kind](template, where, findings)


def _buttons(template: Json, where: str, findings: Findings) -> None:
    _check_card(
        template,
        where,
        findings,
        title=limits.BUTTONS_TITLE,
        text=limits.BUTTONS_TEXT,
        text_with=limits.BUTTONS_TEXT_WITH_TITLE_OR_IMAGE,
        actions=limits.BUTTONS_ACTIONS,
    )


def _confirm(template: Json, where: str, findings: Findings) -> None:
    findings.text(template, "text", where, most=limits.CONFIRM_TEXT, count=graphemes)
    two = limits.CONFIRM_ACTIONS
    for at, action in enumerate(findings.listed(template, "actions", where, least=two, most=two)):
        check_action(action, f"{where}.actions[{at}]", TEMPLATE, findings)


def _carousel(template: Json, where: str, findings: Findings) -> None:
    columns = findings.listed(template, "columns", where, least=1, most=limits.CAROUSEL_COLUMNS)
    shapes = set()
    for at, column in enumerate(columns):
        place = f"{where}.columns[{at}]"
        if not isinstance(column, dict):
            findings.add(place, "May not be null")
            continue
        findings.known_only(column, place, _PICTURE | {"actions"})
        _check_card(
            column,
            place,
            findings,
            title=limits.CAROUSEL_TITLE,
            text=limits.CAROUSEL_TEXT,
            text_with=limits.CAROUSEL_TEXT_WITH_TITLE_OR_IMAGE,
            actions=limits.CAROUSEL_ACTIONS,
        )
        actions = column.get("actions")
        shapes.add(
            (
                len(actions) if isinstance(actions, list) else 0,
                "title" in column,
                "thumbnailImageUrl" in column,
            )
        )
    if len(shapes) > 1:
        findings.add(join(where, "columns"), "Actions, titles and images must match in all columns")


def _check_card(
    card: Json,
    where: str,
    findings: Findings,
    *,
    title: int,
    text: int,
    text_with: int,
    actions: int,
) -> None:
    crowded = "title" in card or "thumbnailImageUrl" in card
    findings.text(card, "title", where, most=title, required=False, count=graphemes)
    findings.text(card, "text", where, most=text_with if crowded else text, count=graphemes)
    findings.picture_url(card, "thumbnailImageUrl", where, required=False)
    colour = card.get("imageBackgroundColor", "#FFFFFF")
    if not (isinstance(colour, str) and re.fullmatch(r"#[0-9a-fA-F]{6}", colour)):
        findings.add(join(where, "imageBackgroundColor"), "invalid property value")
    if card.get("defaultAction") is not None:
        check_action(card["defaultAction"], f"{where}.defaultAction", TAP_ON_PICTURE, findings)
    for at, action in enumerate(findings.listed(card, "actions", where, least=1, most=actions)):
        check_action(action, f"{where}.actions[{at}]", TEMPLATE, findings)


def _image_carousel(template: Json, where: str, findings: Findings) -> None:
    most = limits.IMAGE_CAROUSEL_COLUMNS
    for at, column in enumerate(findings.listed(template, "columns", where, least=1, most=most)):
        place = f"{where}.columns[{at}]"
        if not isinstance(column, dict):
            findings.add(place, "May not be null")
            continue
        findings.known_only(column, place, {"imageUrl", "action"})
        findings.picture_url(column, "imageUrl", place)
        check_action(column.get("action"), f"{place}.action", IMAGE_CAROUSEL, findings)


_CHECKS = {
    "buttons": _buttons,
    "confirm": _confirm,
    "carousel": _carousel,
    "image_carousel": _image_carousel,
}
