"""What a test of the console's review screens needs: someone who waits, forms, what was done."""

import re

from bot.clocks import real_time
from bot.db import Database
from bot.sealing import Sealer
from bot.staff import audit
from bot.staff.audit import Search
from tests.flows.chatting import pushed
from tests.flows.console_at_work import Browser
from tests.flows.reviewing import BIN, asks, gather, knows, lives_here, only


def someone_waits(database: Database, sealer: Sealer) -> int:
    """A resident waits for an answer about bulky waste; the number of the group."""
    knows(database, BIN)
    lives_here(database, sealer, "mio")
    asks(database, "粗大ごみの予約", awaits=True, at=real_time())
    asks(database, "粗大ごみ予約したい", "rinko", at=real_time())
    gather(database)
    return only(database).cluster.id


def version(browser: Browser) -> str:
    found = re.search(r'name="version" value="(\d+)"', browser.page)
    assert found is not None
    return found.group(1)


def picked(browser: Browser) -> list[str]:
    return re.findall(r'name="wording" value="(\d+)" checked', browser.page)


def publish(browser: Browser, group: int, **more: str) -> int:
    fields = {"do": "publish", "version": version(browser), "wording": picked(browser), **more}
    return browser.post(f"/console/unanswered/{group}/with/bin", fields).status_code


def heard(database: Database, sealer: Sealer) -> list[str]:
    """What notifications of the messages that wait to be pushed will say."""
    held = pushed(database, sealer, "later_answer")
    return [message["altText"] for messages in held for message in messages]


def done(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = [row.done for row in audit.find(session, Search())]
    return [
        (row.actor, row.action, row.item_id) for row in rows if not row.action.startswith("staff.")
    ]
