"""The one check that every announcement passes, written by a person or made by itself."""

from collections.abc import Callable, Collection, Sequence

from bot.campaigns import checking
from bot.campaigns.checking import Fault
from bot.campaigns.rules import Draft
from bot.line import limits
from bot.line.limits import Message
from bot.residents.rules import Style


def faults(
    draft: Draft,
    compose: Callable[[Style, Draft], Sequence[Message]],
    *,
    is_real_line: bool,
    topics: Collection[str],
) -> tuple[Fault, ...]:
    """What keeps it from being checked: our own limits first, then LINE's for the whole.

    `compose` puts it into messages as somebody of that style gets them.
    """
    found = checking.faults(draft, is_real_line=is_real_line, topics=topics)
    if found or not any(limits.check(compose(style, draft)) for style in Style):
        return found
    return (Fault("line"),)
