"""The chats: what each resident sees, both ways, in order, with later changes."""

from dataclasses import dataclass, field
from threading import RLock
from typing import Any


@dataclass(slots=True)
class Line:
    """One message in a chat. `changed` rises with every later edit or unsending."""

    seq: int
    changed: int
    id: str
    at: str
    sender: str  # resident | account | system
    via: str  # said | tapped | reply | push | multicast | narrowcast | broadcast | note
    message: dict[str, Any]
    unsent: bool = False
    edited: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "seq": self.seq,
            "changed": self.changed,
            "id": self.id,
            "at": self.at,
            "from": self.sender,
            "via": self.via,
            "message": self.message,
            "unsent": self.unsent,
            "edited": self.edited,
        }


@dataclass(slots=True)
class _Chat:
    lines: list[Line] = field(default_factory=list)
    loading_until: float = 0.0


_KEPT_LINES = 2000


class Chats:
    """All chats by chat id; numbers rise across all of them. Safe between threads."""

    def __init__(self) -> None:
        self._chats: dict[str, _Chat] = {}
        self._number = 0
        self._lock = RLock()

    def add(
        self, chat_id: str, *, id: str, at: str, sender: str, via: str, message: dict[str, Any]
    ) -> Line:
        with self._lock:
            self._number += 1
            line = Line(self._number, self._number, id, at, sender, via, message)
            chat = self._chats.setdefault(chat_id, _Chat())
            chat.lines.append(line)
            if len(chat.lines) > _KEPT_LINES:
                del chat.lines[: _KEPT_LINES // 2]
            if sender == "account":
                chat.loading_until = 0.0
            return line

    def since(self, chat_id: str, number: int) -> list[dict[str, Any]]:
        """Lines that are new or changed after `number`, in chat order."""
        with self._lock:
            chat = self._chats.get(chat_id)
            return [li.as_json() for li in chat.lines if li.changed > number] if chat else []

    def last_number(self) -> int:
        return self._number

    def find(self, chat_id: str, message_id: str) -> Line | None:
        with self._lock:
            chat = self._chats.get(chat_id)
            found = (line for line in reversed(chat.lines if chat else ()) if line.id == message_id)
            return next(found, None)

    def from_account(self, chat_id: str) -> list[Line]:
        """What the account sent into this chat, oldest first."""
        with self._lock:
            chat = self._chats.get(chat_id)
            return [line for line in chat.lines if line.sender == "account"] if chat else []

    def unsend(self, line: Line) -> None:
        """Takes the words out; unsending again changes nothing."""
        with self._lock:
            if not line.unsent:
                line.unsent = True
                line.message = {"type": "unsent"}
                self._touch(line)

    def edit(self, line: Line, text: str) -> None:
        with self._lock:
            line.message = {**line.message, "text": text}
            line.edited = True
            self._touch(line)

    def start_loading(self, chat_id: str, until: float) -> None:
        with self._lock:
            self._chats.setdefault(chat_id, _Chat()).loading_until = until

    def loading_until(self, chat_id: str) -> float:
        with self._lock:
            chat = self._chats.get(chat_id)
            return chat.loading_until if chat else 0.0

    def clear(self) -> None:
        """Empties every chat; numbering goes on."""
        with self._lock:
            self._chats.clear()

    def _touch(self, line: Line) -> None:
        self._number += 1
        line.changed = self._number
