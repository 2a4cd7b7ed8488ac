"""What was booked on a page is told in the chat too, so that the 控え is found there."""

from sqlalchemy.orm import Session as Db

from bot.classes import confirming, queries
from bot.classes.outcomes import Reserved, Waiting
from bot.speech import booked_cards
from handlers.pages.visitor import Visitor


def tell(one: Visitor, db: Db, done: Reserved | Waiting) -> bool:
    """Keeps the 控え as a push, once; at night the page alone tells it. False when none is kept."""
    services = one.services
    if services.city.classes.quiet.is_now(one.now):
        return False
    held = queries.my_booking(db, one.key, done.booking.id, one.now)
    if held is None:
        return False
    if isinstance(done, Waiting):
        said = one.voice.say("booking.waiting", place=done.place_in_line)
    else:
        said = one.voice.say("booking.reserved")
    base_url = services.links.base_url
    messages = booked_cards.slip(one.voice, services.city, held, said, base_url=base_url)
    lease_now = services.database.lease_now(db)
    return confirming.push(
        db, services.sealer, one.key, done.booking, messages, lease_now=lease_now
    )
