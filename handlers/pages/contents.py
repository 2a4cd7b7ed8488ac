"""The table of contents of residents' pages: one topic for each purpose of a link."""

from handlers.pages import choices, talk

TOPICS = (talk.topic, choices.topic)
