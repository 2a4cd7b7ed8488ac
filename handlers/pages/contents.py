"""The table of contents of residents' pages: one topic for each purpose of a link."""

from handlers.pages import booking_family, booking_slip, choices, talk

_ALL = (talk.topic, choices.topic, booking_family.topic, booking_slip.topic)
TOPICS = tuple(dict.fromkeys(_ALL))
