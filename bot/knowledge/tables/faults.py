"""What can be wrong with a file or a cell of it; a door says each in a sentence of its own."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """One way in which a file cannot be taken."""

    FILE_TOO_BIG = "file_too_big"
    UNPACKS_TOO_BIG = "unpacks_too_big"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NOT_TEXT = "not_text"
    BROKEN_CSV = "broken_csv"
    BROKEN_WORKBOOK = "broken_workbook"
    OLD_WORKBOOK = "old_workbook"
    EMPTY = "empty"
    MERGED = "merged"
    MISSING_COLUMN = "missing_column"
    DUPLICATE_COLUMN = "duplicate_column"
    BEYOND_HEADER = "beyond_header"
    REQUIRED = "required"
    FORMULA = "formula"
    CELL_ERROR = "cell_error"
    BAD_DATE = "bad_date"
    DATE_IN_TEXT = "date_in_text"
    BAD_YEAR = "bad_year"
    BAD_FLAG = "bad_flag"
    BAD_CHOICE = "bad_choice"
    BAD_ID = "bad_id"
    BAD_URL = "bad_url"
    LOST_ZERO = "lost_zero"
    TOO_LONG = "too_long"
    UNWRITABLE = "unwritable"
    DUPLICATE_ID = "duplicate_id"


class Notice(StrEnum):
    """Something staff should know of, though the file is taken."""

    UNKNOWN_COLUMN = "unknown_column"
    UNKNOWN_SECTION = "unknown_section"
    UNKNOWN_PROCEDURE = "unknown_procedure"


@dataclass(frozen=True, slots=True)
class TableFault:
    """A fault with its place: the row as the spreadsheet numbers it, the column by its heading.

    `value` is what stands there (cut short), `allowed` what would be right.
    """

    fault: Fault
    row: int | None = None
    column: str | None = None
    value: str = ""
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class TableNotice:
    """A notice with its place."""

    notice: Notice
    row: int | None
    column: str
    value: str


class Refused(Exception):
    """Raised inside the readers to give up on a file; never leaves them."""

    def __init__(self, fault: Fault, row: int | None = None, value: str = "") -> None:
        super().__init__(fault)
        self.fault = TableFault(fault, row=row, value=value[:60])
