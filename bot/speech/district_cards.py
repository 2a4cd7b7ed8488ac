"""The city's districts to choose from, by their first kana, few at a time."""

from collections.abc import Callable, Sequence

from bot.city import District
from bot.line.limits import BUBBLES, Message
from bot.speech import flex, menu_cards
from bot.speech.texts import Voice

AT_ONCE = 6
"""Buttons that stand together at most."""

_ROWS = (
    *("あいうえお", "かきくけこ", "さしすせそ", "たちつてと", "なにぬねの"),
    *("はひふへほ", "まみむめも", "やゆよ", "らりるれろ", "わをん"),
)
_VOICED = "がぎぐげござじずぜぞだぢづでどばびぶべぼぱぴぷぺぽゔ"
_PLAIN = str.maketrans(_VOICED, "かきくけこさしすせそたちつてとはひふへほはひふへほう")


def carousel(
    voice: Voice,
    alt: str,
    districts: Sequence[District],
    action: Callable[[District], flex.Component],
) -> Message:
    """Cards side by side, each with at most six districts; `action` is the tap on one.

    Of a city with more districts than twelve cards hold, those that come last in the order of
    kana are left to the page and to people.
    """
    bubbles = []
    for heading, together in grouped(districts)[:BUBBLES]:
        body = [flex.choice(voice.read(one.name), action(one)) for one in together]
        bubbles.append(flex.bubble(voice.say("choices.group", row=heading), body))
    return flex.card(alt, flex.carousel(bubbles))


def meant(voice: Voice, district: District, *, is_kept: bool) -> list[Message]:
    """A district was named and nothing else: what there is in it; `is_kept` when it is theirs."""
    title = voice.say("choices.meant", district=voice.read(district.name))
    said = voice.say("choices.meant_next")
    classes = flex.postback(voice.label("choices.button_classes_there"), "class_at", d=district.key)
    ways = [flex.button(classes, style="primary")]
    if not is_kept:
        keep = flex.postback(voice.label("booking.button_keep"), "district_set", d=district.key)
        ways.append(flex.button(keep))
    card = flex.card(f"{title} {said}", flex.bubble(title, flex.sentences(said), ways))
    return menu_cards.ways_on(voice, [card])


def grouped(districts: Sequence[District]) -> list[tuple[str, list[District]]]:
    """The districts in the order of their kana, at most six together, rows not torn apart where
    it can be helped; each group under the rows it holds, such as 「あ」 or 「ま・や」.
    """
    groups: list[tuple[str, list[District]]] = []
    for row in _ROWS:
        held = sorted((one for one in districts if _row_of(one) == row), key=lambda one: one.kana)
        for start in range(0, len(held), AT_ONCE):
            part = held[start : start + AT_ONCE]
            fits = groups and len(groups[-1][1]) + len(part) <= AT_ONCE
            if fits and not start:
                heading, before = groups.pop()
                groups.append((f"{heading}・{row[0]}", [*before, *part]))
            else:
                groups.append((row[0], part))
    return groups


def _row_of(district: District) -> str:
    first = district.kana[:1].translate(_PLAIN)
    return next((row for row in _ROWS if first in row), _ROWS[-1])
