"""Fetches from the console, as staff would, the figures that only the desk itself knows."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from handlers.week.browser import Browser


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the console exports it."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def total(self, name: str) -> int:
        """The sum of a column of whole numbers; 0 where there is none of that name."""
        if name not in self.heading:
            return 0
        place = self.heading.index(name)
        return sum(int(row[place] or 0) for row in self.rows)


def rates(browser: Browser, first: date, last: date, export: str) -> Table:
    """The honest rates of these days; `export` is what the button says. Empty without questions."""
    browser.open(f"/console/rates?since={first.isoformat()}&until={last.isoformat()}")
    offered = [button.words for form in browser.paper.forms for button in form.buttons]
    if browser.status == 200 and export not in offered:
        return Table((), ())
    browser.press(export)
    return table_of(browser.body)


def table_of(data: bytes) -> Table:
    """A CSV file of the console."""
    held: Sequence[Sequence[str]] = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    heading, *rows = held or [[]]
    return Table(tuple(heading), tuple(tuple(row) for row in rows))


def seats(browser: Browser, first: date, last: date, export: str) -> Table:
    """How each course that begins in these days is filled; `export` is what the button says."""
    browser.open(f"/console/classes/figures?since={first.isoformat()}&until={last.isoformat()}")
    browser.press(export)
    return table_of(browser.body)
