"""Writes a draft as JSON and reads it back, and binds an approval to exactly what was approved."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from bot.campaigns.rules import (
    Audience,
    Button,
    Cap,
    Card,
    Draft,
    Kind,
    Part,
    Picture,
    Short,
    Wish,
    Words,
)
from bot.residents.rules import AgeBand, Hours

Json = dict[str, Any]


def content_json(parts: Iterable[Part]) -> str:
    """The parts as they are kept."""
    return _written([{"part": _NAMES[type(part)], **asdict(part)} for part in parts])


def audience_json(audience: Audience) -> str:
    """The audience as it is kept; the same audience always gives the same text."""
    held: Json = asdict(audience)
    or_untold = held.pop("or_untold")
    told = {name: sorted(values) for name, values in held.items()}
    return _written({**told, "or_untold": or_untold})


def wish_json(wish: Wish) -> str:
    """The wish as it is kept."""
    at = wish.at.astimezone(UTC).isoformat() if wish.at else None
    return _written({"at": at, "cap": wish.cap, "short": wish.short})


def parts_of(written: str) -> tuple[Part, ...]:
    """What `content_json` wrote."""
    return tuple(_part(held) for held in json.loads(written))


def audience_of(written: str) -> Audience:
    """What `audience_json` wrote."""
    held: Json = json.loads(written)
    return Audience(
        topics=frozenset(held["topics"]),
        districts=frozenset(held["districts"]),
        age_bands=frozenset(AgeBand(band) for band in held["age_bands"]),
        hours=frozenset(Hours(hours) for hours in held["hours"]),
        procedures=frozenset(held["procedures"]),
        or_untold=held["or_untold"],
    )


def wish_of(written: str) -> Wish:
    """What `wish_json` wrote."""
    held = json.loads(written)
    at = datetime.fromisoformat(held["at"]) if held["at"] else None
    return Wish(at, Cap(held["cap"]), Short(held["short"]))


def draft_json(draft: Draft) -> str:
    """A whole draft as one text, for a series that sends the same each time."""
    return _written(
        {
            "kind": draft.kind,
            "title": draft.title,
            "topic": draft.topic,
            "parts": json.loads(content_json(draft.parts)),
            "audience": json.loads(audience_json(draft.audience)),
            "wish": json.loads(wish_json(draft.wish)),
        }
    )


def draft_of(written: str) -> Draft:
    """What `draft_json` wrote."""
    held = json.loads(written)
    return Draft(
        kind=Kind(held["kind"]),
        title=held["title"],
        topic=held["topic"],
        parts=parts_of(json.dumps(held["parts"])),
        audience=audience_of(json.dumps(held["audience"])),
        wish=wish_of(json.dumps(held["wish"])),
    )


def hash_of(draft: Draft) -> str:
    """64 hexadecimal digits that change with any word, any criterion, any minute of the draft."""
    return hashlib.sha256(draft_json(draft).encode()).hexdigest()


_NAMES: Mapping[type, str] = {Words: "words", Picture: "picture", Card: "card"}


def _part(held: Json) -> Part:
    fields = {name: value for name, value in held.items() if name != "part"}
    if held["part"] == "words":
        return Words(**fields)
    if held["part"] == "picture":
        return Picture(**fields)
    buttons = tuple(Button(**button) for button in fields.pop("buttons"))
    return Card(**fields, buttons=buttons)


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
