"""Folds a text to the one form in which questions and entries are compared."""

import re
import unicodedata

_SPACES = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_DASHES = re.compile(r"[‐‑‒–—―−]")
_WAVES = re.compile(r"[~〜∼]")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}


def fold(text: str) -> str:
    """NFKC, lower case, one kind of dash, single spaces; what is not printable falls away."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _WAVES.sub("ー", _DASHES.sub("-", text))
    if not text.isprintable():  # true of nearly every text, and a hundred times cheaper to ask
        text = "".join(c for c in text if unicodedata.category(c)[0] not in "C" or c in "\n\t")
    return _SPACES.sub(" ", text).strip()


def to_katakana(text: str) -> str:
    """Hiragana written as katakana; everything else as it stands."""
    return text.translate(_HIRAGANA)


def squeeze(text: str) -> str:
    """Only letters and digits of the folded text: what is left to compare word for word."""
    return "".join(filter(str.isalnum, fold(text)))  # ー is a letter here too
