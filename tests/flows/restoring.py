"""What tests of coming back share: keys, a moment, and the command's shape."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from bot.sealing import Sealer

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
LOOKUP = secrets.token_bytes(32)
SEALER = Sealer([secrets.token_bytes(32)], LOOKUP)

Restore = Callable[..., int]
"""`madoguchi restore` with its arguments; gives its exit status."""
