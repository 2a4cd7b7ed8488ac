"""未回答 at a city's size: 100,000 logged questions, 10,000 of them unanswered, 5,000 entries.

Run with `-s` to see the figures. A look before publishing asks the engine some hundred questions
for up to a second, by its own limit; its page is held to three seconds, five times of five.
"""

from dataclasses import replace

import pytest

from bot.db import Database
from bot.sealing import Sealer
from bot.staff.rules import Role
from tests.bench.measuring import Page, late
from tests.bench.sizes import sized
from tests.bench.test_console_log import PAGE, SEARCH, knowledge_of_a_city, vary
from tests.bench.test_review_speed import fill
from tests.conftest import ByItself
from tests.flows.console_at_work import app_with_console, at_work, services
from tests.flows.reviewing import NOW, gather, lines

pytestmark = pytest.mark.slow
LOOK = 3.0


def test_the_review_keeps_within_its_time(
    database: Database, sealer: Sealer, by_itself: ByItself
) -> None:
    engine = knowledge_of_a_city(database)
    fill(database, sized(100_000), unanswered=False)
    vary(database)
    gather(database)
    group = lines(database)[0].cluster.id
    given = replace(services(database, sealer, civil=lambda: NOW), engine=lambda: engine)
    browser = at_work(
        database, sealer, app_with_console(given), "tanaka", Role.SUPPORT, Role.APPROVER
    )
    pages = [
        Page("", PAGE),
        Page("unanswered", PAGE),
        Page("unanswered?order=oldest&page=20", PAGE),
        Page("unanswered?q=パスポートの再発行", SEARCH),
        Page("unanswered?q=どこにもない言葉&state=all", SEARCH),
        Page(f"unanswered/{group}", PAGE),
        Page(f"unanswered/{group}/new", PAGE),
        Page("unanswered/samples", PAGE),
        Page(f"unanswered/{group}/with/e7", LOOK, times=5),
    ]
    with by_itself():
        assert late(browser, database.engine.name, pages) == []
