"""Reads names, furigana and telephone numbers as people write them; keeps 𠮷 and 髙 as they are."""

import re
import unicodedata

NAME_MOST = 40

_HYPHENS = re.compile(r"[\s()\-‐‑‒–—―−ー－ｰ・.]")
_KANA = re.compile(r"[ァ-ヺー・ ]+")
_VOICELESS = str.maketrans(
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポァィゥェォッャュョヮヴ",
    "カキクケコサシスセソタチツテトハヒフヘホハヒフヘホアイウエオツヤユヨワウ",
)


def read_name(words: str) -> str | None:
    """The name with single spaces; None when there is none, it is too long, or holds digits.

    Characters stay as they were written: folding would make another person of 髙橋.
    """
    name = " ".join(unicodedata.normalize("NFC", words).split())
    if not 0 < len(name) <= NAME_MOST or any(c.isdigit() for c in name):
        return None
    return None if any(unicodedata.category(c) in ("Cc", "Cs", "Co") for c in name) else name


def read_kana(words: str) -> str | None:
    """Furigana as full-width katakana, whatever kana it was written in; None for anything else."""
    kana = " ".join(unicodedata.normalize("NFKC", words).split())
    kana = "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in kana)
    return kana if _KANA.fullmatch(kana) and 0 < len(kana) <= NAME_MOST else None


def read_phone(words: str) -> str | None:
    """A domestic number as ten or eleven digits, from any digits and hyphens; None for others.

    +81 is taken back to 0. 000-0000-0000, which nobody can ring, is accepted: it is the sample's.
    """
    digits = _HYPHENS.sub("", unicodedata.normalize("NFKC", words))
    if digits.startswith("+81"):
        digits = "0" + digits[3:].removeprefix("0")
    is_number = digits.isascii() and digits.isdigit() and len(digits) in (10, 11)
    return digits if is_number and digits.startswith("0") else None


def show_phone(digits: str) -> str:
    """The number in groups for reading out: 090-0000-0000; others in groups from the end."""
    if not digits:
        return ""
    head = 3 if len(digits) == 11 else 2 if digits[:2] in ("03", "06") else 3
    return f"{digits[:head]}-{digits[head:-4]}-{digits[-4:]}"


def in_furigana_order(kana: str) -> tuple[str, str]:
    """A key that sorts as a Japanese register does: by sound first, voiced marks after."""
    plain = kana.replace(" ", "").replace("・", "")
    return plain.translate(_VOICELESS), plain


def read_code(words: str) -> str | None:
    """The eight digits of a link code, however they are spaced and whatever their width."""
    digits = _HYPHENS.sub("", unicodedata.normalize("NFKC", words))
    return digits if len(digits) == 8 and digits.isascii() and digits.isdigit() else None
