"""The people and groups on the emulated platform, and whether they are friends of the account."""

from dataclasses import asdict, dataclass
from threading import RLock
from typing import Any

from bot.emulator import identifiers


@dataclass(slots=True)
class Member:
    """A resident or a group; `following` is False before adding and while blocked."""

    key: str
    name: str
    chat_id: str
    group: bool = False
    following: bool = True
    blocked: bool = False
    language: str = "ja"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


SAMPLES = (
    ("r74", "見本さん（74歳）"),
    ("r38", "見本さん（38歳・子育て）"),
    ("easy", "見本さん（やさしい日本語）"),
    ("new", "見本さん（はじめての人）"),
)


class People:
    """Finds members by key, id or name; safe between threads."""

    def __init__(self) -> None:
        self._by_key: dict[str, Member] = {}
        self._by_id: dict[str, Member] = {}
        self._lock = RLock()
        self.restore_samples()

    def restore_samples(self) -> None:
        with self._lock:
            self._by_key.clear()
            self._by_id.clear()
            for key, name in SAMPLES:
                self.add(key, name, following=key != "new")

    def add(
        self, key: str, name: str = "", *, group: bool = False, following: bool = True
    ) -> Member:
        """A new member; adding a known key gives the one there is."""
        with self._lock:
            if key in self._by_key:
                return self._by_key[key]
            chat_id = identifiers.group_id(key) if group else identifiers.user_id(key)
            member = Member(key, name or key, chat_id, group=group, following=following)
            self._by_key[key] = member
            self._by_id[chat_id] = member
            return member

    def load(self, saved: list[dict[str, Any]]) -> None:
        with self._lock:
            for facts in saved:
                member = Member(**facts)
                self._by_key[member.key] = member
                self._by_id[member.chat_id] = member

    def find(self, key_or_id: str) -> Member | None:
        with self._lock:
            return self._by_key.get(key_or_id) or self._by_id.get(key_or_id)

    def find_id(self, chat_id: Any) -> Member | None:
        """By id alone, as the API asks; anything that is no string is nobody."""
        with self._lock:
            return self._by_id.get(chat_id) if isinstance(chat_id, str) else None

    def everyone(self) -> list[Member]:
        with self._lock:
            return list(self._by_key.values())

    def followers(self) -> list[Member]:
        return [m for m in self.everyone() if m.following and not m.group]
