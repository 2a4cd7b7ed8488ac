"""The form in which an announcement is written: its parts by place, read back and rearranged."""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.campaigns.checking import BUTTONS_MOST
from bot.campaigns.rules import PARTS_MOST, Button, Card, Part, Picture, Words
from bot.line.limits import units
from handlers.console.reading import LONG, number_of

PLACES = PARTS_MOST + 4
"""Parts that the form reads: drafts may hold more than LINE takes until they are checked."""
LONGEST = 10_000
"""UTF-16 units of one field; what is longer is refused, and never drawn."""
TITLE_LONGEST = 80
"""UTF-16 units of the title by which staff know an announcement."""
TARGETS = (
    *("link", "call", "class_pick", "classes", "procedure", "procedures"),
    *("plan", "news", "menu", "person"),
)
"""Where a button may lead, as the form offers it."""
NAMED: Mapping[str, str] = {"class_pick": "s=", "procedure": "p="}
"""Targets that name one of many: what stands before its number in the postback."""
_PART = re.compile(r"(up|drop)([0-9])")


def parts(fields: Mapping[str, str]) -> tuple[Part, ...]:
    """The parts as they were typed; what the form does not know is left out."""
    return tuple(part for place in range(PLACES) for part in _part(fields, f"p{place}"))


def is_too_long(fields: Mapping[str, str]) -> bool:
    """True when a field holds more than any message takes."""
    return any(units(value) > LONGEST for value in fields.values())


def rearranged(held: tuple[Part, ...], do: str) -> tuple[Part, ...]:
    """The parts after a button of the form: one more, one less, one further up; else the same."""
    if do == "words":
        return (*held, Words(""))
    if do == "card":
        return (*held, Card("", ""))
    found = _PART.fullmatch(do)
    place = int(found.group(2)) if found else len(held)
    if found is None or place >= len(held):
        return held
    rest = [*held[:place], *held[place + 1 :]]
    if found.group(1) == "up" and place:
        rest.insert(place - 1, held[place])
    return tuple(rest) if found.group(1) == "drop" or place else held


def with_picture(held: tuple[Part, ...], picture_id: int, alt: str, onto: str) -> tuple[Part, ...]:
    """The parts with a picture as one more, or on top of the card at that place."""
    place = number_of(onto)
    if place is not None and place < len(held):
        card = held[place]
        if isinstance(card, Card):
            topped = Card(card.title, card.text, card.easy, card.buttons, picture_id)
            return (*held[:place], topped, *held[place + 1 :])
    return (*held, Picture(picture_id, alt))


def argument_of(button: Button) -> str:
    """What the form shows of a button: the address, or the number of what it names."""
    return button.argument.removeprefix(NAMED.get(button.to, ""))


def _part(fields: Mapping[str, str], name: str) -> Iterator[Part]:
    def typed(field: str) -> str:
        return fields.get(f"{name}_{field}", "").replace("\r\n", "\n").strip()

    kind = fields.get(name)
    picture_id = number_of(typed("picture"), LONG)
    if kind == "words":
        yield Words(typed("text"), typed("easy"))
    elif kind == "picture" and picture_id is not None:
        yield Picture(picture_id, typed("alt"))
    elif kind == "card":
        places = range(BUTTONS_MOST)
        buttons = tuple(b for n in places for b in _button(typed, f"b{n}"))
        keeps = picture_id if typed("keeps") or not typed("had") else None
        yield Card(typed("title"), typed("text"), typed("easy"), buttons, keeps)


def _button(typed: Callable[[str], str], name: str) -> Iterator[Button]:
    label, to, argument = typed(f"{name}_label"), typed(f"{name}_to"), typed(f"{name}_at")
    if to not in TARGETS or not (label or argument or to not in ("link", "call")):
        return
    if to in NAMED:
        argument = NAMED[to] + re.sub(r"[^\w-]", "", argument)[:64]
    elif to not in ("link", "call"):
        argument = ""
    yield Button(label, to, argument)
