"""Pictures of announcements: checked, drawn anew without whatever else their file held, and kept.

The size is read from the file's head before a single pixel is: a small file can claim a picture
that fills the memory. What is kept was encoded here, so nothing hidden in the upload survives.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.campaigns.models import CampaignPicture

BYTES_MOST = 5_000_000
PIXELS_MOST = 40_000_000
LEAST = 200
"""Pixels of the shorter side."""
SIDE = 1024
PREVIEW_SIDE = 240
KEPT_BYTES_MOST = 1_000_000
_FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture as it goes out: JPEG, at most 1024 pixels wide and high, with a small one."""

    data: bytes
    preview: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Unfit:
    """It cannot be used. `why`: "bytes", "kind", "pixels", "small" or "broken"."""

    why: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a kept picture is found."""

    id: int
    name: str
    width: int
    height: int


def draw(upload: bytes) -> Drawn | Unfit:
    """Checks an upload and draws it anew. Slow (up to a second): outside of any transaction."""
    if len(upload) > BYTES_MOST:
        return Unfit("bytes")
    try:
        with Image.open(BytesIO(upload), formats=_FORMATS) as opened:
            width, height = opened.size
            if width * height > PIXELS_MOST:
                return Unfit("pixels")
            if min(width, height) < LEAST:
                return Unfit("small")
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            whole = _flat(upright)
    except UnidentifiedImageError:
        return Unfit("kind")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Unfit("pixels")
    except (OSError, ValueError, SyntaxError):
        return Unfit("broken")
    # Comments of the upload would be written into the new file as well.
    whole.info.clear()
    whole.thumbnail((SIDE, SIDE))
    small = whole.copy()
    small.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return Drawn(_encoded(whole), _encoded(small), whole.width, whole.height)


def keep(session: Session, drawn: Drawn, now: datetime, name: str | None = None) -> Kept:
    """Keeps it under `name`, or one that nobody can guess: its address carries it."""
    row = CampaignPicture(
        name=name or secrets.token_urlsafe(16),
        media_type="image/jpeg",
        width=drawn.width,
        height=drawn.height,
        data=drawn.data,
        preview=drawn.preview,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return Kept(row.id, row.name, row.width, row.height)


def find(session: Session, picture_id: int) -> Kept | None:
    """The picture of that number, without its bytes."""
    row = session.execute(
        select(
            CampaignPicture.id,
            CampaignPicture.name,
            CampaignPicture.width,
            CampaignPicture.height,
        ).where(CampaignPicture.id == picture_id)
    ).one_or_none()
    return Kept(*row) if row else None


def image(session: Session, name: str, *, small: bool) -> bytes | None:
    """The JPEG of that name."""
    column = CampaignPicture.preview if small else CampaignPicture.data
    return session.scalar(select(column).where(CampaignPicture.name == name))


def _flat(picture: Image.Image) -> Image.Image:
    """In plain colours: what is see-through becomes white, as in a chat."""
    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    seen = picture.convert("RGBA")
    ground = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(ground, seen).convert("RGB")


def _encoded(picture: Image.Image) -> bytes:
    data = b""
    for quality in (88, 75, 60, 40):
        file = BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        data = file.getvalue()
        if len(data) <= KEPT_BYTES_MOST:
            break
    return data
