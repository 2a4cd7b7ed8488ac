"""Writes classes as an iCalendar file (RFC 5545): the public feed, or one person's class.

The few lines stand here instead of a library: we only write, events have no rules of repetition,
and moments in UTC need no time zone table. Lines are folded at 75 octets and never inside a
character (3.1), text is escaped (3.3.11).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.classes.values import Meeting, Session, SessionState

CONTENT_TYPE = "text/calendar; charset=utf-8"
_OCTETS = 75


def calendar(
    sessions: Iterable[Session], *, name: str, domain: str, now: datetime, notice: str = ""
) -> bytes:
    """The file; each date of a class is an event that keeps its id when it moves.

    `name` is the calendar's title, `domain` makes ids unique in the world, `notice` is added to
    each description.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{domain}//madoguchi//JA",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "X-WR-TIMEZONE:Asia/Tokyo",
    ]
    for session in sessions:
        for meeting in session.meetings:
            lines += _event(session, meeting, domain, now, notice)
    return "".join(_folded(line) for line in [*lines, "END:VCALENDAR"]).encode()


def _event(
    session: Session, meeting: Meeting, domain: str, now: datetime, notice: str
) -> Iterator[str]:
    course, venue = session.course, session.venue
    title = course.title
    if session.is_series:
        title += f" {meeting.number}/{len(session.meetings)}"
    told = [course.about, venue.access, course.bring, session.note, notice]
    yield "BEGIN:VEVENT"
    yield f"UID:{session.code}-{meeting.number}@{domain}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(meeting.starts_at)}"
    yield f"DTEND:{_moment(meeting.ends_at)}"
    yield f"SUMMARY:{_text(title)}"
    yield f"LOCATION:{_text(' '.join(filter(None, (venue.name, venue.address))))}"
    if venue.lat is not None and venue.lon is not None:
        yield f"GEO:{venue.lat:.6f};{venue.lon:.6f}"
    yield f"DESCRIPTION:{_text(chr(10).join(filter(None, told)))}"
    is_off = session.state is SessionState.CANCELLED
    yield f"STATUS:{'CANCELLED' if is_off else 'CONFIRMED'}"
    yield "END:VEVENT"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    for sign in ("\\", ";", ","):
        words = words.replace(sign, "\\" + sign)
    return words.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def _folded(line: str) -> str:
    parts, room, part = [], _OCTETS, ""
    for character in line:
        size = len(character.encode())
        if room < size:
            parts.append(part)
            # A continued line begins with a blank, which counts.
            part, room = "", _OCTETS - 1
        part += character
        room -= size
    return "\r\n ".join([*parts, part]) + "\r\n"
