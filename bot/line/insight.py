"""LINE's own counts of friends, read through the one connection pool of the Messaging API."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from linebot.v3.insight import Insight

from bot.line.client import LineClient


@dataclass(frozen=True, slots=True)
class Followers:
    """Friends at the end of a day: all who ever added the account, those a broadcast can reach by
    age and place, and those who blocked it. LINE gives the last two only where there are enough."""

    followers: int
    reached: int | None
    blocks: int | None


def followers(line: LineClient, day: date) -> Followers | None:
    """The counts of a day in Japan; None while LINE has not got them ready (about a day).

    Raises NotAnswered.
    """

    def ask(**named: Any) -> Any:
        # The client's models are those of the messaging API, so the answer is read as it came.
        answer = Insight(line.api_client).get_number_of_followers_with_http_info(
            f"{day:%Y%m%d}", _preload_content=False, **named
        )
        answer.data = json.loads(answer.raw_data or b"{}")
        return answer

    told = line.fetch("followers", ask)
    if told.get("status") != "ready" or told.get("followers") is None:
        return None
    return Followers(int(told["followers"]), told.get("targetedReaches"), told.get("blocks"))
