"""Sends mail to staff through the city's own mail server; nothing else is reached."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from bot.settings import SettingsError

VARIABLE = "MADOGUCHI_SMTP_URL"
_SECONDS = 15.0
_PORTS = {"smtp": 587, "smtps": 465}
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in plain words. `key` names the occasion, so that a repetition is known as one."""

    to: tuple[str, ...]
    subject: str
    body: str
    key: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server has taken it; `refused` are addresses that it did not take."""

    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NotSent:
    """The mail server did not take it. `is_final`: trying again would not help."""

    reason: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail goes, from which address, and how we sign in there."""

    scheme: str
    host: str
    port: int
    user: str | None
    password: str | None
    sender: str

    @classmethod
    def from_url(cls, url: str) -> "MailServer":
        """`smtps://user:password@host:465/?from=desk@city.example`, or `smtp://` with STARTTLS.

        Raises SettingsError for anything else. Without `from` the user is the sender.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as wrong:
            raise SettingsError(VARIABLE, "is not an address") from wrong
        sender = (parse_qs(parts.query).get("from") or [unquote(parts.username or "")])[0]
        if parts.scheme not in _PORTS or not parts.hostname:
            raise SettingsError(VARIABLE, "begins with smtps:// or smtp://")
        if "@" not in sender or any(c.isspace() for c in sender):
            raise SettingsError(VARIABLE, "needs a sender: …/?from=desk@city.example")
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(
            parts.scheme, parts.hostname, port or _PORTS[parts.scheme], user, password, sender
        )

    def send(self, mail: Mail, now: datetime) -> Sent | NotSent:
        """One attempt, of some seconds at most. Never raises for what the server or network does.

        Without TLS nothing is sent, but on this machine itself.
        """
        try:
            letter = self._letter(mail, now)
        except ValueError:
            return NotSent("a header cannot be written", is_final=True)
        try:
            with self._connect() as server:
                refused = server.send_message(letter, self.sender, list(mail.to))
        except smtplib.SMTPRecipientsRefused:
            return NotSent("every address was refused", is_final=True)
        except smtplib.SMTPResponseException as answer:
            return NotSent(f"the mail server said {answer.smtp_code}", answer.smtp_code >= 550)
        except (smtplib.SMTPException, OSError) as fault:
            return NotSent(type(fault).__name__, is_final=False)
        return Sent(tuple(refused))

    def _connect(self) -> smtplib.SMTP:
        secure = ssl.create_default_context()
        is_secure = self.scheme == "smtps"
        if is_secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=_SECONDS, context=secure
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=_SECONDS)
        try:
            if not is_secure and self.host not in _LOOPBACK:
                server.starttls(context=secure)
            if self.user and self.password:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _letter(self, mail: Mail, now: datetime) -> EmailMessage:
        letter = EmailMessage()
        letter["From"], letter["To"] = self.sender, ", ".join(mail.to)
        letter["Subject"] = mail.subject
        letter["Date"] = format_datetime(now)
        domain = self.sender.rpartition("@")[2]
        letter["Message-ID"] = f"<{mail.key.replace(':', '.')}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(mail.body)
        return letter


def addresses(held: Sequence[object]) -> tuple[str, ...]:
    """The mail addresses among what a file holds, each once."""
    kept = [one.strip() for one in held if isinstance(one, str)]
    return tuple(dict.fromkeys(one for one in kept if "@" in one and not one.startswith("@")))
