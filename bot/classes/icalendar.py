"""Writes classes as an iCalendar file (RFC 5545), which calendars of phones and offices read."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from bot.classes.values import Meeting, Session, SessionState

CONTENT_TYPE = "text/calendar; charset=utf-8"
_LONGEST_LINE = 75
"""Octets of one line without its end (RFC 5545, 3.1)."""


def write(
    sessions: Iterable[Session],
    *,
    name: str,
    host: str,
    now: datetime,
    about: Callable[[Session], str] = lambda _session: "",
) -> bytes:
    """A calendar of that name with an event for each date of each class, cancelled ones marked.

    An event keeps its UID for ever, so that a calendar which looks again changes it and makes no
    second one. `host` is our public name; `about` words what stands under an event.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Madoguchi//Classes//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "X-WR-TIMEZONE:Asia/Tokyo",
    ]
    for session in sessions:
        for meeting in session.meetings:
            lines += _event(session, meeting, host, now, about(session))
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(
    session: Session, meeting: Meeting, host: str, now: datetime, about: str
) -> Iterator[str]:
    venue = session.venue
    where = " ".join(filter(None, (venue.name, venue.address)))
    number = f" ({meeting.number}/{len(session.meetings)})" if session.is_series else ""
    is_off = session.state is SessionState.CANCELLED
    yield "BEGIN:VEVENT"
    yield f"UID:class-{session.id}-{meeting.number}@{host}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(meeting.starts_at)}"
    yield f"DTEND:{_moment(meeting.ends_at)}"
    yield f"SUMMARY:{_text(session.course.title + number)}"
    yield f"LOCATION:{_text(where)}"
    if about:
        yield f"DESCRIPTION:{_text(about)}"
    if venue.lat is not None and venue.lon is not None:
        yield f"GEO:{venue.lat:.6f};{venue.lon:.6f}"
    yield f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,")):
        words = words.replace(plain, escaped)
    return "\\n".join(words.splitlines())


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, none cut within a character."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece
