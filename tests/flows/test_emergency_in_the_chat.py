"""In an emergency every answer says so; when nothing can be searched, there is still a way on."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.answers.values import Decision
from bot.db import Database
from bot.line.limits import check
from bot.questions.models import QuestionRow
from bot.sealing import Sealer
from handlers.chat.desk import Answering
from handlers.chat.turn import Desk
from tests.flows.chatting import CivilTime, Resident, actions, labels, numbers, words

EVERY_WAY = ("マイナンバーカードを作りたい", "こんにちは", "？", "メニュー", "いくら？", "人に聞く")


@dataclass(frozen=True)
class Flood:
    """A sample emergency."""

    title: str = "大雨（見本）"
    banner: str = "川に近づかないでください。"
    banner_easy: str = "川（かわ）に 行（い）かないで ください。"
    words: str = "高いところへ逃げてください。"
    easy: str = "高（たか）い ところへ 逃（に）げて ください。"
    is_drill: bool = False


class Broken:
    """An answer engine that cannot answer."""

    def ask(self, text: str, *, top: int = 10) -> Decision:
        raise OSError(text)


def living_through(flood: list[Flood], desk: Desk) -> Desk:
    """The desk while the emergency in the list lasts."""

    def alarm(_session: Session) -> Flood | None:
        return flood[0] if flood else None

    return replace(desk, alarm=alarm)


def test_the_banner_stands_on_menu_and_answers_until_the_emergency_ends(
    database: Database, sealer: Sealer, civil: CivilTime, desk: Desk
) -> None:
    flood = [Flood()]
    resident = Resident(
        database, sealer, Answering(database, sealer, civil, living_through(flood, desk))
    )
    for said in EVERY_WAY:
        answer = resident.says(said)
        assert words(answer).startswith("緊急のお知らせ\n川に近づかないでください。")
        assert "避難所のページ" in labels(answer)
        assert check(answer) == []
    assert words(resident.says("家が火事です")).find("緊急のお知らせ") == -1
    assert resident.does({"type": "unfollow"}) == []
    flood[0] = Flood(is_drill=True)
    assert "訓練です。" in words(resident.says("メニュー"))
    flood.clear()
    assert "緊急" not in words(resident.says("メニュー"))


@pytest.mark.parametrize("flood", [[], [Flood()]], ids=["quiet", "emergency"])
def test_without_a_search_everyone_gets_phone_shelters_and_the_emergency(
    database: Database, sealer: Sealer, civil: CivilTime, desk: Desk, flood: list[Flood]
) -> None:
    broken = replace(living_through(flood, desk), engine=Broken())
    resident = Resident(database, sealer, Answering(database, sealer, civil, broken))
    for said in EVERY_WAY:
        answer = resident.says(said)
        assert words(answer) != ""
        assert check(answer) == []
    answer = resident.says("マイナンバーカードを作りたい")
    assert numbers(answer) == ["00000000000"]
    assert "000-0000-0000" in words(answer)
    shelters = [a["uri"] for a in actions(answer) if a.get("label") == "避難所のページ"]
    assert set(shelters) == {desk.city.shelters}
    assert ("高いところへ逃げてください。" in words(answer)) == bool(flood)
    assert "お返事" in words(resident.taps("調べてお返事します"))
    with database.reading() as session:
        kept = session.scalars(select(QuestionRow.text).where(QuestionRow.kind == "question")).all()
    assert "マイナンバーカードを作りたい" in kept
