"""The table of contents of residents' pages: one topic for each purpose of a link."""

from handlers.pages import talk

TOPICS = (talk.topic,)
