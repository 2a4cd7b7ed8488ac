"""What the emulator says and takes fits LINE's own OpenAPI description, closed so that it bites.

The description is no part of the repository: LINE_OPENAPI_DIR names its folder, else
../shared/line-openapi beside the checkout; without it these tests are skipped.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.emulator.messages import check_messages
from tests.contract.emulated import Line, emulated

Json = dict[str, Any]
FOLDER = Path(
    os.environ.get("LINE_OPENAPI_DIR")
    or Path(__file__).resolve().parents[2] / ".." / "shared" / "line-openapi"
)


class Description:
    """One OpenAPI file with its objects closed and each discriminator turned into if/then."""

    def __init__(self, name: str) -> None:
        self.whole: Json = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
        self.schemas: Json = self.whole["components"]["schemas"]

    def problems(self, name: str, value: Any) -> list[str]:
        definitions = {key: self._closed(key) for key in self.schemas}
        schema = {"$ref": f"#/$defs/{name}", "$defs": definitions}
        found = Draft202012Validator(schema).iter_errors(value)
        return [f"{list(error.absolute_path)}: {error.message[:160]}" for error in found]

    def response(self, method: str, path: str, status: int) -> str:
        """The name of the schema that describes this answer."""
        answers = self.whole["paths"][path][method.lower()]["responses"]
        schema = answers[str(status)]["content"]["application/json"]["schema"]
        return str(schema["$ref"]).rsplit("/", 1)[1]

    def _closed(self, name: str) -> Json:
        raw = self.schemas[name]
        if "discriminator" in raw:
            return self._by_type(raw["discriminator"])
        if raw.get("type") != "object" and "allOf" not in raw:
            return self._refs(raw)
        properties, required = self._merged(name)
        closed: Json = {"type": "object", "properties": properties, "required": required}
        if properties:
            closed["additionalProperties"] = False
        elif "additionalProperties" in raw:
            closed["additionalProperties"] = self._refs(raw["additionalProperties"])
        return closed

    def _by_type(self, discriminator: Json) -> Json:
        key, mapping = discriminator["propertyName"], discriminator["mapping"]
        cases = [
            {
                "if": {"properties": {key: {"const": value}}, "required": [key]},
                "then": {"$ref": f"#/$defs/{ref.rsplit('/', 1)[1]}"},
            }
            for value, ref in mapping.items()
        ]
        known = {"properties": {key: {"enum": list(mapping)}}, "required": [key]}
        return {"type": "object", "allOf": [known, *cases]}

    def _merged(self, name: str) -> tuple[Json, list[str]]:
        raw = self.schemas[name]
        properties: Json = {}
        required = list(raw.get("required", []))
        for part in raw.get("allOf", []):
            if "$ref" in part:
                more, needed = self._merged(part["$ref"].rsplit("/", 1)[1])
                properties |= more
                required += needed
            else:
                properties |= self._refs(part.get("properties", {}))
                required += part.get("required", [])
        return properties | self._refs(raw.get("properties", {})), sorted(set(required))

    def _refs(self, thing: Any) -> Any:
        if isinstance(thing, dict):
            if "$ref" in thing:
                return {"$ref": f"#/$defs/{thing['$ref'].rsplit('/', 1)[1]}"}
            dropped = ("description", "externalDocs", "example", "format", "default")
            return {
                key: self._refs(value)
                for key, value in thing.items()
                if key not in dropped or isinstance(value, dict)
            }
        return [self._refs(item) for item in thing] if isinstance(thing, list) else thing


@pytest.fixture(scope="module")
def messaging() -> Description:
    return described("messaging-api.yml")


@pytest.fixture(scope="module")
def webhook() -> Description:
    return described("webhook.yml")


def described(name: str) -> Description:
    if not (FOLDER / name).exists():
        pytest.skip("LINE's OpenAPI description is not here (LINE_OPENAPI_DIR)")
    return Description(name)


@pytest.fixture
def line() -> Iterator[Line]:
    with emulated() as running:
        yield running


def test_the_description_bites(messaging: Description) -> None:
    misspelt = {"to": "U1", "messages": [{"type": "text", "txet": "あ"}]}
    assert messaging.problems("PushMessageRequest", misspelt) != []
    fine = {"to": "U1", "messages": [{"type": "text", "text": "あ"}]}
    assert messaging.problems("PushMessageRequest", fine) == []


def test_every_event_has_the_shape_line_describes(webhook: Description, line: Line) -> None:
    for kind in ("text", "image", "video", "audio", "file", "location", "sticker"):
        message = {"type": kind, **({"text": "あ"} if kind == "text" else {})}
        line.order("event", resident="r74", event={"message": message})
    line.order("tap", resident="r74", action={"type": "postback", "data": "d"})
    line.order("unfollow", resident="r74")
    line.order("follow", resident="r74")
    line.order("join", group="g1")
    said = line.order("say", resident="r74", group="g1", text="まちがい")
    line.order("unsend", resident="r74", group="g1", message_id=said["message_id"])
    for heard in line.listener.wait_for(13):
        (event,) = heard.events
        body = {"destination": "U" + "0" * 32, "events": [event]}
        assert (event["type"], webhook.problems("CallbackRequest", body)) == (event["type"], [])


def test_every_answer_has_the_shape_line_describes(messaging: Description, line: Line) -> None:
    resident = line.id_of("r74")
    hello = [{"type": "text", "text": "あ"}]
    token = line.hear(lambda: line.order("say", resident="r74", text="あ"))["replyToken"]
    calls: list[tuple[str, str, str, Any]] = [
        ("POST", "/v2/bot/message/reply", "", {"replyToken": token, "messages": hello}),
        ("POST", "/v2/bot/message/push", "", {"to": resident, "messages": hello}),
        ("POST", "/v2/bot/message/push", "", {"to": "nobody", "messages": hello}),
        ("POST", "/v2/bot/message/multicast", "", {"to": [resident], "messages": hello}),
        ("POST", "/v2/bot/message/multicast", "", {"to": [], "messages": hello}),
        ("POST", "/v2/bot/message/broadcast", "", {"messages": hello}),
        ("POST", "/v2/bot/chat/loading/start", "", {"chatId": "x"}),
        ("GET", "/v2/bot/profile/{userId}", resident, None),
        ("GET", "/v2/bot/info", "", None),
        ("GET", "/v2/bot/message/quota", "", None),
        ("GET", "/v2/bot/message/quota/consumption", "", None),
        ("GET", "/v2/bot/channel/webhook/endpoint", "", None),
        ("POST", "/v2/bot/channel/webhook/test", "", None),
        ("GET", "/v2/bot/followers/ids", "", None),
        ("GET", "/v2/bot/richmenu/list", "", None),
        ("GET", "/v2/bot/richmenu/alias/list", "", None),
    ]
    for method, path, part, body in calls:
        answer = line.call(method, path.replace("{userId}", part), body)
        schema = messaging.response(method, path, answer.status_code)
        assert (path, messaging.problems(schema, answer.json)) == (path, [])


@pytest.mark.parametrize("name", ["card", "buttons", "confirm", "quick"])
def test_what_the_emulator_takes_the_description_takes_too(
    messaging: Description, name: str
) -> None:
    message = SAMPLES[name]
    assert check_messages([message]).details == []
    assert messaging.problems("PushMessageRequest", {"to": "U1", "messages": [message]}) == []


YES = {"type": "postback", "label": "はい", "data": "yes", "displayText": "はい"}
LINK = {"type": "uri", "label": "ひらく", "uri": "https://city.example/"}
PICK = {"type": "datetimepicker", "label": "日", "data": "d", "mode": "date", "max": "2027-03-31"}
SAMPLES: dict[str, Json] = {
    "card": {
        "type": "flex",
        "altText": "住民票は市民課で取れます。",
        "contents": {
            "type": "bubble",
            "size": "giga",
            "styles": {"footer": {"separator": True}},
            "body": {
                "type": "box",
                "layout": "vertical",
                "spacing": "md",
                "paddingAll": "20px",
                "backgroundColor": "#FFFFFF",
                "contents": [
                    {"type": "text", "text": "住民票", "wrap": True, "scaling": True},
                    {"type": "separator", "margin": "lg"},
                    {"type": "text", "contents": [{"type": "span", "text": "無料"}]},
                    {"type": "image", "url": "https://city.example/a.png", "size": "full"},
                ],
            },
            "footer": {
                "type": "box",
                "layout": "horizontal",
                "contents": [{"type": "button", "style": "primary", "action": LINK}],
            },
        },
    },
    "buttons": {
        "type": "template",
        "altText": "教室",
        "template": {"type": "buttons", "text": "予約しますか", "actions": [YES, LINK, PICK]},
    },
    "confirm": {
        "type": "template",
        "altText": "よいですか",
        "template": {"type": "confirm", "text": "よいですか", "actions": [YES, YES]},
    },
    "quick": {
        "type": "text",
        "text": "どれですか",
        "quickReply": {"items": [{"type": "action", "action": YES}]},
    },
}
