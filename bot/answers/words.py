"""Cuts Japanese text into words with their base form, reading and kind."""

import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Any

from sudachipy import Dictionary, SplitMode

from bot.answers.folding import to_katakana

_EMPTY_KINDS = frozenset(
    ["助詞", "助動詞", "補助記号", "記号", "空白", "接続詞", "感動詞", "連体詞", "代名詞"]
)
_NAMING_KINDS = frozenset(["名詞", "接尾辞", "接頭辞", "形状詞"])
# Verbs that Sudachi calls "may depend on another": these do so nearly always.
_HELPING = frozenset(
    [
        "為る",
        "居る",
        "有る",
        "成る",
        "下さる",
        "出来る",
        "無い",
        "行く",
        "来る",
        "呉れる",
        "貰う",
        "頂く",
        "見る",
        "良い",
        "欲しい",
        "仕舞う",
        "置く",
        "上げる",
        "遣る",
        "致す",
        "御座る",
        "願う",
    ]
)
_KANJI = re.compile(r"[一-龥々]")
_KANJI_AND_HIRAGANA = re.compile(r"[一-龥々ぁ-ゖ]+")
_SOUND = re.compile(r"[ァ-ヺー]+")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, in its base form, as it sounds (katakana).

    `content`: it says what the text is about. `naming`: a noun or a part of one, so that
    neighbours may form a compound.
    """

    surface: str
    base: str
    reading: str
    content: bool
    naming: bool


class WordCutter:
    """Sudachi behind one call; safe to use from several threads, each has its own tokenizer."""

    def __init__(self) -> None:
        self._dictionary = Dictionary(dict="small")
        self._local = threading.local()

    def cut(self, folded: str) -> list[Word]:
        """The words of a folded text in short units (Sudachi's mode A)."""
        tokenizer = getattr(self._local, "tokenizer", None)
        if tokenizer is None:
            tokenizer = self._dictionary.tokenizer(mode=SplitMode.A)
            self._local.tokenizer = tokenizer
        words: list[Word] = []
        after_te = False
        for morpheme in tokenizer.tokenize(folded):
            word = _word(morpheme, after_te)
            after_te = word.surface in ("て", "で") and not word.content
            words.append(word)
        return words


def _word(morpheme: Any, after_te: bool) -> Word:
    kind: tuple[str, ...] = morpheme.part_of_speech()
    base: str = morpheme.normalized_form()
    reading = to_katakana(morpheme.reading_form())
    content = kind[0] not in _EMPTY_KINDS
    if content and kind[0] in ("動詞", "形容詞") and kind[1] == "非自立可能":
        content = base not in _HELPING and not after_te
    return Word(
        surface=morpheme.surface(),
        base=_skeleton(base),
        reading=reading if _SOUND.fullmatch(reading) else "",
        content=content,
        naming=kind[0] in _NAMING_KINDS,
    )


def _skeleton(base: str) -> str:
    """A base form without okurigana, so that 引っ越す, 引っ越し and 引越 agree.

    With a single kanji the kana stay: 生まれる and 生きる are different words.
    """
    kanji = _KANJI.findall(base)
    if len(kanji) >= 2 and _KANJI_AND_HIRAGANA.fullmatch(base):
        return "".join(kanji)
    return base


@cache
def word_cutter() -> WordCutter:
    """The process's cutter: the dictionary is loaded once, about 45 MB."""
    return WordCutter()
