"""「計画はどこまで進んだ？」: the recorded progress of the city's plan, with a picture."""

from bot.plan import queries
from bot.speech import plan_cards
from handlers.chat.turn import Commit, Turn, say


def progress(turn: Turn) -> Commit:
    """How many procedures are online, and how each measure stands."""
    plan = turn.desk.plan
    stands = queries.progress(turn.session, plan, turn.today)
    base_url = turn.desk.links.base_url if turn.desk.links else None
    return say(plan_cards.progress(turn.voice, turn.desk.city, plan, stands, base_url))
