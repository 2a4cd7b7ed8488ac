"""Seeds a test's database with the city's own content."""

from datetime import UTC, datetime

from bot.db import Database
from bot.knowledge import seeding
from handlers.commands.seed import content_to_seed

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


def seeded_copy(database: Database) -> None:
    """Puts all knowledge of `content/` into the database."""
    seeding.seed(database, content_to_seed(), MOMENT)
