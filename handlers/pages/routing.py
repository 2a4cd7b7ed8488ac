"""How a page for residents is declared: its purpose, its address, and what answers there."""

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from handlers.pages.visitor import Visitor

View = Callable[[Visitor], ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Page:
    """One address below /r/ and what answers there; only for visits of the topic's purpose."""

    rule: str
    method: str
    name: str
    view: View


class Topic:
    """The pages of one purpose. A link of that purpose leads to its start.

    Filled by decorators while its module is imported, and only read after that.
    """

    def __init__(self, purpose: str, start: str) -> None:
        self.purpose = purpose
        self.start = f"{purpose}_{start}"
        self.pages: list[Page] = []

    def get(self, rule: str) -> Callable[[View], View]:
        """A page that only shows."""
        return self._page(rule, "GET")

    def post(self, rule: str) -> Callable[[View], View]:
        """A page that does something; only from our own forms."""
        return self._page(rule, "POST")

    def _page(self, rule: str, method: str) -> Callable[[View], View]:
        def declare(view: View) -> View:
            name = f"{self.purpose}_{getattr(view, '__name__', '')}"
            self.pages.append(Page(rule, method, name, view))
            return view

        return declare
