"""Tells what is asked from the greetings, excuses and fillers around it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.answers.folding import fold

_SENTENCE = re.compile(r"[^。.!?\n]+[。.!?\n]*")
_ASKS = re.compile(r"\?|か[。.]*$|(?:どこ|どう|どの|どんな|いつ|いくら|なに|何|誰)")
_ENDS = " 。.!?、,"
_FILLED = 3


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its stop, and whether it has the form of a question."""

    text: str
    asks: bool


class Padding:
    """Phrases that say nothing of what is asked, taken off whole and longest first."""

    def __init__(self, phrases: Sequence[str]) -> None:
        folded = sorted({fold(p) for p in phrases if len(p) >= 2}, key=len, reverse=True)
        long = [re.escape(p) for p in folded if len(p) > _FILLED]
        every = [re.escape(p) for p in folded]
        self.phrases = tuple(folded)
        self._anywhere = re.compile("|".join(long)) if long else None
        self._leading = re.compile(rf"(?:(?:{'|'.join(every)})[、, ]*)+") if every else None

    def bare(self, folded: str) -> str:
        """The text without its padding; a text that is nothing else comes back empty."""
        text = self.without_opening(folded)
        return (self._anywhere.sub("", text) if self._anywhere else text).strip(_ENDS)

    def without_opening(self, folded: str) -> str:
        """The text without the fillers it opens with (えーと、すみません)."""
        found = self._leading.match(folded) if self._leading else None
        rest = folded[found.end() :].lstrip(_ENDS) if found else folded
        return rest or folded


def sentences(folded: str) -> list[Sentence]:
    """The text cut behind each full stop and question mark; at least one piece."""
    found = [piece for piece in _SENTENCE.findall(folded) if piece.strip(_ENDS)] or [folded]
    return [Sentence(piece, bool(_ASKS.search(piece))) for piece in found]


def opening(sentence: str) -> tuple[str, str]:
    """What stands before the first comma of a sentence, and the rest; ("", all) without one."""
    first, comma, rest = sentence.partition("、")
    return (first, rest) if comma and rest.strip(_ENDS) else ("", sentence)
