"""`madoguchi migrate`: brings the database to the newest schema."""

import argparse
import sys
from collections.abc import Mapping, Sequence

from bot import settings as reading
from bot.settings import SettingsError


def run(args: Sequence[str], environ: Mapping[str, str]) -> int:
    """Migrates; a second time changes nothing. 2 when the database cannot be reached."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.db import Database
    from bot.migrations import migrate

    argparse.ArgumentParser(prog="madoguchi migrate").parse_args(args)
    try:
        database = Database(reading.read(environ).database_url)
        migrate(database)
    except SettingsError as error:
        print(f"madoguchi: {error}", file=sys.stderr)
        return 2
    except SQLAlchemyError as error:
        sentence = f"DATABASE_URL: the database does not answer ({type(error).__name__})"
        print(f"madoguchi: {sentence}", file=sys.stderr)
        return 2
    database.close()
    print("migrated")
    return 0
