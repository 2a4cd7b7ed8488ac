"""Tables of one-time links to residents' pages and of the visits that were opened by them."""

from datetime import datetime

from sqlalchemy import BigInteger, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")


class PageLink(Base):
    """A link sent to one resident for one purpose. Its token stands nowhere, only its hash.

    `about` is what the link is for within its purpose, such as the number of a class.
    """

    __tablename__ = "page_link"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(43), unique=True)
    resident_key: Mapped[str] = mapped_column(String(43), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    about: Mapped[str | None] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PageVisit(Base):
    """A browser that used a link: it may see the pages of that purpose until `ends_at`."""

    __tablename__ = "page_visit"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(43), unique=True)
    resident_key: Mapped[str] = mapped_column(String(43), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    about: Mapped[str | None] = mapped_column(String(64))
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
