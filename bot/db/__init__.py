"""One database for all records: SQLite in a file to start, PostgreSQL to grow."""

from bot.db.base import Base, Sealed, UtcDateTime
from bot.db.engine import Database
from bot.db.statements import insert_unless_there, rows_changed

__all__ = ["Base", "Database", "Sealed", "UtcDateTime", "insert_unless_there", "rows_changed"]
