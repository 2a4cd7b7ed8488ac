"""The message that brings a resident the answer staff found after the desk had none."""

from bot.city import City
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import Message
from bot.speech import answer_cards, flex
from bot.speech.texts import Voice


def later_answer(
    voice: Voice, city: City, entry: KnowledgeEntry, question_id: int
) -> list[Message]:
    """The entry's public title and answer, and 解決しましたか for that question.

    The resident's own words are not in it: others may see the screen when a push arrives.
    """
    (card,) = answer_cards.answer(voice, city, entry, None)
    bubble = card["contents"]
    title, *body = bubble["body"]["contents"]
    first = flex.text(voice.say("reply.later_first"), size="md", color=flex.QUIET)
    footer = [
        *bubble["footer"]["contents"],
        *answer_cards.resolved(voice, question_id, later=1),
    ]
    contents = {
        **bubble,
        "body": {**bubble["body"], "contents": [title, first, *body]},
        "footer": {**bubble["footer"], "contents": footer},
    }
    return [flex.card(voice.say("reply.later_alt", question=entry.question), contents)]
