"""Counts characters as LINE does: UTF-16 units for text, grapheme clusters for labels.

The clusters follow Unicode's annex 29 closely enough for labels, from the standard library alone,
so that a mistake in the product's own way of counting does not repeat itself here.
"""

import unicodedata

ZERO_WIDTH_JOINER = "\u200d"
_PICTURES = (
    (0x00A9, 0x00A9), (0x00AE, 0x00AE), (0x203C, 0x203C), (0x2049, 0x2049), (0x2122, 0x2122),
    (0x2139, 0x2139), (0x2194, 0x21AA), (0x231A, 0x23FF), (0x24C2, 0x24C2), (0x25AA, 0x27BF),
    (0x2934, 0x2935), (0x2B05, 0x2B55), (0x3030, 0x3030), (0x303D, 0x303D), (0x3297, 0x3297),
    (0x3299, 0x3299), (0x1F000, 0x1F1E5), (0x1F200, 0x1F3FA), (0x1F400, 0x1FAFF),
)  # fmt: skip


def utf16_units(text: str) -> int:
    """The length of `text` in UTF-16 code units; a lone surrogate counts one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """The number of characters a person sees in `text` (a family emoji or a flag is one)."""
    count = 0
    before = ""
    flags_open = False
    picture_open = False
    for character in text:
        if _is_flag_letter(character):
            joins = flags_open
            flags_open = not flags_open
        else:
            joins = _joins(before, character, picture_open)
            flags_open = False
        if not joins:
            count += 1
        if _is_picture(character):
            picture_open = True
        elif not _extends(character):
            picture_open = False
        before = character
    return count


def _joins(before: str, character: str, picture_open: bool) -> bool:
    if not before or before in "\r\n" or character in "\r\n":
        return before == "\r" and character == "\n"
    if _extends(character):
        return unicodedata.category(before) not in ("Cc", "Zl", "Zp")
    if before == ZERO_WIDTH_JOINER and picture_open and _is_picture(character):
        return True
    return _hangul_joins(before, character)


def _extends(character: str) -> bool:
    point = ord(character)
    return (
        character == ZERO_WIDTH_JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or 0x1F3FB <= point <= 0x1F3FF
        or 0xE0020 <= point <= 0xE007F
        or point in (0x200C, 0xFF9E, 0xFF9F)
    )


def _is_flag_letter(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _is_picture(character: str) -> bool:
    point = ord(character)
    return any(first <= point <= last for first, last in _PICTURES)


def _hangul_joins(before: str, character: str) -> bool:
    first, second = _hangul(before), _hangul(character)
    return (first, second) in _HANGUL_PAIRS


_HANGUL_PAIRS = frozenset(
    {("L", "L"), ("L", "V"), ("L", "LV"), ("L", "LVT"), ("LV", "V"), ("V", "V"),
     ("LV", "T"), ("V", "T"), ("LVT", "T"), ("T", "T")}
)  # fmt: skip


def _hangul(character: str) -> str:
    point = ord(character)
    if 0x1100 <= point <= 0x115F:
        return "L"
    if 0x1160 <= point <= 0x11A7:
        return "V"
    if 0x11A8 <= point <= 0x11FF:
        return "T"
    if 0xAC00 <= point <= 0xD7A3:
        return "LV" if (point - 0xAC00) % 28 == 0 else "LVT"
    return ""
