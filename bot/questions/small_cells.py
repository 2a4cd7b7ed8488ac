"""Keeps small counts from telling of persons: what is open data shows no cell that is too small."""

from collections.abc import Mapping


def suppressed(whole: int, parts: Mapping[str, int], least: int) -> tuple[bool, frozenset[str]]:
    """Whether the whole is hidden, and which of the parts that make it up.

    Hidden is every count from 1 to below `least`. A single hidden part could be reckoned from the
    others and the whole, so the smallest of the others goes with it, a zero if need be. Where
    the whole is hidden, so are all parts.
    """
    if 0 < whole < least:
        return True, frozenset(parts)
    hidden = {name for name, count in parts.items() if 0 < count < least}
    if len(hidden) == 1:
        others = sorted((count, name) for name, count in parts.items() if name not in hidden)
        more = [one for one in others if one[0]] or others
        hidden |= {name for _count, name in more[:1]}
    return False, frozenset(hidden)
