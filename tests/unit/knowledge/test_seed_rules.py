"""What a release does with a row that staff left alone, changed, removed, or made themselves."""

import pytest

from bot.knowledge.seed_rules import Recorded, Stands, Step, decide
from bot.knowledge.values import State

OLD, NEW, STAFFS = "old", "new", "staff's"
SEEDED = Recorded(OLD, withdrawn=False)
WITHDRAWN = Recorded(OLD, withdrawn=True)


def stands(what: str, state: State = State.PUBLISHED) -> Stands:
    return Stands(what, state)


@pytest.mark.parametrize(
    ("wanted", "recorded", "found", "step"),
    [
        pytest.param(NEW, None, None, Step.ADD, id="new in the release"),
        pytest.param(OLD, SEEDED, stands(OLD), Step.NOTHING, id="nothing new"),
        pytest.param(NEW, SEEDED, stands(OLD), Step.UPDATE, id="left alone by staff"),
        pytest.param(NEW, SEEDED, stands(STAFFS), Step.LEAVE_CHANGED, id="changed by staff"),
        pytest.param(OLD, SEEDED, stands(STAFFS), Step.LEAVE_CHANGED, id="changed, no news"),
        pytest.param(NEW, SEEDED, stands(NEW), Step.ADOPT, id="staff wrote the same"),
        pytest.param(
            NEW, SEEDED, stands(OLD, State.REMOVED), Step.LEAVE_REMOVED, id="removed by staff"
        ),
        pytest.param(
            NEW, SEEDED, stands(OLD, State.DRAFT), Step.LEAVE_REMOVED, id="withheld by staff"
        ),
        pytest.param(NEW, None, stands(STAFFS), Step.LEAVE_CHANGED, id="staff's own row"),
        pytest.param(NEW, None, stands(NEW), Step.ADOPT, id="staff's own row, the same"),
        pytest.param(None, SEEDED, stands(OLD), Step.WITHDRAW, id="dropped, left alone"),
        pytest.param(None, SEEDED, stands(STAFFS), Step.LEAVE_CHANGED, id="dropped, changed"),
        pytest.param(None, SEEDED, stands(OLD, State.REMOVED), Step.FORGET, id="dropped, removed"),
        pytest.param(None, WITHDRAWN, stands(OLD), Step.NOTHING, id="dropped long ago"),
        pytest.param(None, None, stands(STAFFS), Step.NOTHING, id="never the release's"),
        pytest.param(
            NEW, WITHDRAWN, stands(OLD, State.REMOVED), Step.UPDATE, id="back in the release"
        ),
        pytest.param(
            NEW, WITHDRAWN, stands(STAFFS), Step.LEAVE_CHANGED, id="back, but staff restored it"
        ),
    ],
)
def test_a_release_leaves_alone_what_staff_touched(
    wanted: str | None, recorded: Recorded | None, found: Stands | None, step: Step
) -> None:
    assert decide(wanted, recorded, found) is step
