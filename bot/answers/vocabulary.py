"""Numbers for terms, so that texts become short arrays."""

import threading


class Vocabulary:
    """Gives each term a number once; shared by an engine and its successors, only ever grows."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._adding = threading.Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, term: str) -> int:
        """The number of a term, a new one if it has none."""
        found = self._numbers.get(term)
        if found is None:
            with self._adding:
                found = self._numbers.setdefault(term, len(self._numbers))
        return found

    def known(self, term: str) -> int | None:
        """The number of a term, None if it never occurred."""
        return self._numbers.get(term)

    def terms(self) -> list[str]:
        """All terms by number."""
        return list(self._numbers)
