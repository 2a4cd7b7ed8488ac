"""Lets the web server write into the program's own log instead of one beside it."""

from typing import Any

from gunicorn.glogging import Logger


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's logger without handlers of its own: `handlers.logs` decides how a line looks."""

    def setup(self, cfg: Any) -> None:
        """Called by gunicorn at its start, and again when it is told to read its settings."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
