"""What tests of the plan share: the city's plan, and the terms of its records."""

from datetime import time, timedelta

import content
from bot.city import City
from bot.plan.measures import Plan
from bot.plan.recording import Terms
from bot.plan.rules import Quiet

PLAN = Plan.from_toml(content.toml("plan.toml"))
CITY = City.from_toml(content.toml("city.toml"))
NIGHT = Quiet(time(21), time(8))


def terms() -> Terms:
    return Terms(PLAN.starts, timedelta(minutes=5), NIGHT)
