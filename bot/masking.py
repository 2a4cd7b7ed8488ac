"""Takes numbers out of residents' words before they are kept: My Number; in logs, contacts too."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MARK = "■■■■"
"""Stands where a number was. A sign, so that no sentence for residents stands in code."""

MY_NUMBER = "my_number"

# Digits that unicodedata does not know as such: kanji, and the old forms used against forgery.
_KANJI = dict(zip("〇零一二三四五六七八九壱弐参", "00123456789123", strict=True))
# Any script's decimal digits, then those set high or low, in circles, in brackets, with dots.
_ONE = (
    r"[\d〇零一二三四五六七八九壱弐参⁰¹²³⁴-⁹₀-₉⓪⓿"
    r"\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24f5-\u24fd\u2776-\u277e\u2780-\u2788\u278a-\u2792]"
)
# Spaces, every hyphen, dash and long mark, dots, keycap and invisible characters.
_JOINT = (
    r"\s()（）\-~_.·•\u00ad\u180e\u2000-\u2015\u2026-\u202f\u2043\u205f-\u2064\u207b\u208b\u20e3\u2212\u2500\u2501"
    r"\u30fb\u30fc\u301c\ufe00-\ufe0f\ufe58\ufe63\uff0d\uff0e\uff3f\uff5e\uff61\uff65\uff70\ufeff"
)
# Also between parts of one number, but as often between two: dates, lists.
_BREAK = r"/／,，、|｜:：\[\]［］「」+＋"
_RUN = re.compile(f"{_ONE}(?:[{_JOINT}{_BREAK}]{{0,4}}{_ONE}){{8,}}[\ufe0f\u20e3]*")
_BREAKS = re.compile(f"[{_BREAK}]")
_NAMED = re.compile(
    r"(?:マイ|まい|ﾏｲ)\s*(?:ナン|なん|ﾅﾝ)\s*(?:バ|ば|ﾊﾞ|バ)|(?:個人|こじん|コジン)\s*(?:番号|ばんごう|バンゴウ)|my\s*number",
    re.IGNORECASE,
)
# How far from a number its name may stand, in characters.
_NEAR = 40

_MAIL_PART = "A-Za-z0-9_%+.\\-Ａ-Ｚａ-ｚ０-９＿．－＋"
_MAIL = re.compile(
    f"(?<![{_MAIL_PART}])[{_MAIL_PART}]{{1,64}}[@＠][{_MAIL_PART}]{{1,190}}(?<![.．])[A-Za-zＡ-Ｚａ-ｚ]"
)
_FOREIGN = re.compile(f"[+＋][{_JOINT}]?{_ONE}(?:[{_JOINT}]{{0,3}}{_ONE}){{7,14}}")
_PHONE = re.compile(r"0[1-9]\d{8,9}|(?:010|00)?810?[1-9]\d{8,9}")


@dataclass(frozen=True, slots=True)
class Masked:
    """What may be kept, and which kinds of number were taken out of it (empty: none)."""

    text: str
    found: frozenset[str] = frozenset()


def is_my_number(digits: str) -> bool:
    """Whether twelve ASCII digits carry the check digit of an individual number.

    Ministry of Internal Affairs ordinance No. 85 of 2014, article 5: counted from the right, the
    n-th of the first eleven digits weighs n+1 (n ≤ 6) or n−5; the sum's remainder by 11 leaves the
    check digit 11 − remainder, or 0 when the remainder is 0 or 1. One random number in ten passes.
    """
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        return False
    places = enumerate(reversed(digits[:11]), start=1)
    remainder = sum(int(p) * (n + 1 if n <= 6 else n - 5) for n, p in places) % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def mask_numbers(text: str, *, mark: str = MARK) -> Masked:
    """Takes My Numbers out: any twelve digits near that name, elsewhere those with the check digit.

    Reads full-width, circled, kanji and all other digits, whatever stands between them. Never
    raises. Masking again changes nothing, provided `mark` holds no digit.
    """
    masked = _mask_runs(text, mark, _my_numbers_in)
    return Masked(text) if masked == text else Masked(masked, frozenset({MY_NUMBER}))


def mask_for_log(text: str, *, mark: str = MARK) -> str:
    """What a log may hold: no My Number, card, telephone number or mail address. Never raises."""
    text = _FOREIGN.sub(lambda _: mark, _MAIL.sub(lambda _: mark, text))
    return _mask_runs(text, mark, lambda run: _my_numbers_in(run) + _contacts_in(run))


def mask_event(event: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a webhook event without any My Number in what a resident wrote.

    That is every text except those of `_PLATFORM`, which LINE or this program wrote. Where a text
    changed, its emoji and mention offsets are dropped, for they would point elsewhere. Never raises
    on anything JSON can hold, however deep or malformed. Masking again changes nothing.
    """
    copy: dict[str, Any] = {}
    # Not recursive: deep nesting must not exhaust the stack.
    waiting: list[tuple[Any, Any, bool]] = [(event, copy, False)]
    while waiting:
        source, target, ours = waiting.pop()
        for key, value in _members(source):
            untouched = ours or key in _PLATFORM
            kept = _kept(value, untouched=untouched)
            if isinstance(value, (Mapping, list, tuple)):
                waiting.append((value, kept, untouched))
            if isinstance(target, dict):
                target[key] = kept
            else:
                target.append(kept)
        if isinstance(target, dict) and target.get("text") != source.get("text"):
            target.pop("emojis", None)
            target.pop("mention", None)
    return copy


# Written by LINE, or in postback data by this program: must come through unchanged.
_PLATFORM = frozenset(
    (
        "type",
        "mode",
        "timestamp",
        "webhookEventId",
        "replyToken",
        "userId",
        "groupId",
        "roomId",
        "id",
        "quoteToken",
        "quotedMessageId",
        "markAsReadToken",
        "packageId",
        "stickerId",
        "productId",
        "emojiId",
        "source",
        "deliveryContext",
        "contentProvider",
        "imageSet",
        "postback",
        "link",
        "beacon",
        "things",
        "hwid",
        "nonce",
    )
)


def _members(source: Any) -> Iterator[tuple[Any, Any]]:
    return iter(source.items()) if isinstance(source, Mapping) else iter(enumerate(source))


def _kept(value: Any, *, untouched: bool) -> Any:
    """The copy of one value; of an object or list an empty one, to be filled."""
    if isinstance(value, Mapping):
        return {}
    if isinstance(value, (list, tuple)):
        return []
    return mask_numbers(value).text if isinstance(value, str) and not untouched else value


# First and last digit of each number found, counted in digits.
_Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Run:
    """Digits that stand together: their values, where groups begin, which a comma parts."""

    digits: str
    groups: tuple[int, ...]
    parted: frozenset[int]
    named: bool

    def windows(self, shortest: int, longest: int) -> Iterator[tuple[int, int]]:
        """Each row of whole neighbouring groups of so many digits, as first and end."""
        ends = (*self.groups[1:], len(self.digits))
        for place, first in enumerate(self.groups):
            # No group is empty, so `longest` of them are more than enough.
            for end in ends[place : place + longest]:
                if end - first > longest:
                    break
                if end - first >= shortest:
                    yield first, end
                if end in self.parted:
                    break


def _mask_runs(text: str, mark: str, spans_in: Callable[[_Run], _Spans]) -> str:
    """Puts `mark` in the place of what `spans_in` finds in each run of digits."""
    parts: list[str] = []
    rest = 0
    for found in _RUN.finditer(text):
        at = [at for at in range(found.start(), found.end()) if _value(text[at])]
        end_of_run = found.end()
        for first, last in _united(spans_in(_run(text, at))):
            parts += [text[rest : at[first]], mark]
            rest = end_of_run if last == len(at) - 1 else at[last] + 1
    return "".join([*parts, text[rest:]])


def _run(text: str, at: list[int]) -> _Run:
    starts = [place for place in range(1, len(at)) if at[place] - at[place - 1] > 1]
    parted = (place for place in starts if _BREAKS.search(text, at[place - 1] + 1, at[place]))
    near = text[max(0, at[0] - _NEAR) : at[-1] + 1 + _NEAR]
    return _Run(
        "".join(_value(text[place]) for place in at),
        (0, *starts),
        frozenset(parted),
        _NAMED.search(near) is not None,
    )


def _value(character: str) -> str:
    if character in _KANJI:
        return _KANJI[character]
    value = unicodedata.digit(character, -1)
    return str(value) if value >= 0 else ""


def _united(spans: _Spans) -> _Spans:
    """The spans in order, those that overlap as one."""
    united: _Spans = []
    for first, last in sorted(spans):
        if united and first <= united[-1][1]:
            united[-1] = (united[-1][0], max(last, united[-1][1]))
        else:
            united.append((first, last))
    return united


def _my_numbers_in(run: _Run) -> _Spans:
    if run.named and len(run.digits) >= 12:
        # With more than twelve digits, which are the number cannot be told.
        return [(0, len(run.digits) - 1)]
    return [
        (first, end - 1)
        for first, end in run.windows(12, 12)
        if is_my_number(run.digits[first:end])
    ]


def _contacts_in(run: _Run) -> _Spans:
    return [
        (first, end - 1)
        for first, end in run.windows(10, 19)
        if _PHONE.fullmatch(run.digits[first:end]) or _is_card(run.digits[first:end])
    ]


def _is_card(digits: str) -> bool:
    """A payment card: 14 to 19 digits whose Luhn sum ends in 0 (ISO/IEC 7812-1)."""
    if not 14 <= len(digits) <= 19:
        return False
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
