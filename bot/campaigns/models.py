"""Tables of announcements: drafts, bodies, who is to get them, results, emergencies, series."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

Identity = BigInteger().with_variant(Integer, "sqlite")
_LIVE = text("state IN ('approved', 'scheduled', 'planning', 'sending', 'paused')")


class CampaignRow(Base):
    """One announcement. What is written in it may be published, so it stands in the clear.

    `content`, `audience` and `wish` are JSON as `bot.campaigns.drafts` writes it. `approved_hash`
    binds the approval to what was approved; `approved_reach` is set where a series' approval
    stands for its own, and is how many people that was for. `start_at` is civil time. `cursor` is
    how far the snapshot of the audience has been cut into parcels. The counts are of people and
    are final once `ended_at` is set.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        Index("ix_campaign_live", "state", "start_at", sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_campaign_made_at", "made_at"),
        Index("ix_campaign_started_at", "started_at"),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(80))
    topic: Mapped[str | None] = mapped_column(String(32))
    content: Mapped[str] = mapped_column(Text)
    audience: Mapped[str] = mapped_column(Text)
    wish: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    why: Mapped[str | None] = mapped_column(String(12))
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    author: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by: Mapped[str | None] = mapped_column(String(40))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    approved_reach: Mapped[int | None] = mapped_column(Integer)
    start_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    planned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cursor: Mapped[str] = mapped_column(String(43), default="")
    parts: Mapped[int] = mapped_column(Integer, server_default="0")
    planned: Mapped[int] = mapped_column(Integer, server_default="0")
    most: Mapped[int | None] = mapped_column(Integer)
    sent: Mapped[int | None] = mapped_column(Integer)
    refused: Mapped[int | None] = mapped_column(Integer)
    unknown: Mapped[int | None] = mapped_column(Integer)
    unsent: Mapped[int | None] = mapped_column(Integer)
    dropped: Mapped[int | None] = mapped_column(Integer)
    blocked: Mapped[int | None] = mapped_column(Integer)
    opened: Mapped[int | None] = mapped_column(Integer)
    clicked: Mapped[int | None] = mapped_column(Integer)
    measured_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    series_id: Mapped[int | None] = mapped_column(BigInteger)
    series_due: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CampaignBody(Base):
    """The messages of an announcement as they go to those of one style; written at the start."""

    __tablename__ = "campaign_body"

    campaign_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    style: Mapped[str] = mapped_column(String(16), primary_key=True)
    variant: Mapped[str] = mapped_column(String(16))
    messages: Mapped[str] = mapped_column(Text)


class CampaignRecipient(Base):
    """One person in one parcel. It stays for as long as the frequency cap looks back.

    The key is person and announcement, not the parcel: nobody can stand in one announcement
    twice, and the count of a person's announcements has an index that no planner can miss
    (PostgreSQL, without figures of a table just filled, walked a whole announcement for each).
    """

    __tablename__ = "campaign_recipient"
    __table_args__ = (
        PrimaryKeyConstraint("resident_key", "campaign_id"),
        Index("ix_campaign_recipient_campaign_id", "campaign_id", "part"),
        {"sqlite_with_rowid": False},
    )

    campaign_id: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    part: Mapped[int] = mapped_column(Integer)
    resident_key: Mapped[str] = mapped_column(String(43))


class CampaignStory(Base):
    """What happened to an announcement: steps of people, and what the desk did by itself."""

    __tablename__ = "campaign_story"
    __table_args__ = (Index("ix_campaign_story_campaign_id", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    what: Mapped[str] = mapped_column(String(16))
    by: Mapped[str | None] = mapped_column(String(40))
    note: Mapped[str | None] = mapped_column(String(200))


class CampaignPicture(Base):
    """A picture of an announcement, checked and drawn anew; its `name` is in its address."""

    __tablename__ = "campaign_picture"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    name: Mapped[str] = mapped_column(String(43), unique=True)
    media_type: Mapped[str] = mapped_column(String(16))
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    data: Mapped[bytes] = mapped_column(
        LargeBinary, info={"plain": "a picture that is published to every recipient"}
    )
    preview: Mapped[bytes] = mapped_column(LargeBinary, info={"plain": "the same picture, smaller"})
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CampaignLink(Base):
    """An address of ours that leads on to another and counts how often, not by whom."""

    __tablename__ = "campaign_link"
    __table_args__ = (Index("ix_campaign_link_campaign_id", "campaign_id"),)

    name: Mapped[str] = mapped_column(String(22), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BigInteger)
    address: Mapped[str] = mapped_column(String(1000))
    taps: Mapped[int] = mapped_column(Integer, server_default="0")


class CampaignTally(Base):
    """How often something followed an announcement, such as `stop`; no identity."""

    __tablename__ = "campaign_tally"

    campaign_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    what: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(Integer, server_default="0")


class CampaignTester(Base):
    """A member of staff's own LINE account that takes tests; `code_hash` while it is awaited."""

    __tablename__ = "campaign_tester"
    __table_args__ = (Index("ix_campaign_tester_resident_key", "resident_key"),)

    staff: Mapped[str] = mapped_column(String(40), primary_key=True)
    resident_key: Mapped[str | None] = mapped_column(String(43))
    code_hash: Mapped[str | None] = mapped_column(String(43))
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    joined_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CampaignSeries(Base):
    """A repeating announcement; its schedule row has the name `series:<id>`.

    `draft` is the announcement as JSON, or null where each is drafted anew by its `kind`.
    `skipped` holds the days left out, ISO dates joined by commas; `writers` the logins of all who
    made or changed it or wrote its words; `told_at` is the last due instant that made one. A
    person has looked at what was found wrong with it up to `misfires_seen_at`.
    """

    __tablename__ = "campaign_series"

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(80))
    draft: Mapped[str | None] = mapped_column(Text)
    cron: Mapped[str] = mapped_column(String(80))
    until: Mapped[date | None] = mapped_column(Date)
    skipped: Mapped[str] = mapped_column(Text, default="")
    waits_for_approval: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[str] = mapped_column(String(12))
    author: Mapped[str] = mapped_column(String(40))
    writers: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_by: Mapped[str | None] = mapped_column(String(40))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_hash: Mapped[str | None] = mapped_column(String(64))
    approved_reach: Mapped[int | None] = mapped_column(Integer)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    misfires_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Emergency(Base):
    """An emergency that was told to every friend; its banner stands until `ended_at`.

    A hazard lasts but once, beside a drill of it.
    """

    __tablename__ = "emergency"
    __table_args__ = (
        Index(
            "ix_emergency_active",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_emergency_lasting",
            "hazard",
            "is_drill",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity, primary_key=True)
    hazard: Mapped[str] = mapped_column(String(24))
    title: Mapped[str] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    easy: Mapped[str] = mapped_column(Text)
    banner: Mapped[str] = mapped_column(String(200))
    banner_easy: Mapped[str] = mapped_column(String(200))
    is_drill: Mapped[bool] = mapped_column(server_default=false())
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_by: Mapped[str] = mapped_column(String(40))
    form: Mapped[str] = mapped_column(String(43), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(40))
