"""A change fitted into the index answers exactly as the index made anew."""

import random

import pytest

from bot.answers.engine import Engine
from bot.answers.values import Entry
from tests.unit.answers.samples import ENTRIES, IGNORABLE, SMALL_TALK, SYNONYMS

QUESTIONS = (
    "住民票がほしい",
    "犬を飼った",
    "こうえんの予約はどこ",
    "図書館は何時から",
    "水道のお金を払いたい",
    "転入の届けを出す",
    "公園を借りたい",
    "月へ行きたい",
)
CHANGES: dict[str, tuple[list[Entry], list[str]]] = {
    "new": ([Entry("park", "公園の広場を借りたい", "窓口で申し込みます。", ("公園 予約",))], []),
    "more wordings": (
        [Entry("dog", ENTRIES[-1].question, "登録します。", ("犬を飼った", "いぬ"))],
        [],
    ),
    "first one": ([Entry("residence", "住民票の写し", "市民課へ。")], []),
    "gone": ([], ["library"]),
    "last gone": ([], ["dog"]),
    "several": (
        [Entry("park", "公園を借りたい", "窓口へ。"), Entry("tax", "税金の期限", "六月です。")],
        ["residence"],
    ),
    "unknown gone": ([], ["nothing"]),
}


def engine() -> Engine:
    return Engine.build(ENTRIES, synonyms=SYNONYMS, ignorable=IGNORABLE, small_talk=SMALL_TALK)


def answers(asked: Engine) -> list[object]:
    told = []
    for question in QUESTIONS:
        decision = asked.ask(question)
        ranked = [(one.entry_id, pytest.approx(one.score, abs=1e-4)) for one in decision.ranked]
        told.append((decision.outcome, ranked))
    return told


@pytest.mark.parametrize("name", CHANGES)
def test_a_few_changes_answer_as_an_index_made_anew(name: str) -> None:
    put, removed = CHANGES[name]
    fitted = engine().with_changes(put=put, removed=removed)
    anew = engine().with_changes(put=put, removed=removed, ignorable=IGNORABLE)
    assert answers(fitted) == answers(anew)
    assert len(fitted) == len(anew)


def test_many_changes_one_after_another_add_up_to_no_error() -> None:
    chance = random.Random(4)
    held = {entry.id: entry for entry in ENTRIES}
    fitted = engine()
    for number in range(30):
        entry_id = chance.choice([*held, f"new{number}"])
        if chance.random() < 0.3 and len(held) > 8 and entry_id in held:
            del held[entry_id]
            fitted = fitted.with_changes(removed=[entry_id])
        else:
            words = chance.choice(QUESTIONS)
            held[entry_id] = Entry(
                entry_id, f"{words}{number}", "窓口へ。", (words,) * (number % 3)
            )
            fitted = fitted.with_changes(put=[held[entry_id]])
    anew = fitted.with_changes(ignorable=IGNORABLE)
    assert answers(fitted) == answers(anew)
    assert len(fitted) == len(held)
