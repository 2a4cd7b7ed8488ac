"""What LINE accepts as a Flex message: containers, blocks, components, sizes, colours."""

import json
import re
from typing import Any

from bot.emulator import limits
from bot.emulator.actions import FLEX, FLEX_BUTTON, check_action
from bot.emulator.findings import Findings, join

Json = dict[str, Any]

_BUBBLE_SIZES = frozenset({"nano", "micro", "deca", "hecto", "kilo", "mega", "giga"})
_OFFSETS = {"position", "offsetTop", "offsetBottom", "offsetStart", "offsetEnd"}
_PADDINGS = {"paddingAll", "paddingTop", "paddingBottom", "paddingStart", "paddingEnd"}
_WORDS = {"color", "weight", "style", "decoration", "size", "text"}
_PROPERTIES: dict[str, set[str]] = {
    "box": _OFFSETS
    | _PADDINGS
    | {"layout", "flex", "contents", "spacing", "margin", "backgroundColor", "borderColor"}
    | {"borderWidth", "cornerRadius", "width", "maxWidth", "height", "maxHeight", "action"}
    | {"justifyContent", "alignItems", "background"},
    "button": _OFFSETS
    | {"flex", "color", "style", "action", "gravity", "margin", "height", "adjustMode", "scaling"},
    "image": _OFFSETS
    | {"url", "flex", "margin", "align", "gravity", "size", "aspectRatio", "aspectMode"}
    | {"backgroundColor", "action", "animated"},
    "video": {"url", "previewUrl", "altContent", "aspectRatio", "action"},
    "icon": _OFFSETS | {"url", "size", "aspectRatio", "margin", "scaling"},
    "text": _OFFSETS
    | _WORDS
    | {"flex", "align", "gravity", "wrap", "lineSpacing", "margin", "action", "maxLines"}
    | {"contents", "adjustMode", "scaling"},
    "span": _WORDS,
    "separator": {"margin", "color"},
    "filler": {"flex"},
}
_IN_BOX = {
    "horizontal": {"box", "button", "image", "text", "separator", "filler"},
    "vertical": {"box", "button", "image", "text", "separator", "filler"},
    "baseline": {"icon", "text", "filler"},
}
_BLOCKS = ("header", "hero", "body", "footer")

_COLOUR = r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?"
_PIXELS = r"\d+(\.\d+)?px"
_SHARE = r"\d+(\.\d+)?%"
_STEPS = r"none|xs|sm|md|lg|xl|xxl"
_FONT = r"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
_FORMS = {
    "color": _COLOUR,
    "backgroundColor": _COLOUR,
    "borderColor": _COLOUR,
    "separatorColor": _COLOUR,
    "startColor": _COLOUR,
    "endColor": _COLOUR,
    "centerColor": _COLOUR,
    "centerPosition": _SHARE,
    "angle": r"(3[0-5]\d|[12]?\d{1,2})(\.\d+)?deg",
    "spacing": f"{_STEPS}|{_PIXELS}",
    "margin": f"{_STEPS}|{_PIXELS}",
    "cornerRadius": f"{_STEPS}|{_PIXELS}",
    "borderWidth": f"none|light|normal|medium|semi-bold|bold|{_PIXELS}",
    "width": f"{_PIXELS}|{_SHARE}",
    "maxWidth": f"{_PIXELS}|{_SHARE}",
    "maxHeight": f"{_PIXELS}|{_SHARE}",
    "lineSpacing": _PIXELS,
    **dict.fromkeys(_PADDINGS, f"{_STEPS}|{_PIXELS}|{_SHARE}"),
    **dict.fromkeys(_OFFSETS - {"position"}, f"{_STEPS}|-?{_PIXELS}|-?{_SHARE}"),
    "position": "relative|absolute",
    "layout": "horizontal|vertical|baseline",
    "justifyContent": "center|flex-start|flex-end|space-between|space-around|space-evenly",
    "alignItems": "center|flex-start|flex-end",
    "align": "start|end|center",
    "gravity": "top|bottom|center",
    "weight": "regular|bold",
    "decoration": "none|underline|line-through",
    "adjustMode": "shrink-to-fit",
    "aspectMode": "fit|cover",
}
_FORMS_OF = {
    ("box", "height"): f"{_PIXELS}|{_SHARE}",
    ("button", "height"): "sm|md",
    ("button", "style"): "primary|secondary|link",
    ("text", "style"): "normal|italic",
    ("span", "style"): "normal|italic",
    ("text", "size"): f"{_FONT}|{_PIXELS}",
    ("span", "size"): f"{_FONT}|{_PIXELS}",
    ("icon", "size"): f"{_FONT}|{_PIXELS}",
    ("image", "size"): f"{_FONT}|full|{_PIXELS}|{_SHARE}",
}
_NUMBERS = ("flex", "maxLines")
_SWITCHES = ("wrap", "scaling", "animated", "separator")


def check_container(container: Any, where: str, findings: Findings) -> None:
    """Adds what is wrong with a bubble or carousel to `findings`."""
    if not isinstance(container, dict):
        findings.add(where, "May not be null")
    elif container.get("type") == "bubble":
        _check_bubble(container, where, findings)
    elif container.get("type") == "carousel":
        _check_carousel(container, where, findings)
    else:
        findings.add(join(where, "type"), "Must be one of the following values: [bubble, carousel]")


def _check_carousel(carousel: Json, where: str, findings: Findings) -> None:
    findings.known_only(carousel, where, {"type", "contents"})
    most = limits.CAROUSEL_BUBBLES
    bubbles = findings.listed(carousel, "contents", where, least=1, most=most)
    if size_of(carousel) > limits.CAROUSEL_BYTES:
        findings.add(where, "carousel container size must be at most 50 KB")
    for at, bubble in enumerate(bubbles):
        place = f"{where}.contents[{at}]"
        if not isinstance(bubble, dict) or bubble.get("type") != "bubble":
            findings.add(place, "Must be a bubble")
            continue
        _check_bubble(bubble, place, findings, in_carousel=True)
    widths = {b.get("size", "mega") for b in bubbles if isinstance(b, dict)}
    if len(widths) > 1:
        findings.add(join(where, "contents"), "All bubbles of a carousel must have the same size")


def _check_bubble(
    bubble: Json, where: str, findings: Findings, *, in_carousel: bool = False
) -> None:
    if size_of(bubble) > limits.BUBBLE_BYTES:
        findings.add(where, "bubble container size must be at most 30 KB")
    findings.known_only(bubble, where, {"type", "direction", "styles", "size", "action", *_BLOCKS})
    findings.one_of(bubble, "direction", where, {"ltr", "rtl"})
    findings.one_of(bubble, "size", where, _BUBBLE_SIZES)
    if not any(bubble.get(block) for block in _BLOCKS):
        findings.add(where, "At least one block must be specified")
    _check_styles(bubble.get("styles"), join(where, "styles"), findings)
    for block in _BLOCKS:
        if bubble.get(block) is None:
            continue
        types = {"box", "image", "video"} if block == "hero" else {"box"}
        if in_carousel or bubble.get("size") not in (None, "kilo", "mega", "giga"):
            types = types - {"video"}
        _check_component(bubble[block], join(where, block), types, findings)
    if bubble.get("action") is not None:
        check_action(bubble["action"], join(where, "action"), FLEX, findings)


def _check_styles(styles: Any, where: str, findings: Findings) -> None:
    if styles is None:
        return
    if not isinstance(styles, dict):
        findings.add(where, "Must be an object")
        return
    findings.known_only(styles, where, _BLOCKS)
    for block, style in styles.items():
        place = join(where, block)
        if not isinstance(style, dict):
            findings.add(place, "Must be an object")
            continue
        findings.known_only(style, place, {"backgroundColor", "separator", "separatorColor"})
        _check_values(style, "style", place, findings)


def _check_component(component: Any, where: str, types: set[str], findings: Findings) -> None:
    kind = component.get("type") if isinstance(component, dict) else None
    if not isinstance(component, dict) or kind not in types:
        listed = ", ".join(sorted(types))
        findings.add(join(where, "type"), f"Must be one of the following values: [{listed}]")
        return
    findings.known_only(component, where, {"type"} | _PROPERTIES[kind])
    _check_values(component, kind, where, findings)
    if kind in _CHECKS:
        _CHECKS[kind](component, where, findings)
    if kind != "button" and component.get("action") is not None:
        check_action(component["action"], join(where, "action"), FLEX, findings)


def _check_values(thing: Json, kind: str, where: str, findings: Findings) -> None:
    for key, value in thing.items():
        if value is None:
            continue
        form = _FORMS_OF.get((kind, key)) or _FORMS.get(key)
        if key in _NUMBERS:
            findings.number(thing, key, where, least=0, most=1_000_000)
        elif key in _SWITCHES:
            if not isinstance(value, bool):
                findings.add(join(where, key), "Must be true or false")
        elif key == "aspectRatio":
            _check_ratio(value, join(where, key), findings)
        elif form and not (isinstance(value, str) and re.fullmatch(form, value)):
            findings.add(join(where, key), "invalid property value")


def _check_ratio(value: Any, where: str, findings: Findings) -> None:
    found = re.fullmatch(
        r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", value if isinstance(value, str) else ""
    )
    if found:
        width, height = float(found[1]), float(found[2])
        if 1 <= width <= 100_000 and 1 <= height <= 100_000 and height <= 3 * width:
            return
    findings.add(where, "invalid property value")


def _box(box: Json, where: str, findings: Findings) -> None:
    layout = box.get("layout")
    if layout not in _IN_BOX:
        if layout is None:
            findings.add(join(where, "layout"), "May not be empty")
        return
    for at, inner in enumerate(findings.listed(box, "contents", where, least=0, most=1000)):
        _check_component(inner, f"{where}.contents[{at}]", _IN_BOX[layout], findings)
    background = box.get("background")
    if background is not None:
        place = join(where, "background")
        if not isinstance(background, dict) or background.get("type") != "linearGradient":
            findings.add(join(place, "type"), "Must be one of: [linearGradient]")
            return
        for key in ("angle", "startColor", "endColor"):
            findings.text(background, key, place, most=20)
        _check_values(background, "background", place, findings)


def _button(button: Json, where: str, findings: Findings) -> None:
    check_action(button.get("action"), join(where, "action"), FLEX_BUTTON, findings)


def _image(image: Json, where: str, findings: Findings) -> None:
    findings.picture_url(image, "url", where)


def _video(video: Json, where: str, findings: Findings) -> None:
    findings.picture_url(video, "url", where)
    findings.picture_url(video, "previewUrl", where)
    _check_component(video.get("altContent"), join(where, "altContent"), {"box", "image"}, findings)


def _text(text: Json, where: str, findings: Findings) -> None:
    spans = text.get("contents")
    if spans:
        for at, span in enumerate(findings.listed(text, "contents", where, least=1, most=1000)):
            _check_component(span, f"{where}.contents[{at}]", {"span"}, findings)
    else:
        findings.text(text, "text", where, most=limits.BUBBLE_BYTES)


def _span(span: Json, where: str, findings: Findings) -> None:
    findings.text(span, "text", where, most=limits.BUBBLE_BYTES, least=0)


_CHECKS = {
    "box": _box,
    "button": _button,
    "image": _image,
    "icon": _image,
    "video": _video,
    "text": _text,
    "span": _span,
}


def size_of(container: Json) -> int:
    """The container's size as the SDK sends it: JSON with everything beyond ASCII escaped."""
    return len(json.dumps(container, separators=(",", ":")))
