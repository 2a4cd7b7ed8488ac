"""Everyday questions, none of them a wording of the knowledge base, reach the right entry."""

import pytest
from sqlalchemy import select

from bot.questions.models import QuestionRow
from tests.flows.chatting import Resident

QUESTIONS = [
    ("マイナンバーカードを作りたい", "mynumber-apply"),
    ("粗大ごみはどうやって捨てるの", "garbage-large"),
    ("転入届っていつまでに出せばいい？", "moving-in"),
    ("児童手当の申請に必要なものは？", "child-allowance"),
    ("罹災証明書が欲しい", "disaster-certificate"),
]


@pytest.mark.parametrize(("asked", "part"), QUESTIONS)
def test_the_right_entry_is_first_or_among_the_three(
    resident: Resident, asked: str, part: str
) -> None:
    resident.says(asked)
    with resident.database.reading() as session:
        row = session.scalars(select(QuestionRow)).one()
    assert row.outcome in ("direct", "candidates")
    assert any(part in entry for entry in row.shown), row.shown
