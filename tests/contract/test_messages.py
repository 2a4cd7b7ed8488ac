"""Everything the desk says is what LINE's own description and documented limits accept."""

from typing import Any

import pytest

import content
from bot.line.limits import check
from tests.contract import openapi
from tests.flows.chatting import Resident, actions

FOREIGN = {"type": "flex", "altText": "あ", "contents": {"type": "bubble", "body": {}}}


@pytest.fixture(autouse=True)
def described() -> None:
    if not openapi.is_here():
        pytest.skip("LINE's OpenAPI description is not at hand (LINE_OPENAPI_DIR)")


def faults(messages: list[dict[str, Any]]) -> list[str]:
    body = {"replyToken": "token", "messages": messages}
    return openapi.faults("ReplyMessageRequest", body) + check(messages)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text"},
        {"type": "text", "text": "あ", "colour": "red"},
        {"type": "telegram", "text": "あ"},
        FOREIGN,
        {"type": "flex", "altText": "あ", "contents": {"type": "bubble", "size": "huge"}},
    ],
)
def test_the_description_finds_what_is_wrong(message: dict[str, Any]) -> None:
    body = {"replyToken": "token", "messages": [message]}
    assert openapi.faults("ReplyMessageRequest", body) != []


@pytest.mark.parametrize("style", ["ふつうの日本語", "やさしい日本語", "ふりがな"])
def test_everything_reachable_by_taps_is_accepted(resident: Resident, style: str) -> None:
    """Walks every button from the menu on, each once."""
    resident.says(style)
    waiting = ["to=menu", "to=style", "to=forget"]
    done: set[str] = set()
    found: list[str] = []
    while waiting:
        data = waiting.pop()
        if data in done or data == "to=forget_yes":
            continue
        done.add(data)
        said = resident.posts_back(data)
        found.extend(f"{data}: {fault}" for fault in faults(said))
        waiting.extend(a["data"] for a in actions(said) if a["type"] == "postback")
    assert len(done) > 100
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize("style", ["やさしい日本語", "ふりがな"])
def test_every_answer_of_the_knowledge_base_is_accepted(resident: Resident, style: str) -> None:
    resident.says(style)
    resident.says("ごみ")
    found = []
    for file in sorted((content.folder() / "faq").glob("*.toml")):
        for entry in content.toml(f"faq/{file.name}")["entry"]:
            said = resident.posts_back(f"to=open&q=1&e={entry['id']}")
            found.extend(f"{entry['id']}: {fault}" for fault in faults(said))
    assert found == []
