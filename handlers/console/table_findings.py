"""What is to be said of a table that somebody brings: its faults and notices, cell by cell."""

from dataclasses import dataclass

from bot.knowledge.tables.faults import TableFault, TableNotice
from handlers.console.desk import Desk

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a cell, in words."""

    row: int | None
    column: str
    words: str


def of_fault(desk: Desk, fault: TableFault) -> Finding:
    """What keeps the table from being taken."""
    words = desk.say(f"knowledge.fault_{fault.fault}", value=fault.value, allowed=fault.allowed)
    return Finding(fault.row, fault.column or "", words)


def of_notice(desk: Desk, notice: TableNotice) -> Finding:
    """What was passed over in it."""
    words = desk.say(
        f"knowledge.notice_{notice.notice}",
        row=notice.row,
        column=notice.column,
        value=notice.value,
    )
    return Finding(notice.row, notice.column, words)
