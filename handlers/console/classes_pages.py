"""The pages of 教室, for the console's table of contents."""

from handlers.console import (
    classes,
    classes_book,
    classes_booking,
    classes_calls,
    classes_correct,
    classes_figures,
    classes_files,
    classes_find,
    classes_line,
    classes_names,
    classes_off,
    classes_plan,
    classes_roster,
    classes_shelf,
)

SECTIONS = (
    classes.section,
    classes_plan.section,
    classes_off.section,
    classes_off.repeating,
    classes_shelf.section,
    classes_find.section,
    classes_book.section,
    classes_booking.section,
    classes_correct.section,
    classes_line.section,
    classes_calls.section,
    classes_roster.section,
    classes_figures.section,
    classes_files.section,
    classes_names.section,
)
