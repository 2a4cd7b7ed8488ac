"""Says in one sentence what came of asking for a seat; for the chat and for pages."""

from typing import assert_never

from bot.classes.outcomes import (
    Cancelled,
    Closed,
    Full,
    NotFound,
    NotYetOpen,
    Overlaps,
    Past,
    Refusal,
    TooMany,
)
from bot.speech import dates
from bot.speech.texts import Voice


def why_not(voice: Voice, why: Refusal | Full) -> str:
    """Why a class cannot be had, kindly."""
    match why:
        case NotYetOpen(opens_at=moment):
            return voice.say("booking.not_yet_open", moment=dates.say_moment(moment))
        case Closed():
            return voice.say("booking.closed")
        case Past():
            return voice.say("booking.past")
        case Cancelled():
            return voice.say("booking.class_cancelled")
        case NotFound():
            return voice.say("booking.gone")
        case TooMany(most=most):
            return voice.say("booking.too_many", most=most)
        case Overlaps(others=others):
            title = others[0].session.course.title if others else ""
            return voice.say("booking.overlaps", title=voice.read(title))
        case Full(waiting=waiting):
            return voice.say("booking.full", waiting=waiting)
    assert_never(why)
