"""Everything that is kept of one resident, table by table: what わたしの情報 shows and hands over.

The registry below names every table with rows of residents; a test finds one that is forgotten
here. Columns are read as the models declare them, so that a new one is shown from its first day.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.campaigns.models import CampaignRecipient, CampaignTester
from bot.classes.models import AttendanceRow, BookerRow, BookingRow, HistoryRow, LinkTryRow
from bot.classes.models import NoticeRow as ClassNotice
from bot.db import Base, Sealed
from bot.handover.models import HandoverLine, HandoverRow
from bot.inbox.models import InboxEvent
from bot.links.models import PageLink, PageVisit
from bot.outbox.models import OutboxParcel
from bot.plan.models import GoLiveWatch
from bot.questions.models import AwaitedAnswer, QuestionRow
from bot.residents.models import ResidentChoice, ResidentRow, ResidentTopic
from bot.sealing import Sealer

Value = str | int | float | bool | datetime | date | list[Any] | None
Key = InstrumentedAttribute[str] | InstrumentedAttribute[str | None]


@dataclass(frozen=True, slots=True)
class Kept:
    """The rows of one table about one resident: field → value, sealed ones opened."""

    table: str
    rows: tuple[Mapping[str, Value], ...]


@dataclass(frozen=True, slots=True)
class _Owned:
    """A table with rows of residents, and which of them are one's own."""

    model: type[Base]
    mine: Callable[[str], ColumnElement[bool]]


def _by(column: Key) -> Callable[[str], ColumnElement[bool]]:
    return lambda key: column == key


def _bookers(key: str) -> Any:
    return select(BookerRow.id).where(BookerRow.resident_key == key)


def _bookings(key: str) -> Any:
    return select(BookingRow.id).where(BookingRow.booker_id.in_(_bookers(key)))


def _talks(key: str) -> Any:
    return select(HandoverRow.id).where(HandoverRow.resident_key == key)


REGISTRY: tuple[_Owned, ...] = (
    _Owned(ResidentRow, _by(ResidentRow.key)),
    _Owned(ResidentChoice, _by(ResidentChoice.resident_key)),
    _Owned(ResidentTopic, _by(ResidentTopic.resident_key)),
    _Owned(GoLiveWatch, _by(GoLiveWatch.resident_key)),
    _Owned(BookerRow, _by(BookerRow.resident_key)),
    _Owned(BookingRow, lambda key: BookingRow.booker_id.in_(_bookers(key))),
    _Owned(HistoryRow, lambda key: HistoryRow.booking_id.in_(_bookings(key))),
    _Owned(AttendanceRow, lambda key: AttendanceRow.booking_id.in_(_bookings(key))),
    _Owned(ClassNotice, lambda key: ClassNotice.booking_id.in_(_bookings(key))),
    _Owned(LinkTryRow, _by(LinkTryRow.resident_key)),
    _Owned(AwaitedAnswer, _by(AwaitedAnswer.resident_key)),
    _Owned(QuestionRow, _by(QuestionRow.resident_key)),
    _Owned(HandoverRow, _by(HandoverRow.resident_key)),
    _Owned(HandoverLine, lambda key: HandoverLine.handover_id.in_(_talks(key))),
    _Owned(CampaignRecipient, _by(CampaignRecipient.resident_key)),
    _Owned(CampaignTester, _by(CampaignTester.resident_key)),
    _Owned(InboxEvent, _by(InboxEvent.user_key)),
    _Owned(OutboxParcel, _by(OutboxParcel.user_key)),
    _Owned(PageLink, _by(PageLink.resident_key)),
    _Owned(PageVisit, _by(PageVisit.resident_key)),
)
"""In the order in which a reader cares for them."""

LEFT_OUT = frozenset(
    [
        "resident_key",  # our own numbers for the person and for what proves a link or a code
        "user_key",
        "key",
        "token_hash",
        "phone_hash",
        "code_hash",
        "dedupe_key",
        "retry_key",
        "form",
        "address",  # where a message goes: the reply token, or the id that stands with the resident
        "staff",  # who of the staff did it is about them, not about the resident
    ]
)
"""Columns that tell nothing of a resident, or something of somebody else."""


def everything_kept(session: Session, sealer: Sealer, key: str) -> tuple[Kept, ...]:
    """All that is kept of the resident with this key; tables without a row are there, empty.

    Sealed values are opened; one that no key of ours opens is None. Writes nothing.
    """
    return tuple(
        Kept(owned.model.__tablename__, tuple(_rows(session, sealer, owned, key)))
        for owned in REGISTRY
    )


def _rows(
    session: Session, sealer: Sealer, owned: _Owned, key: str
) -> Iterator[Mapping[str, Value]]:
    table = owned.model.__table__
    shown = [c for c in table.columns if c.name not in LEFT_OUT and not _is_mere_bytes(c)]
    order = inspect(owned.model).primary_key
    rows = session.execute(select(*shown).where(owned.mine(key)).order_by(*order))
    for row in rows:
        yield _opened(sealer, shown, row)


def _opened(sealer: Sealer, columns: Sequence[Any], row: Sequence[Any]) -> Mapping[str, Value]:
    values: dict[str, Value] = {}
    for column, value in zip(columns, row, strict=True):
        if isinstance(column.type, Sealed):
            value = sealer.read(value, column.type.purpose)  # noqa: PLW2901
        values[column.name.removeprefix("sealed_")] = value
    return values


def _is_mere_bytes(column: Any) -> bool:
    # A vector says the same as its question, in numbers.
    return isinstance(column.type, LargeBinary)
