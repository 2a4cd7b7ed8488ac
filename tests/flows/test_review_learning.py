"""The whole loop: asked in vain, answered by staff, brought by push, then answered directly."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.knowledge import service as knowledge
from bot.knowledge.values import KnowledgeEntry
from bot.line.limits import check
from bot.questions import answering, cluster_queries, drafting
from bot.questions import statistics as figures
from bot.questions.answering import Answered, Terms
from bot.questions.rehearsing import Change, Why, explain, rehearse
from bot.questions.rules import LaterRates
from bot.questions.telling import Letters
from bot.residents.rules import Resident as Known
from bot.sealing import Sealer
from bot.speech.reply_cards import later_answer
from bot.speech.texts import Voice
from handlers.chat.desk import Answering
from handlers.chat.turn import Desk
from tests.flows.chatting import CivilTime, Resident, actions, labels, pushed, words
from tests.flows.reviewing import gather, only, seen
from tests.flows.test_conversation import last_question

UNKNOWN = "ドローンを公園で飛ばしていいですか"


def letters(desk: Desk, sealer: Sealer) -> Letters:
    def compose(known: Known, entry: KnowledgeEntry, number: int) -> list[dict[str, object]]:
        voice = Voice(desk.texts, known.style, desk.add_readings)
        return later_answer(voice, desk.city, entry, number)

    return Letters(sealer, compose, lambda _session: datetime.now(UTC))


def hears(resident: Resident) -> list[dict[str, object]]:
    """What the outbox is to push to the resident, who sees it then."""
    resident.seen = pushed(resident.database, resident.sealer, "later_answer")[0]
    return resident.seen


def test_one_staff_answer_reaches_who_asked_and_teaches_the_desk(
    resident: Resident,
    neighbour: Resident,
    desk: Desk,
    engine: Engine,
    sealer: Sealer,
    civil: CivilTime,
) -> None:
    for person in (resident, neighbour):
        person.says(UNKNOWN)
        if "この中にない" in labels(person.seen):
            person.taps("この中にない")
    assert "職員が調べて" in words(resident.taps("調べてお返事します")).replace("担当の", "")
    database = resident.database
    gather(database)
    line = only(database)
    assert (line.title, line.cluster.residents, line.waiting) == (UNKNOWN, 2, 1)

    with database.reading() as session:
        worded = cluster_queries.wordings(session, line.cluster.id)
        in_vain = cluster_queries.shown_in_vain(session, line.cluster.id)
        near = explain(engine, UNKNOWN, in_vain)
        nearest = knowledge.entry(session, near.neighbours[0].entry_id)
    assert {n.why for n in near.neighbours} <= {Why.IN_VAIN, Why.NOT_ABOUT_US, Why.BEHIND}
    entry = drafting.draft(line, worded, nearest)
    entry = replace(entry, answer="市の公園では飛ばせません。\n許可がいる場所があります。")
    put = Entry(entry.id, entry.question, entry.answer, entry.wordings)
    taught = engine.with_changes(put=[put])
    rehearsed = rehearse(engine, taught, Change(put=(put,)), worded)
    assert [(r.worded.questions, r.helped, r.after.first) for r in rehearsed] == [
        (2, True, entry.id)
    ]

    civil.passes(hours=3)
    with database.writing() as session:
        done = answering.answer_with_new(
            session,
            seen(line),
            entry,
            actor="aoi",
            now=civil(),
            terms=Terms(letters(desk, sealer), quota_left=200),
        )
    assert isinstance(done, Answered)
    assert done.told == 1

    push = hears(resident)
    assert check(push) == []
    assert entry.question in words(push)
    assert "許可がいる場所があります。" in words(push)
    assert {"はい", "いいえ"} <= set(labels(push))
    assert {
        f"q={last_question(resident).id - 1}" in a["data"]
        for a in actions(push)
        if a.get("label") == "はい"
    } == {True}
    assert "よかったです" in words(resident.taps("はい"))
    with database.reading() as session:
        today = civil().date()
        assert figures.later(session, today, today) == LaterRates(sent=1, resolved=1)

    learnt = Answering(database, sealer, civil, replace(desk, engine=taught))
    again = Resident(database, sealer, learnt, user_id="U" + "3" * 32)
    assert "許可がいる場所があります。" in words(again.says(UNKNOWN))
    assert last_question(again).outcome == "direct"
