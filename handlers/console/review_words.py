"""Says why something was not done with a group: who was quicker, what is in the way."""

from collections.abc import Mapping
from typing import Any, assert_never

from bot.questions.answering import EntryChanged, EntryNotThere, NotEnoughQuota
from bot.questions.approving import NoSuchProposal, NotWaiting, SamePerson
from bot.questions.clusters import AlreadyAnswered, ChangedMeanwhile, NothingToSplit, NotThere
from bot.staff.rules import Person
from handlers.console.desk import Desk

Refusal = (
    AlreadyAnswered
    | ChangedMeanwhile
    | NotThere
    | NothingToSplit
    | NotEnoughQuota
    | EntryNotThere
    | EntryChanged
    | SamePerson
    | NotWaiting
    | NoSuchProposal
)


def refused(desk: Desk, outcome: Refusal, people: Mapping[str, Person]) -> str:
    """The outcome in words; nobody is named but colleagues."""
    match outcome:
        case AlreadyAnswered(by=by):
            mine = by == desk.me.login
            name = "already_mine" if mine else "already_answered"
            return desk.say(f"console_review.{name}", name=name_of(desk, by, people))
        case ChangedMeanwhile(by=by, current=current):
            state = desk.say(f"console_review.state_{current.state}")
            return desk.say(
                "console_review.changed_meanwhile", name=name_of(desk, by, people), state=state
            )
        case NotEnoughQuota(needed=needed, left=left):
            return desk.say("console_review.no_quota", needed=needed, left=left)
        case NotWaiting(by=by):
            if by is None:
                return desk.say("console_review.proposal_void")
            return desk.say("console_review.proposal_decided", name=name_of(desk, by, people))
        case NotThere():
            return desk.say("console_review.not_there")
        case NothingToSplit():
            return desk.say("console_review.nothing_to_split")
        case EntryNotThere():
            return desk.say("console_review.entry_not_there")
        case EntryChanged():
            return desk.say("console_review.entry_changed")
        case SamePerson():
            return desk.say("console_review.same_person")
        case NoSuchProposal():
            return desk.say("console_review.proposal_gone")
    assert_never(outcome)


def name_of(desk: Desk, login: str, people: Mapping[str, Any]) -> str:
    """A colleague's name with さん; gatherings by the program itself have none."""
    known = people.get(login)
    if known is not None:
        return desk.say("console_review.person", name=known.name)
    return login or desk.say("console_review.nobody_named")
