"""The mails to staff in words: the week's digest, and that something waits too long."""

from dataclasses import dataclass

from bot.notices.rules import Kind
from bot.questions.cluster_queries import Line
from bot.questions.digest import Digest
from bot.questions.rules import OF_ANSWERED, OF_ASKED, Rates
from bot.speech import dates
from bot.speech.texts import Voice


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and its words."""

    subject: str
    body: str


def digest(voice: Voice, week: Digest, base_url: str | None) -> Letter:
    """A week for the support team: every rate with its neighbours, then what waits."""
    first, last = dates.say_day(week.first), dates.say_short_day(week.last)
    rates = week.rates
    lines = [
        voice.say("staff_mail.digest_week", first=first, last=last),
        "",
        voice.say("staff_mail.digest_asked", count=rates.asked, before=week.before.asked),
        voice.say("staff_mail.digest_of_asked"),
        *(_rate(voice, rates, name, rates.asked) for name in OF_ASKED),
        voice.say("staff_mail.digest_of_answered"),
        *(_rate(voice, rates, name, rates.answered) for name in OF_ANSWERED),
        "",
        *_unanswered(voice, week),
        "",
        *_address(voice, base_url, "/console/digest"),
        voice.say("staff_mail.masked"),
    ]
    subject = voice.say(
        "staff_mail.digest_subject", first=dates.say_short_day(week.first), count=week.total
    )
    return Letter(subject, "\n".join(lines) + "\n")


def late(voice: Voice, kind: Kind, seconds: int, base_url: str | None) -> Letter:
    """Something waits too long: what, for how long, and where to look."""
    minutes = max(1, seconds // 60)
    lines = [
        voice.say(f"staff_mail.{kind}", minutes=minutes),
        voice.say("staff_mail.late_next"),
        *_address(voice, base_url, "/console/"),
        voice.say("staff_mail.late_once"),
    ]
    subject = voice.say(f"staff_mail.{kind}_subject", minutes=minutes)
    return Letter(subject, "\n".join(lines) + "\n")


def _rate(voice: Voice, rates: Rates, name: str, whole: int) -> str:
    count = getattr(rates, name)
    percent = f"{count * 100 / whole:.0f}%" if whole else "―"
    named = voice.say(f"staff_mail.rate_{name}")
    return voice.say("staff_mail.digest_rate", name=named, count=count, percent=percent)


def _unanswered(voice: Voice, week: Digest) -> list[str]:
    if not week.total:
        return [voice.say("staff_mail.digest_none")]
    lines = [voice.say("staff_mail.digest_unanswered", count=week.total)]
    lines += [_line(voice, line) for line in week.lines]
    more = week.total - len(week.lines)
    return [*lines, voice.say("staff_mail.digest_more", count=more)] if more else lines


def _line(voice: Voice, line: Line) -> str:
    title = " ".join((line.title or voice.say("staff_mail.digest_taken_back")).split())
    waits = voice.say("staff_mail.digest_waits", count=line.waiting) if line.waiting else ""
    cluster = line.cluster
    return voice.say(
        "staff_mail.digest_line",
        title=title[:100],
        residents=cluster.residents,
        questions=cluster.questions,
        waits=waits,
    )


def _address(voice: Voice, base_url: str | None, page: str) -> list[str]:
    return [voice.say("staff_mail.open_console", address=base_url + page)] if base_url else []
