"""Cuts Japanese text into words with their base form, reading and kind."""

import threading
from dataclasses import dataclass
from functools import lru_cache

from sudachipy import Dictionary, SplitMode, Tokenizer

from bot.answers.folding import to_katakana

_EMPTY_KINDS = frozenset(
    ["助詞", "助動詞", "補助記号", "記号", "空白", "接続詞", "感動詞", "連体詞", "代名詞"]
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, in its base form, as it sounds (katakana), and whether it carries
    content (particles, auxiliaries and helping verbs do not)."""

    surface: str
    base: str
    reading: str
    content: bool


class WordCutter:
    """Sudachi behind one call; safe to use from several threads, each has its own tokenizer."""

    def __init__(self) -> None:
        self._dictionary = Dictionary(dict="small")
        self._local = threading.local()

    def cut(self, folded: str) -> list[Word]:
        """The words of a folded text in short units (Sudachi's mode A)."""
        tokenizer: Tokenizer | None = getattr(self._local, "tokenizer", None)
        if tokenizer is None:
            tokenizer = self._dictionary.tokenizer(mode=SplitMode.A)
            self._local.tokenizer = tokenizer
        return [
            Word(
                surface=m.surface(),
                base=m.normalized_form(),
                reading=to_katakana(m.reading_form() or m.surface()),
                content=_carries_content(m.part_of_speech()),
            )
            for m in tokenizer.tokenize(folded)
        ]


def _carries_content(kind: tuple[str, ...]) -> bool:
    if kind[0] in _EMPTY_KINDS:
        return False
    return not (kind[0] in ("動詞", "形容詞") and kind[1] == "非自立可能")


@lru_cache(maxsize=1)
def word_cutter() -> WordCutter:
    """The process's cutter: the dictionary is loaded once, about 45 MB."""
    return WordCutter()
