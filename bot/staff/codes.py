"""One-time codes of the telephone (RFC 6238), recovery codes, and the QR that ties them."""

import base64
import hmac
import io
import re
import secrets
from datetime import datetime
from unicodedata import normalize

import pyotp
import segno

STEP_SECONDS = 30
RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""No letter that could be read as another one or as a digit."""


def new_secret() -> str:
    """A fresh TOTP secret: 160 bits in base32."""
    return pyotp.random_base32(32)


def step_at(moment: datetime) -> int:
    """The half-minute that `moment` is in."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of that half-minute."""
    return pyotp.TOTP(secret).at(step * STEP_SECONDS)


def accepted_step(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The half-minute whose code was typed: this one, the last or the next; never one used.

    None for a wrong code, and for one at or before `last_step`: a code works once.
    """
    code = re.sub(r"[\s-]", "", normalize("NFKC", typed))
    middle = step_at(now)
    found = None
    for step in (middle - 1, middle, middle + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > last_step:
            found = step
    return found


def fresh_step(now: datetime, last_step: int) -> int | None:
    """A half-minute whose code would be taken now, for the demo's sign-in page."""
    middle = step_at(now)
    usable = [step for step in (middle, middle + 1, middle - 1) if step > last_step]
    return usable[0] if usable else None


def new_recovery_codes() -> list[str]:
    """Ten codes such as "ABCDE-FGH23", each of 50 bits."""
    return [f"{_letters(5)}-{_letters(5)}" for _ in range(RECOVERY_CODES)]


def clean_recovery_code(typed: str) -> str:
    """A typed recovery code as it is compared; empty when it can't be one."""
    letters = re.sub(r"[^A-Z0-9]", "", normalize("NFKC", typed).upper())
    return f"{letters[:5]}-{letters[5:]}" if len(letters) == 10 else ""


def tying_uri(secret: str, login: str, issuer: str) -> str:
    """The address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def qr_image(uri: str) -> str:
    """The QR code as a `data:` address for an <img>."""
    file = io.BytesIO()
    segno.make(uri, error="m").save(
        file, kind="svg", scale=5, border=4, light="#fff", xmldecl=False
    )
    return "data:image/svg+xml;base64," + base64.b64encode(file.getvalue()).decode()


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
