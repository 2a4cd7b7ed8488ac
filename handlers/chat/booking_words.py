"""Leads wishes about classes to who answers them; questions are left to the knowledge."""

from handlers.chat import booking, booking_mine
from handlers.chat.class_wishes import Wish
from handlers.chat.turn import Handler, Turn


def heard(turn: Turn, said: str) -> Handler | None:
    """Who answers a wish about classes; None for all that is a question or something else.

    Giving up, and the day, are only about a booking there is: else the knowledge tells how.
    """
    match turn.desk.class_wishes.heard(said):
        case Wish.CODE:
            return booking_mine.code
        case Wish.BOOK:
            return booking.start
        case Wish.SEE:
            return booking_mine.mine
        case Wish.AT_WHAT_TIME:
            return booking_mine.mine if booking_mine.running(turn) else booking.start
        case Wish.WHAT_DAY | Wish.GIVE_UP:
            return booking_mine.mine if booking_mine.running(turn) else None
        case None:
            return None
