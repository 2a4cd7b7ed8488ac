"""Whatever the point at which the power fails, the resident is answered once afterwards."""

from pathlib import Path

import pytest

from handlers.commands.ordeal import Plan, wait_until_quiet
from handlers.commands.verdict import judge
from tests.torture.test_inbox_torture import ordeal

pytestmark = pytest.mark.slow

POINTS = ["claimed", "before the commit", "answered", "before the wire", "after the wire"]


@pytest.mark.parametrize(
    ("engine", "point"),
    [
        *(("sqlite", point) for point in POINTS),
        *(
            pytest.param("postgres", point, marks=pytest.mark.service)
            for point in ("claimed", "after the wire")
        ),
    ],
)
def test_a_power_cut_loses_no_answer_and_doubles_none(
    engine: str, point: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url, mark = request.getfixturevalue(f"{engine}_url"), tmp_path / "cut"
    more = {"MADOGUCHI_TEST_FAILPOINT": f"{point}:2", "MADOGUCHI_TEST_CUT": str(mark)}
    # On PostgreSQL one of two workers is cut off for good, and the other takes over.
    with ordeal(url, Plan(), **more) as cut:
        made = cut.emulator.post("residents", {"count": 4, "prefix": "t"})
        asked = {}
        for resident in made["user_ids"]:
            said = cut.emulator.post("say", {"resident": resident, "text": "ごみの日は？"})
            asked[said["event_id"]] = resident
        assert wait_until_quiet(cut.emulator, cut.port, 45)
        verdict = judge(asked, cut.emulator.get("log")["entries"], cut.kills)
    assert (verdict.answered, verdict.lost, verdict.doubled, verdict.changed) == (4, 0, 0, 0)
    assert verdict.refused_retries >= (1 if point == "after the wire" else 0)
    assert mark.exists()
