"""One database for all records: SQLite in a file to start, PostgreSQL to grow."""

from bot.db.base import Base, Sealed, UtcDateTime
from bot.db.engine import Database

__all__ = ["Base", "Database", "Sealed", "UtcDateTime"]
