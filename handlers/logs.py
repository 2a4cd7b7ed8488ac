"""Writes the program's log: one line an event, as text or JSON, with ids and nobody's words.

Three walls keep residents out of it. What we log ourselves is English with ids. Of an exception
only its kind and the places in the code are written, never its message: that may quote what
somebody wrote, or a statement with its values. And whatever still comes along in a message, also
in those of libraries, is blotted out: characters beyond ASCII, addresses, long numbers, and what
looks like a user id or a token.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

OURS = ("madoguchi", "bot", "handlers", "scheduler", "wsgi")
BLOT = "…"

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The number of the request being answered, where there is one."""

_ROOT = Path(__file__).resolve().parents[1]
_MOST_PLACES = 8
_IDS = ("event_id", "parcel_id", "schedule_id")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_BLOTTED = re.compile(
    r"[^\x20-\x7e]+"  # words here are Japanese; ours are English
    r"|[\w.+-]+@[\w.-]+"
    r"|[A-Za-z0-9_-]{30,}"
    r"|(?<![0-9A-Za-z-])\+?\d[\d-]{8,}\d(?![0-9A-Za-z])",
    re.ASCII,
)


def set_up(form: str, stream: TextIO | None = None) -> None:
    """Sends all logging to `stream` (standard error) in one form, "text" or "json".

    Ours from INFO on, libraries' from WARNING on. Doing it twice leaves one line an event.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLine() if form == "json" else TextLine())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


class TextLine(logging.Formatter):
    """`2026-11-24T01:00:00.000Z INFO madoguchi.webhook [1f2e3d] what happened`."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line."""
        number, ids = request_id.get(), _ids(record)
        said = [_at(record), record.levelname, record.name]
        said += [f"[{number}]"] if number else []
        said.append(message_of(record))
        said += [f"{name}={value}" for name, value in ids.items()]
        if error := _error(record):
            said.append(f"({error[0]} at {' < '.join(error[1])})")
        return " ".join(said)


class JsonLine(logging.Formatter):
    """The same as a JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line."""
        held: dict[str, Any] = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": message_of(record),
            **_ids(record),
        }
        if number := request_id.get():
            held["request_id"] = number
        if error := _error(record):
            held["error"], held["where"] = error
        return json.dumps(held, ensure_ascii=False)


def message_of(record: logging.LogRecord) -> str:
    """What the event says, on one line and blotted.

    With `extra={"verbatim": True}` it is only put on one line: for words that are meant to be
    read here, such as a mail to staff when there is no mail server.
    """
    try:
        said = record.getMessage()
    except (TypeError, ValueError):
        said = str(record.msg)
    if getattr(record, "verbatim", False):
        return " ".join(said.splitlines())
    return blotted(" ".join(said.splitlines()))


def blotted(said: str) -> str:
    """A message without what could be a person's: see the module's words."""
    kept, end = [], 0
    for uuid in _UUID.finditer(said):
        kept += [_BLOTTED.sub(BLOT, said[end : uuid.start()]), uuid.group()]
        end = uuid.end()
    return "".join([*kept, _BLOTTED.sub(BLOT, said[end:])])


def _at(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ids(record: logging.LogRecord) -> dict[str, str]:
    return {
        name: blotted(str(value))
        for name in _IDS
        if (value := getattr(record, name, None)) is not None
    }


def _error(record: logging.LogRecord) -> tuple[str, list[str]] | None:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return None
    kinds = " from ".join(type(one).__name__ for one in _chain(error))
    return kinds, _places(error.__traceback__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _places(trace: TracebackType | None) -> list[str]:
    """Where it happened, the innermost place first."""
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    return places[::-1][:_MOST_PLACES]


def _short(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
        return str(path.relative_to(_ROOT))
    return "/".join(path.parts[-2:])
