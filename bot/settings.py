"""Reads the program's settings from the environment once, and says clearly what is missing."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LINE_HOSTS = ("api.line.me", "api-data.line.me", "access.line.me")


class SettingsError(Exception):
    """A setting is missing or wrong; `str()` is one sentence that names the variable."""

    def __init__(self, variable: str, sentence: str) -> None:
        super().__init__(f"{variable}: {sentence}")
        self.variable = variable


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How LINE is reached, and how it proves itself to us."""

    channel_secret: str | None
    access_token: str | None
    api_base_url: str | None
    channel_id: str | None
    channel_key_file: Path | None
    liff_id: str | None
    login_channel_id: str | None

    @property
    def is_real(self) -> bool:
        """True when calls go to LINE's own hosts, not to an emulator or a test server."""
        return self.api_base_url is None or urlsplit(self.api_base_url).hostname in LINE_HOSTS


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator decides, checked; sizes and rules of the city stand in content."""

    database_url: str
    line: LineSettings
    base_url: str | None
    secret_key: bytes | None
    data_keys: tuple[bytes, ...]
    lookup_key: bytes | None
    metrics_token: str | None
    semantic: str
    smtp_url: str | None
    log: str
    variable_folder: Path
    demo_clock: Path | None
    demo_emulator: str | None

    @property
    def is_sqlite(self) -> bool:
        """True when the database is an embedded file."""
        return self.database_url.startswith("sqlite")


def read(environ: Mapping[str, str]) -> Settings:
    """The settings of `environ`, each checked for its form.

    Raises SettingsError naming the first variable that is wrong. What a command needs beyond
    that it asks for with `require_line` and `require_keys`.
    """
    base_url = _address(environ, "MADOGUCHI_BASE_URL")
    return Settings(
        database_url=_database_url(environ),
        line=_line(environ),
        base_url=base_url,
        secret_key=_key(environ, "MADOGUCHI_SECRET_KEY", any_length=True),
        data_keys=_keys(environ, "MADOGUCHI_DATA_KEYS"),
        lookup_key=_key(environ, "MADOGUCHI_LOOKUP_KEY"),
        metrics_token=environ.get("MADOGUCHI_METRICS_TOKEN") or None,
        semantic=environ.get("MADOGUCHI_SEMANTIC") or "auto",
        smtp_url=environ.get("MADOGUCHI_SMTP_URL") or None,
        log=_one_of(environ, "MADOGUCHI_LOG", ("text", "json")),
        variable_folder=Path(environ.get("MADOGUCHI_VAR") or "var"),
        demo_clock=_path(environ, "MADOGUCHI_DEMO_CLOCK"),
        demo_emulator=_address(environ, "MADOGUCHI_DEMO_EMULATOR"),
    )


def require_line(settings: Settings) -> None:
    """Raises SettingsError when the LINE channel's secret or token is absent."""
    if not settings.line.channel_secret:
        raise SettingsError(
            "LINE_CHANNEL_SECRET", "is needed; copy it from the channel's basic settings"
        )
    issues_own = settings.line.channel_id and settings.line.channel_key_file
    if not settings.line.access_token and not issues_own:
        raise SettingsError(
            "LINE_CHANNEL_ACCESS_TOKEN",
            "is needed, or LINE_CHANNEL_ID with LINE_CHANNEL_KEY_FILE",
        )


def require_keys(settings: Settings) -> None:
    """Raises SettingsError when a key that protects residents' data is absent or a default."""
    if not settings.secret_key or len(settings.secret_key) < 32:
        raise SettingsError("MADOGUCHI_SECRET_KEY", "is needed, at least 32 characters")
    if len(set(settings.secret_key)) < 8:
        raise SettingsError("MADOGUCHI_SECRET_KEY", "is a default; make one of your own")
    if not settings.data_keys:
        raise SettingsError("MADOGUCHI_DATA_KEYS", "is needed: 32 bytes, URL-safe base64")
    if not settings.lookup_key:
        raise SettingsError("MADOGUCHI_LOOKUP_KEY", "is needed: 32 bytes, URL-safe base64")
    for variable, key in [
        ("MADOGUCHI_LOOKUP_KEY", settings.lookup_key),
        *(("MADOGUCHI_DATA_KEYS", key) for key in settings.data_keys),
    ]:
        if len(set(key)) < 8:
            raise SettingsError(variable, "is a default; make one of your own")


def _database_url(environ: Mapping[str, str]) -> str:
    url = environ.get("DATABASE_URL") or "sqlite:///var/madoguchi.db"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL", "begins with sqlite:/// or postgresql+psycopg://")
    return url


def _line(environ: Mapping[str, str]) -> LineSettings:
    return LineSettings(
        channel_secret=environ.get("LINE_CHANNEL_SECRET") or None,
        access_token=environ.get("LINE_CHANNEL_ACCESS_TOKEN") or None,
        api_base_url=_address(environ, "LINE_API_BASE_URL"),
        channel_id=environ.get("LINE_CHANNEL_ID") or None,
        channel_key_file=_path(environ, "LINE_CHANNEL_KEY_FILE", must_exist=True),
        liff_id=environ.get("LIFF_ID") or None,
        login_channel_id=environ.get("LINE_LOGIN_CHANNEL_ID") or None,
    )


def _address(environ: Mapping[str, str], variable: str) -> str | None:
    value = environ.get(variable)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(variable, "is an address such as https://madoguchi.example")
    return value.rstrip("/")


def _path(environ: Mapping[str, str], variable: str, *, must_exist: bool = False) -> Path | None:
    value = environ.get(variable)
    if not value:
        return None
    path = Path(value)
    if must_exist and not path.is_file():
        raise SettingsError(variable, f"names a file that is not there: {value}")
    return path


def _one_of(environ: Mapping[str, str], variable: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(variable) or allowed[0]
    if value not in allowed:
        raise SettingsError(variable, "is one of " + ", ".join(allowed))
    return value


def _keys(environ: Mapping[str, str], variable: str) -> tuple[bytes, ...]:
    value = environ.get(variable) or ""
    return tuple(_decode(variable, part.strip()) for part in value.split(",") if part.strip())


def _key(environ: Mapping[str, str], variable: str, *, any_length: bool = False) -> bytes | None:
    value = environ.get(variable)
    if not value:
        return None
    return value.encode() if any_length else _decode(variable, value)


def _decode(variable: str, value: str) -> bytes:
    try:
        key = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (binascii.Error, ValueError) as error:
        raise SettingsError(variable, "is not URL-safe base64") from error
    if len(key) != 32:
        raise SettingsError(variable, f"holds {len(key)} bytes where 32 are needed")
    return key
