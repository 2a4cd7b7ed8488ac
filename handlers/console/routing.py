"""How a page is declared: its address, who may open it, its place in the menu. In one place."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from bot.staff.rules import Role
from handlers.console.desk import Desk

View = Callable[..., ResponseReturnValue]
"""Takes the Desk, then what the address holds."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a page: everybody, or those who hold one of the roles."""

    roles: frozenset[Role]
    is_public: bool = False

    def admits(self, held: Iterable[Role]) -> bool:
        """True for a person with these roles."""
        return self.is_public or not self.roles.isdisjoint(held)


PUBLIC = Access(frozenset(), is_public=True)
STAFF = Access(frozenset(Role))
"""Whoever is signed in."""


def only(*roles: Role) -> Access:
    """Those who hold at least one of the roles; none includes another."""
    if not roles:
        raise ValueError("a page that nobody may open")
    return Access(frozenset(roles))


@dataclass(frozen=True, slots=True)
class Page:
    """One address and what answers there. A quiet page does not count as using the session."""

    rule: str
    methods: tuple[str, ...]
    name: str
    view: View
    allow: Access
    menu: str | None
    is_quiet: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card: what it is and where it leads."""

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Card:
    """What waits, on the page 今日: a title, how many, the first few, and all of them."""

    title: str
    count: int
    address: str
    lines: Sequence[Line] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something the search of the whole console found."""

    kind: str
    words: str
    address: str


CardMaker = Callable[[Desk], Card | None]
Searcher = Callable[[Desk, str], Sequence[Hit]]


class Section:
    """The pages of one topic, with its cards for 今日 and its part in the search.

    Filled by decorators while its module is imported, and only read after that.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.pages: list[Page] = []
        self.cards: list[tuple[Access, CardMaker]] = []
        self.searchers: list[tuple[Access, Searcher]] = []

    def get(
        self, rule: str, allow: Access, *, menu: str | None = None, is_quiet: bool = False
    ) -> Callable[[View], View]:
        """A page that only shows. `menu` is the name of its words in the navigation."""
        return self._page(rule, ("GET",), allow, menu=menu, is_quiet=is_quiet)

    def post(self, rule: str, allow: Access, *, is_quiet: bool = False) -> Callable[[View], View]:
        """A page that does something; it comes with a CSRF token or is refused."""
        return self._page(rule, ("POST",), allow, is_quiet=is_quiet)

    def card(self, allow: Access) -> Callable[[CardMaker], CardMaker]:
        """A card on the page 今日; None from it shows nothing."""

        def declare(maker: CardMaker) -> CardMaker:
            self.cards.append((allow, maker))
            return maker

        return declare

    def search(self, allow: Access) -> Callable[[Searcher], Searcher]:
        """A part of the search of the whole console: up to ten hits for what was typed."""

        def declare(searcher: Searcher) -> Searcher:
            self.searchers.append((allow, searcher))
            return searcher

        return declare

    def _page(
        self,
        rule: str,
        methods: tuple[str, ...],
        allow: Access,
        *,
        menu: str | None = None,
        is_quiet: bool = False,
    ) -> Callable[[View], View]:
        def declare(view: View) -> View:
            name = f"{self.name}_{view.__name__}"
            self.pages.append(Page(rule, methods, name, view, allow, menu, is_quiet))
            return view

        return declare
