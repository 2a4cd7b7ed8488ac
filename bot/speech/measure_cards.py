"""The plan's measures side by side, as much of each as LINE takes in one message.

What does not fit is counted and said to be left out, with the way to the page that shows it all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.line import limits
from bot.plan.rules import MeasureStands
from bot.speech import flex, plan_words
from bot.speech.texts import Voice


def carousel(voice: Voice, measures: Sequence[MeasureStands], page: str | None) -> flex.Component:
    """A card a measure. `page` is the address of the public page, None where there is none.

    Every card has its title and the sentence about it; details leave the longest card first.
    """
    cards = [_Told(voice, one, page) for one in measures]
    bubbles = [card.bubble(card.most) for card in cards]
    kept = [card.most for card in cards]
    while True:
        # The brackets and commas around them count as well, so the whole is weighed.
        whole = flex.carousel(bubbles)
        sizes = [limits.size_of(bubble) for bubble in bubbles]
        longest = max(
            (at for at in range(len(cards)) if kept[at]), key=sizes.__getitem__, default=-1
        )
        fits = limits.size_of(whole) <= limits.CAROUSEL_BYTES and max(sizes) <= limits.BUBBLE_BYTES
        if fits or longest < 0:
            return whole
        kept[longest] -= max(1, kept[longest] // 8)
        bubbles[longest] = cards[longest].bubble(kept[longest])


_FIGURES_MOST = 40
"""More in one card nobody reads; and each costs time to put readings to."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One detail, under the words that it stands below."""

    head: str
    words: str


class _Told:
    """A measure in words, said once, and put into a card with fewer and fewer of them."""

    def __init__(self, voice: Voice, stands: MeasureStands, page: str | None) -> None:
        measure = stands.measure
        self._voice = voice
        self._page = page
        self._title = voice.say("plan.measure_title", number=measure.number, title=measure.title)
        self._about = voice.read(measure.resident)
        self._steps = [
            _Line(head, line)
            for head, steps in plan_words.groups(voice, stands)
            for line in steps.splitlines()
        ]
        head = voice.say("plan.figures")
        said = stands.figures[:_FIGURES_MOST]
        self._figures = [_Line(head, plan_words.figure(voice, one)) for one in said]
        self._unsaid = len(stands.figures) - len(said)
        self.most = len(self._steps) + len(self._figures)

    def bubble(self, most: int) -> flex.Component:
        """The card with so many details; the figures have at least half of the room they need."""
        figures = min(len(self._figures), max(most // 2, most - len(self._steps)))
        shown = [*self._steps[: most - figures], *self._figures[:figures]]
        body = [*flex.sentences(self._about), flex.line(), *_under_heads(shown)]
        left = self.most - len(shown) + self._unsaid
        if not left:
            return flex.bubble(self._title, body)
        if self._page is None:
            body.append(flex.text(self._voice.say("plan.more_to_ask", count=left)))
            return flex.bubble(self._title, body)
        body.append(flex.text(self._voice.say("plan.more_on_page", count=left)))
        way = flex.link(self._voice.label("plan.to_page"), self._page)
        return flex.bubble(self._title, body, [flex.button(way)])


def _under_heads(lines: Sequence[_Line]) -> Iterator[flex.Component]:
    by_head: dict[str, list[str]] = {}
    for line in lines:
        by_head.setdefault(line.head, []).append(line.words)
    for head, words in by_head.items():
        # Read as a sentence, so not in the small type of a label.
        parts = [flex.text(head, bold=True, color=flex.ACCENT), flex.text("\n".join(words))]
        yield flex.column(parts, spacing="xs")
