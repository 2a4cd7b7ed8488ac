"""What LINE accepts as an imagemap message."""

from typing import Any

from bot.emulator import limits
from bot.emulator.counting import graphemes
from bot.emulator.findings import Findings, is_fetchable, is_openable, join

Json = dict[str, Any]


def check_imagemap(message: Json, where: str, findings: Findings) -> None:
    """Adds what is wrong with the imagemap (its alt text aside) to `findings`."""
    base = findings.text(message, "baseUrl", where, most=limits.URL_CHARACTERS)
    if base and not is_fetchable(base):
        findings.add(join(where, "baseUrl"), "Invalid url: must be https")
    size = message.get("baseSize")
    if not isinstance(size, dict):
        findings.add(join(where, "baseSize"), "May not be null")
    else:
        width = limits.IMAGEMAP_WIDTH
        findings.number(size, "width", f"{where}.baseSize", least=width, most=width)
        findings.number(size, "height", f"{where}.baseSize", least=1, most=float("inf"))
    if message.get("video") is not None:
        _check_video(message["video"], f"{where}.video", findings)
    most = limits.IMAGEMAP_ACTIONS
    for at, action in enumerate(findings.listed(message, "actions", where, least=1, most=most)):
        _check_area(action, f"{where}.actions[{at}]", findings)


def _check_area(action: Any, where: str, findings: Findings) -> None:
    if not isinstance(action, dict):
        findings.add(where, "May not be null")
        return
    kinds = {"message", "uri", "clipboard"}
    findings.one_of(action, "type", where, kinds, required=True)
    findings.text(
        action, "label", where, most=limits.LABEL_IMAGEMAP, required=False, count=graphemes
    )
    if action.get("type") == "message":
        findings.text(action, "text", where, most=limits.MESSAGE_IMAGEMAP_TEXT)
    elif action.get("type") == "clipboard":
        findings.text(action, "clipboardText", where, most=limits.CLIPBOARD)
    elif action.get("type") == "uri":
        uri = findings.text(action, "linkUri", where, most=limits.URI)
        if uri and not is_openable(uri):
            findings.add(join(where, "linkUri"), "invalid uri")
    _check_bounds(action.get("area"), where, findings)


def _check_video(video: Any, where: str, findings: Findings) -> None:
    if not isinstance(video, dict):
        findings.add(where, "Must be an object")
        return
    findings.picture_url(video, "originalContentUrl", where)
    findings.picture_url(video, "previewImageUrl", where)
    _check_bounds(video.get("area"), where, findings)
    link = video.get("externalLink")
    if isinstance(link, dict):
        place = join(where, "externalLink")
        uri = findings.text(link, "linkUri", place, most=limits.URI)
        if uri and not is_openable(uri):
            findings.add(join(place, "linkUri"), "invalid uri")
        findings.text(link, "label", place, most=limits.IMAGEMAP_VIDEO_LABEL, count=graphemes)


def _check_bounds(area: Any, where: str, findings: Findings) -> None:
    if not isinstance(area, dict):
        findings.add(join(where, "area"), "May not be null")
        return
    for key in ("x", "y", "width", "height"):
        findings.number(area, key, join(where, "area"), least=0, most=float("inf"))
