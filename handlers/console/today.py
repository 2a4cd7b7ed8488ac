"""今日: what waits for me, as cards that the topics give; and the search of the whole console."""

from flask import request

from handlers.console.desk import Desk
from handlers.console.routing import STAFF, Card, Hit, Section

section = Section("today")


@section.get("/", STAFF, menu="console.menu_today")
def start(desk: Desk) -> tuple[str, int]:
    """The cards of all topics that I may open, those with something in them first."""
    cards: list[Card] = []
    for topic in desk.topics:
        for allow, make in topic.cards:
            card = make(desk) if allow.admits(desk.me.roles) else None
            if card is not None:
                cards.append(card)
    cards.sort(key=lambda card: card.count == 0)
    return desk.show("today.html", cards=cards)


@section.get("/search", STAFF)
def search(desk: Desk) -> tuple[str, int]:
    """What all topics that I may open have for the words typed, topic by topic."""
    wanted = request.args.get("q", "").strip()[:100]
    hits: list[Hit] = []
    for topic in desk.topics if wanted else ():
        for allow, find in topic.searchers:
            if allow.admits(desk.me.roles):
                hits.extend(find(desk, wanted))
    return desk.show("search.html", wanted=wanted, hits=hits)
