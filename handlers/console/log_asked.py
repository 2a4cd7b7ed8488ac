"""What is looked for in the question log, as the address holds it; and a page's place in it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.questions.log_search import Place, Search
from bot.speech import dates
from handlers.console.reading import LONG, day_of, number_of

_ASKED = (
    *("q", "outcome", "entry", "topic", "district", "reaction", "review"),
    *("since", "until"),
)
_LONGEST = 128
_BETWEEN = "~"


def asked_of(given: Mapping[str, str]) -> dict[str, str]:
    """The fields of the search that were filled in; a day that is none is left out."""
    asked = {name: given.get(name, "").strip()[:_LONGEST] for name in _ASKED}
    for name in ("since", "until"):
        if day_of(asked[name]) is None:
            asked[name] = ""
    return {name: value for name, value in asked.items() if value}


def search_of(asked: Mapping[str, str]) -> Search:
    """The search that these fields ask for; days are Japan's, both included."""
    since, until = day_of(asked.get("since", "")), day_of(asked.get("until", ""))
    return Search(
        text=asked.get("q", ""),
        outcome=asked.get("outcome"),
        entry_id=asked.get("entry"),
        topic=asked.get("topic"),
        district=asked.get("district"),
        reaction=asked.get("reaction"),
        review=asked.get("review"),
        since=dates.start_of(since) if since else None,
        until=dates.start_of(until + timedelta(days=1)) if until else None,
    )


def place_words(place: Place) -> str:
    """A place in the log as an address holds it."""
    moment = place.asked_at.astimezone(UTC).replace(tzinfo=None)
    return f"{moment.isoformat(timespec='microseconds')}{_BETWEEN}{place.question_id}"


def place_of(words: str) -> Place | None:
    """The place that `place_words` wrote; None for anything else: then the list begins anew."""
    moment, _, number = words.partition(_BETWEEN)
    question_id = number_of(number, LONG)
    try:
        asked_at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if question_id is None or asked_at.tzinfo is not None:
        return None
    return Place(asked_at.replace(tzinfo=UTC), question_id)
