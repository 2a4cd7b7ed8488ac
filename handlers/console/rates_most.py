"""集計, second page: what was asked most, which answers helped least, at which hours.

Whoever may only look (閲覧) sees counts and entries' titles; the wordings of residents are shown
to those alone who may read the log.
"""

from flask import request
from flask.typing import ResponseReturnValue

from bot.knowledge import browsing
from bot.knowledge.shelves import ENTRIES
from bot.questions import statistics
from bot.questions.rules import OF_ANSWERED
from bot.speech import dates
from handlers.console import charts, log
from handlers.console.charts import Given
from handlers.console.desk import Desk
from handlers.console.rates import READ, percent, span_of
from handlers.console.routing import Section

section = Section("rates_most")
_MOST = 20
_EVERY = 3


@section.get("/rates/most", READ)
def overview(desk: Desk) -> ResponseReturnValue:
    """The twenty most asked wordings, the twenty entries with most「いいえ」, and the hours."""
    span = span_of(request.args, dates.today(desk.now))
    reads_words = log.READ.admits(desk.me.roles)
    with desk.reading() as session:
        hours = statistics.by_hour(session, span.first, span.last)
        most_no = statistics.most_no(session, span.first, span.last, _MOST)
        titles = browsing.names(session, ENTRIES, [one.entry_id for one in most_no])
        asked = statistics.most_asked(session, span.first, span.last, _MOST) if reads_words else ()
    return desk.show(
        "rates_most.html",
        span=span,
        felt=OF_ANSWERED,
        hours=hours,
        hour_chart=charts.stacked(_by_hour(desk, hours), _EVERY),
        most_no=most_no,
        titles=titles,
        most_asked=asked,
        reads_words=reads_words,
        percent=percent,
    )


def _by_hour(desk: Desk, hours: tuple[int, ...]) -> list[Given]:
    given = []
    for hour, count in enumerate(hours):
        label = desk.say("console_log.hour", hour=hour)
        given.append(Given(label, f"{label} {desk.say('console.count', count=count)}", [count]))
    return given
