"""Seeds a test's database with the city's own content."""

from datetime import UTC, datetime

import content
from bot.city import City
from bot.db import Database
from bot.knowledge import seeding
from bot.knowledge.seed_content import SeedFolder
from bot.knowledge.tables.formats import Format

MOMENT = datetime(2026, 11, 24, tzinfo=UTC)


def seeded_copy(database: Database) -> None:
    """Puts all knowledge of `content/` into the database."""
    form = Format.of(content.toml("formats/procedures.toml"), content.toml("formats/common.toml"))
    sections = City.from_toml(content.toml("city.toml")).sections
    seeding.seed(database, SeedFolder(content.folder(), form, sections), MOMENT)
