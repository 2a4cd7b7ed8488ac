"""Imports every package that has tables, so that the registry is whole."""

import importlib

from bot.db import Base

OWNERS = (
    "bot.inbox",
    "bot.outbox",
    "bot.schedules",
    "bot.residents",
    "bot.knowledge",
    "bot.questions",
    "bot.plan",
    "bot.staff",
    "bot.links",
    "bot.handover",
    "bot.classes",
    "bot.campaigns",
    "bot.notices",
)

for _owner in OWNERS:
    importlib.import_module(f"{_owner}.models")

metadata = Base.metadata
