"""A resident with a telephone: says, taps, and reads what comes."""

import time
from collections.abc import Iterator
from typing import Any

from bot.emulator.tapping import actions_in
from handlers.emulator.launch import Refused
from handlers.week.browser import Lost
from handlers.week.town import Town

_ANSWER_WITHIN = 15.0
_READ = ("text", "altText", "label", "title")


class Phone:
    """One resident's chat with the account."""

    def __init__(self, town: Town, key: str) -> None:
        self._town = town
        self.key = key
        self._seen = 0
        self.events: list[str] = []
        self.words = ""
        """What the account said in answer to the last thing done."""

    def say(self, text: str, *, waits: bool = True) -> None:
        """Sends a text and waits for its answer. Raises Lost when none comes."""
        self._do("say", {"resident": self.key, "text": text}, waits)

    def tap(self, label: str, *, near: str = "", waits: bool = True) -> str | None:
        """Taps a button by its words; the address when it opens one.

        Of several with the same words the newest message's first one is taken, or the one on the
        card on which `near` stands. Raises Lost when there is none.
        """
        action = self._on_card(label, near) if near else label
        return self._do("tap", {"resident": self.key, "action": action}, waits)

    def follow(self) -> None:
        """Adds the account as a friend."""
        self._do("follow", {"resident": self.key}, True)

    def leave(self) -> None:
        """Blocks the account, which is answered by nobody."""
        self._do("unfollow", {"resident": self.key}, False)

    def send(self, message: dict[str, Any]) -> None:
        """Sends something that is not a text, such as a place or a sticker."""
        event = {"type": "message", "message": message}
        self._do("event", {"resident": self.key, "event": event}, True)

    def hear(self, words: str) -> None:
        """Waits until a message with these words has come by itself. Raises Lost."""
        end, seen = time.monotonic() + _ANSWER_WITHIN, self._newest()
        while not self.has_heard(words):
            if time.monotonic() > end:
                raise Lost(f"no message with {words!r} came")
            seen = self._newest(since=seen, wait=1.0)

    def has_heard(self, words: str) -> bool:
        """True when a message with these words has come by itself, which is then the last heard."""
        wanted = _tight(words)
        for line in self._lines(0):
            if line["via"] != "reply" and wanted in _tight(plain(line["message"])):
                self.words = plain(line["message"])
                return True
        return False

    def shows(self, words: str) -> bool:
        """True when the words stand in the last answer, spaces apart."""
        return _tight(words) in _tight(self.words)

    def _on_card(self, label: str, near: str) -> Any:
        for line in reversed(list(self._lines(0))):
            for card in _cards(line["message"]):
                if _tight(near) in _tight(plain(card)):
                    for action in actions_in(card):
                        if action.get("label") == label:
                            return action
        raise Lost(f"no card with {near!r} has a button {label!r}")

    def _do(self, path: str, body: dict[str, Any], waits: bool) -> str | None:
        self._seen = self._newest()
        try:
            done = self._town.order(path, body)
        except Refused as refusal:
            raise Lost(str(refusal)) from None
        opened = (done.get("open") or {}).get("uri")
        if done.get("event_id"):
            self.events.append(str(done["event_id"]))
            if waits:
                self.read_answer()
        return opened

    def read_answer(self, within: float = _ANSWER_WITHIN) -> None:
        """Waits for the answer to the last thing done, at most so many seconds. Raises Lost."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            if any(self._lines(self._seen, wait=1.0)):
                # Several messages may belong to one answer: all of them stand there by now.
                self.words = " ".join(plain(line["message"]) for line in self._lines(self._seen))
                return
        raise Lost("no answer came")

    def _newest(self, *, since: int = 0, wait: float = 0.0) -> int:
        """The number of the newest line; waits at most so many seconds for one after `since`."""
        held = self._town.look(f"chat/{self.key}?since={since}&wait={wait}")
        return int(held.get("next", 0))

    def _lines(self, since: int, *, wait: float = 0.0) -> Iterator[dict[str, Any]]:
        held = self._town.look(f"chat/{self.key}?since={since}&wait={wait}")["messages"]
        wanted = [line for line in held if line["from"] == "account"]
        return iter([one for one in wanted if since == 0 or one["via"] == "reply"])


def plain(thing: Any) -> str:
    """Every word of a message that a person can read, in order."""
    if isinstance(thing, dict):
        parts = [
            value if key in _READ and isinstance(value, str) else plain(value)
            for key, value in thing.items()
        ]
        return " ".join(part for part in parts if part)
    if isinstance(thing, list):
        return " ".join(part for part in map(plain, thing) if part)
    return ""


def _cards(message: Any) -> list[Any]:
    """The bubbles of a carousel, or the message itself."""
    contents = message.get("contents") if isinstance(message, dict) else None
    if isinstance(contents, dict) and contents.get("type") == "carousel":
        return list(contents["contents"])
    return [message]


def _tight(words: str) -> str:
    return "".join(words.split())
