"""Takes a merge apart again, right after it was made."""

import re

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from bot.questions import clusters
from bot.questions.clusters import Seen, Split
from handlers.console.desk import Desk
from handlers.console.review import EDIT, record
from handlers.console.review_cluster import GROUP, numbers, seen_at
from handlers.console.routing import Section

section = Section("review_unmerge")
_GROUP = re.compile(r"([\w.-]{0,64})\|([\d,]+)")


@section.post(f"{GROUP}/unmerge", EDIT)
def unmerge(desk: Desk, cluster_id: int) -> ResponseReturnValue:
    """Each of the groups stands by itself again, with whoever it was given to."""
    groups = [_GROUP.fullmatch(one) for one in request.form.getlist("group")[:200]]
    with desk.writing() as session:
        seen: Seen | None = seen_at(cluster_id)
        for group in groups:
            if seen is not None and group is not None:
                seen = _take_out(desk, session, seen, group)
    name = "unmerged" if seen is not None and groups else "not_unmerged"
    desk.tell(desk.say(f"console_review.{name}"), "done" if name == "unmerged" else "fault")
    return desk.go("review_everything")


def _take_out(desk: Desk, session: Session, seen: Seen, group: re.Match[str]) -> Seen | None:
    """The rest as it stands then; None when somebody changed it meanwhile."""
    me, now = desk.me.login, desk.now
    outcome = clusters.split(session, seen, numbers(group[2].split(",")), me, now)
    if not isinstance(outcome, Split):
        return None
    record(desk, session, "review.split", outcome)
    if group[1]:
        new = Seen(outcome.new.id, outcome.new.version)
        given = clusters.assign(session, new, group[1], me, now)
        if isinstance(given, clusters.Done):
            record(desk, session, "review.assigned", given)
    return Seen(outcome.after.id, outcome.after.version)
