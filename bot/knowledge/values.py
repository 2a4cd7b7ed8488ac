"""What the desk knows, as frozen values: entries, procedures, synonym groups, ignorable words."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class State(StrEnum):
    """Whether residents meet a row. Removed rows stay, so that they can be restored."""

    PUBLISHED = "published"
    DRAFT = "draft"
    REMOVED = "removed"


class Doing(StrEnum):
    """What a second person is asked to approve."""

    PUT = "put"
    REMOVE = "remove"
    RESTORE = "restore"
    IMPORT = "import"


class Origin(StrEnum):
    """Where a wording came from: the content of a release, staff, or a resident's question."""

    SEED = "seed"
    STAFF = "staff"
    RESIDENT = "resident"


class OnlineStatus(StrEnum):
    """オンライン化の実施状況 of the national inventory of procedures."""

    DONE = "done"
    NOT_YET = "not_yet"
    EXEMPT = "exempt"
    OTHER = "other"
    UNKNOWN = ""


class System(StrEnum):
    """Through which system a procedure is applied for online."""

    PITTARI = "pittari"
    CITY = "city"
    NATIONAL = "national"
    NONE = "none"
    UNKNOWN = ""


class FeeOnline(StrEnum):
    """Whether a procedure's fee can be paid online; FREE where there is none to pay."""

    YES = "yes"
    NO = "no"
    FREE = "free"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How a row stands in the database; empty for content that is not kept yet."""

    state: State = State.PUBLISHED
    version: int = 0
    updated_at: datetime | None = None
    updated_by: str = ""


NOT_KEPT = Kept()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeEntry:
    """A question with its answer and everything its card shows. Absent texts are empty.

    `section` is a key of the city's sections (or a name that the city's profile does not have),
    `phone` is set only where it differs from the section's. `expires` is the last valid day.
    """

    id: str
    question: str
    answer: str
    wordings: tuple[str, ...] = ()
    easy: str = ""
    topic: str = ""
    bring: tuple[str, ...] = ()
    deadline: str = ""
    fee: str = ""
    place: str = ""
    online_url: str = ""
    source_url: str = ""
    section: str = ""
    phone: str = ""
    procedure: str = ""
    sample: bool = False
    expires: date | None = None
    kept: Kept = field(default=NOT_KEPT, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """An administrative procedure with everything its card shows. Absent texts are empty.

    `planned_year` is a fiscal year by the western year it begins in (令和7年度 → 2025).
    """

    id: str
    name: str
    wordings: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    section: str = ""
    national: bool = False
    online_status: OnlineStatus = OnlineStatus.UNKNOWN
    planned_year: int | None = None
    system: System = System.UNKNOWN
    online_url: str = ""
    needed: tuple[str, ...] = ()
    deadline: str = ""
    fee: str = ""
    fee_online: FeeOnline = FeeOnline.UNKNOWN
    identity: str = ""
    place: str = ""
    description: str = ""
    source_url: str = ""
    sample: bool = False
    kept: Kept = field(default=NOT_KEPT, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SynonymGroup:
    """Words that mean the same to a resident."""

    id: str
    words: tuple[str, ...]
    topic: str = ""
    kept: Kept = field(default=NOT_KEPT, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnorableWord:
    """A word of padding in questions; it is its own id."""

    id: str
    kept: Kept = field(default=NOT_KEPT, compare=False)


Content = KnowledgeEntry | Procedure | SynonymGroup | IgnorableWord
