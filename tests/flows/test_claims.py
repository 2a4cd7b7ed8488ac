"""Claims find their row through the index made for them, and no promise can be dropped unseen."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from bot.campaigns import parcels
from bot.db import Database
from bot.inbox import queries as inbox_queries
from bot.outbox import queries as outbox_queries
from bot.sealing import Sealer
from tests.flows.test_inbox import keep, message
from tests.running import ROOT


def plan_of(database: Database, statement: str, values: dict[str, object]) -> str:
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.writing() as session:
        rows = session.execute(text(explain + statement), values).all()
    return "\n".join(str(row) for row in rows)


@pytest.mark.parametrize("alone", [False, True])
def test_the_claim_of_an_event_uses_its_partial_index(
    database: Database, sealer: Sealer, alone: bool
) -> None:
    keep(database, sealer, *(message(number, f"U{number % 700}") for number in range(4000)))
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            connection.execute(text("ANALYZE inbox"))
            connection.commit()
    dialect = database.engine.dialect.name
    values = {"owner": "w", "lease_seconds": 15}
    if database.is_sqlite:
        values = {"owner": "w", "now": "2030-01-01", "until": "2030-01-01"}
    statement = str(inbox_queries.claim(dialect, alone=alone).element)
    plan = plan_of(database, statement, values)
    assert "ix_inbox_due" in plan
    assert "ix_inbox_resident" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("priority", [0, 1, 5])
def test_the_claim_of_a_parcel_uses_its_partial_index(database: Database, priority: int) -> None:
    dialect = database.engine.dialect.name
    values = {"owner": "w", "lease_seconds": 15}
    if database.is_sqlite:
        values = {"owner": "w", "now": "2030-01-01", "until": "2030-01-01"}
    statement = str(outbox_queries.claim(dialect, priority).element)
    plan = plan_of(database, statement, values)
    assert "ix_outbox_due" in plan
    assert "TEMP B-TREE" not in plan


def test_the_look_for_parcels_of_an_announcement_uses_its_partial_index(
    database: Database,
) -> None:
    statement = parcels._DUE.compile()
    moment = "2030-01-01" if database.is_sqlite else datetime(2030, 1, 1, tzinfo=UTC)
    values = dict(statement.params) | {"campaign": 1, "now": moment, "most": 4}
    plan = plan_of(database, str(statement), values)
    assert "ix_outbox_campaign_due" in plan
    assert "TEMP B-TREE" not in plan


MUTATIONS = {
    "drop approval": "tests/flows/test_announcing.py::"
    "test_what_was_changed_behind_the_approval_does_not_leave",
    "new parcel key": "tests/flows/test_announcement_parcels.py::"
    "test_a_parcel_of_unknown_end_goes_again_as_it_was",
    "skip a recipient": "tests/flows/test_announcing.py::"
    "test_from_draft_to_everyone_who_chose_the_topic_once",
    "drop fence": "tests/flows/test_inbox.py::test_a_worker_that_lost_its_lease_cannot_finish",
    "forget dedupe": "tests/flows/test_inbox.py::test_an_event_delivered_again_is_kept_once",
    "second reply": "tests/flows/test_outbox.py::"
    "test_a_reply_refused_after_a_timeout_is_unknown_and_not_pushed",
    "new retry key": "tests/flows/test_outbox.py::"
    "test_a_push_keeps_its_retry_key_and_body_through_every_attempt",
    "drop firing key": "tests/flows/test_schedules.py::"
    "test_eight_racers_at_one_due_instant_fire_it_once",
}


@pytest.mark.slow
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_broken_promise_turns_a_test_red(mutation: str) -> None:
    red = """
import sys, pytest
from tests import mutations
mutations.apply(sys.argv[1])
alone = ["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-k", "sqlite"]
sys.exit(pytest.main([*alone, *sys.argv[2:]]))
"""
    run = [sys.executable, "-c", red, mutation, "--noconftest", "-p", "tests.conftest"]
    ended = subprocess.run([*run, MUTATIONS[mutation]], cwd=ROOT, capture_output=True, check=False)
    assert ended.returncode == 1, ended.stdout.decode()
    assert b"1 failed" in ended.stdout
