"""Why somebody does something: one field of forms, kept in the trail, read by whom it concerns."""

from flask import request

LONGEST = 200


def typed() -> str:
    """The reason as it was posted."""
    return request.form.get("reason", "").strip()


def fault(reason: str) -> str | None:
    """The name of the words that say what is wrong with one that is needed; None for a good one."""
    if not reason:
        return "console_review.reason_needed"
    return "console_review.reason_long" if len(reason) > LONGEST else None
