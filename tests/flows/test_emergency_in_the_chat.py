"""In an emergency every answer says so; when nothing can be searched, there is still a way on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import content
from bot.answers.values import Decision
from bot.campaigns import emergency
from bot.campaigns.emergency import Declared, Ended, Template
from bot.db import Database
from bot.line.limits import check
from bot.questions.models import QuestionRow
from bot.residents.models import ResidentRow
from bot.residents.rules import Topic
from bot.residents.service import remember_topic
from bot.sealing import Sealer
from handlers.chat.desk import Answering
from handlers.chat.turn import Desk
from tests.flows.chatting import CivilTime, Resident, actions, labels, numbers, words

HAZARDS = emergency.templates(content.toml("emergency.toml"))
TOPICS = {
    "knowledge_entry": Topic("entry", "oversize-garbage"),
    "knowledge_procedure": Topic("procedure", "P001"),
}
EVERY_WAY = ("マイナンバーカードを作りたい", "こんにちは", "？", "メニュー", "いくら？", "人に聞く")


class Broken:
    """An answer engine that cannot answer."""

    def ask(self, text: str, *, top: int = 10) -> Decision:
        raise OSError(text)


@dataclass
class Away:
    """A part of the desk that fails when it is asked."""

    fault: Exception

    def route(self, text: str) -> str | None:
        raise self.fault


def declare(at: Resident, said: Template, *, is_drill: bool = False) -> int:
    now = at.answering.civil()
    with at.database.writing() as session:
        done = emergency.declare(
            *(session, at.sealer, said, [{"type": "text", "text": said.words}]),
            form=f"{said.hazard} {is_drill}",
            actor="approver",
            proved=True,
            is_drill=is_drill,
            is_real_line=False,
            now=now,
            lease_now=at.database.lease_now(session),
        )
    assert isinstance(done, Declared)
    return done.emergency_id


def end(at: Resident, emergency_id: int) -> None:
    with at.database.writing() as session:
        times = {"now": at.answering.civil(), "lease_now": at.database.lease_now(session)}
        done = emergency.end(session, emergency_id, actor="approver", **times)
    assert isinstance(done, Ended)


@contextmanager
def away(database: Database, *tables: str) -> Iterator[None]:
    """These tables cannot be read meanwhile."""

    def rename(old: str, new: str) -> None:
        with database.writing() as session:
            session.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))

    for table in tables:
        rename(table, f"{table}_away")
    try:
        yield
    finally:
        for table in tables:
            rename(f"{table}_away", table)


def residents_key(session: Session) -> str:
    return session.scalars(select(ResidentRow.key)).one()


def asked_in_all(at: Resident) -> list[str | None]:
    with at.database.reading() as session:
        kept = select(QuestionRow.text).where(QuestionRow.kind == "question")
        return list(session.scalars(kept.order_by(QuestionRow.id)))


@pytest.fixture
def resident(database: Database, sealer: Sealer, civil: CivilTime, desk: Desk) -> Resident:
    watchful = replace(desk, alarms=emergency.active)
    return Resident(database, sealer, Answering(database, sealer, civil, watchful))


def test_the_banner_stands_on_menu_and_answers_until_the_emergency_ends(
    resident: Resident,
) -> None:
    flood = declare(resident, HAZARDS[0])
    for said in EVERY_WAY:
        answer = resident.says(said)
        assert words(answer).startswith(f"緊急のお知らせ\n{HAZARDS[0].banner}")
        assert "避難所のページ" in labels(answer)
        assert check(answer) == []
    assert "緊急のお知らせ" not in words(resident.says("家が火事です"))
    assert resident.does({"type": "unfollow"}) == []
    end(resident, flood)
    assert "緊急" not in words(resident.says("メニュー"))
    for hazard in HAZARDS:
        drill = declare(resident, hazard, is_drill=True)
        answer = resident.says("メニュー")
        assert words(answer).startswith("緊急のお知らせ\n訓練です。")
        assert check(answer) == []
        end(resident, drill)


def test_all_emergencies_that_last_stand_above_the_answers_the_real_ones_first(
    resident: Resident,
) -> None:
    earthquake = declare(resident, HAZARDS[0])
    tsunami = declare(resident, HAZARDS[1])
    drill = declare(resident, HAZARDS[2], is_drill=True)
    shown = [HAZARDS[1].banner, HAZARDS[0].banner, "訓練です。本当の災害ではありません。"]
    shown.append(HAZARDS[2].banner)
    answer = resident.says("メニュー")
    assert words(answer).startswith("\n".join(["緊急のお知らせ", *shown]))
    assert answer[0]["altText"] == " ".join(["緊急のお知らせ", *shown[:2]]), "nothing of the drill"
    parts = [part["type"] for part in answer[0]["contents"]["body"]["contents"]]
    apart = ["text", "separator", "text", "separator", "text", "text"]
    assert parts == ["text", *apart], "the drill's mark stands with the drill alone"
    assert check(answer) == []
    end(resident, tsunami)
    assert words(resident.says("メニュー")).startswith(f"緊急のお知らせ\n{HAZARDS[0].banner}")
    end(resident, earthquake)
    alone = resident.says("メニュー")
    assert words(alone).startswith("緊急のお知らせ\n訓練です。")
    assert alone[0]["altText"].startswith("緊急のお知らせ 訓練です。")
    end(resident, drill)


@pytest.mark.parametrize("style", ["ふつうの日本語", "やさしい日本語", "ふりがな"])
def test_every_emergency_at_once_still_fits_what_line_takes(resident: Resident, style: str) -> None:
    long = "、".join(["高い所へ逃げてください"] * 82)
    for hazard in HAZARDS:
        for is_drill in (False, True):
            declare(resident, replace(hazard, words=long, easy=long), is_drill=is_drill)
    resident.says(style)
    answer = resident.says("メニュー")
    assert len(words(answer[:1]).splitlines()) == 1 + 3 * len(HAZARDS)
    assert check(answer) == []
    desk = replace(resident.answering.desk, engine=Broken())
    resident = replace(resident, answering=replace(resident.answering, desk=desk))
    answer = resident.says("マイナンバーカードを作りたい")
    assert check(answer) == []
    assert "調べてお返事します" in labels(answer)


def test_without_a_search_everyone_gets_phone_shelters_and_the_emergency(
    resident: Resident,
) -> None:
    desk = replace(resident.answering.desk, engine=Broken())
    resident = replace(resident, answering=replace(resident.answering, desk=desk))
    for hazard in (None, *HAZARDS):
        number = declare(resident, hazard) if hazard else None
        for said in EVERY_WAY if hazard in (None, HAZARDS[0]) else ():
            answer = resident.says(said)
            assert words(answer) != ""
            assert check(answer) == []
        answer = resident.says("マイナンバーカードを作りたい")
        assert check(answer) == []
        assert numbers(answer) == ["00000000000"]
        assert "000-0000-0000" in words(answer)
        shelters = [a["uri"] for a in actions(answer) if a.get("label") == "避難所のページ"]
        assert set(shelters) == {desk.city.shelters}
        if hazard and number:
            assert hazard.words.splitlines()[0].strip() in words(answer)
            end(resident, number)
    assert "お返事" in words(resident.taps("調べてお返事します"))
    assert "マイナンバーカードを作りたい" in asked_in_all(resident)


@pytest.mark.parametrize("is_lasting", [True, False])
@pytest.mark.parametrize("table", ["knowledge_entry", "knowledge_procedure"])
def test_whatever_of_the_knowledge_cannot_be_read_a_message_is_answered_at_once_in_its_style(
    resident: Resident, table: str, is_lasting: bool
) -> None:
    if is_lasting:
        declare(resident, HAZARDS[0])
    resident.says("やさしい日本語")
    with resident.database.writing() as session:
        remember_topic(session, residents_key(session), TOPICS[table], resident.answering.civil())
    with away(resident.database, table):
        said = ["いくら？"] if table == "knowledge_procedure" else ["粗大ごみの出し方", "いくら？"]
        for question in said:
            answer = resident.says(question)
            assert check(answer) == []
            assert "答（こた）えを 探（さが）すことが できません" in words(answer)
            assert "質問（しつもん）は 残（のこ）しました" in words(answer)
            assert numbers(answer) == ["00000000000"]
            assert "受付（うけつけ）の時間（じかん）\n平日（へいじつ）" in words(answer)
            shelters = [a["uri"] for a in actions(answer) if a.get("label") == "避難所のページ"]
            assert set(shelters) == {resident.answering.desk.city.shelters}
            assert (HAZARDS[0].easy.splitlines()[0].strip() in words(answer)) == is_lasting
    assert asked_in_all(resident) == said


@pytest.mark.parametrize(
    ("table", "tapped"),
    [
        ("knowledge_entry", "to=open&e=oversize-garbage&q=1"),
        ("knowledge_procedure", "to=procedure&p=P001"),
        ("knowledge_procedure", "to=event&k=hikkoshi"),
    ],
)
def test_a_tap_on_what_cannot_be_read_is_answered_at_once(
    resident: Resident, table: str, tapped: str
) -> None:
    with away(resident.database, table):
        answer = resident.posts_back(tapped)
    assert words(answer).splitlines()[1] == "すみません。いま、お答えを探せません。"
    assert numbers(answer) == ["00000000000"]
    assert "避難所のページ" in labels(answer)
    assert "調べてお返事します" not in labels(answer)
    assert asked_in_all(resident) == []


def test_where_the_log_cannot_be_written_either_the_way_on_is_given_all_the_same(
    resident: Resident,
) -> None:
    with away(resident.database, "knowledge_entry", "question"):
        answer = resident.says("粗大ごみの出し方")
    assert "すみません。いま、お答えを探せません。" in words(answer)
    assert numbers(answer) == ["00000000000"]
    assert "調べてお返事します" not in labels(answer)


@pytest.mark.parametrize("is_lost", [True, False])
def test_a_message_waits_for_a_database_that_was_away_and_for_nothing_else(
    resident: Resident, is_lost: bool
) -> None:
    fault = OperationalError("", {}, OSError(), connection_invalidated=is_lost)
    desk = replace(resident.answering.desk, typed=Away(fault))  # type: ignore[arg-type]
    resident = replace(resident, answering=replace(resident.answering, desk=desk))
    if is_lost:
        with pytest.raises(OperationalError):
            resident.says("粗大ごみの出し方")
    else:
        assert numbers(resident.says("粗大ごみの出し方")) == ["00000000000"]


def test_an_edited_question_is_answered_too_and_its_old_words_leave_the_log(
    resident: Resident,
) -> None:
    resident.says("マイナカードを作りたい", id="m-edit")
    message = {"type": "text", "id": "m-edit", "text": "粗大ごみの出し方", "quoteToken": "q"}
    with away(resident.database, "knowledge_entry"):
        answer = resident.does({"type": "messageEdited", "message": message})
    assert numbers(answer) == ["00000000000"]
    assert asked_in_all(resident) == [None, "粗大ごみの出し方"]
