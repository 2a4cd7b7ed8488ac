"""The review loop at a city's size: 20,000 unanswered, 100,000 logged, 5,000 entries.

Run with `-s` to see the figures.
"""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, insert, select, text

from bot.answers.engine import Engine
from bot.answers.values import Entry
from bot.answers.words import word_cutter
from bot.db import Database
from bot.questions import cluster_queries, log_search
from bot.questions import statistics as figures
from bot.questions.cluster_queries import Filter, Order
from bot.questions.gathering import Gathered, Gatherer
from bot.questions.log_search import Search
from bot.questions.models import ClusterRow, QuestionRow
from bot.questions.regressions import logged, regressions
from bot.questions.regrouping import regroup
from bot.questions.rehearsing import Change
from tests.bench.sizes import sized
from tests.flows.reviewing import NOW, asks

pytestmark = [pytest.mark.slow, pytest.mark.alone]

# fmt: off
THINGS = [
    "住民票", "印鑑証明", "戸籍", "転入届", "転出届", "児童手当", "保育園", "国民健康保険",
    "介護保険", "年金", "住民税", "固定資産税", "軽自動車税", "粗大ごみ", "資源ごみ",
    "犬の登録", "水道", "下水道", "市営住宅", "図書館", "体育館", "公園", "道路", "街灯",
    "空き家", "予防接種", "母子手帳", "障害者手帳", "生活保護", "相談窓口", "選挙", "防災無線",
    "避難所", "給食", "奨学金", "自転車", "駐車場", "墓地", "火葬場", "結婚届", "離婚届",
    "出生届", "死亡届", "パスポート", "マイナンバーカード", "学童保育", "敬老パス",
]
DEEDS = [
    "申し込み", "変更", "取り消し", "場所", "時間", "費用", "必要なもの", "期限", "電話番号",
    "予約", "再発行", "郵送", "代理人", "減免", "支払い",
]
# fmt: on
ENDS = ("を知りたい", "について教えてください", "はどうすればいいですか", "", "がわからない")


def words(chance: random.Random, number: int) -> str:
    thing, deed = chance.choice(THINGS), chance.choice(DEEDS)
    more = chance.choice(THINGS) if chance.random() < 0.5 else ""
    return f"{more}{thing}の{deed}{chance.choice(ENDS)}{number % 700}"


def vectors(count: int, topics: int = 3000) -> np.ndarray:
    chance = np.random.default_rng(7)
    centres = chance.standard_normal((topics, 384)).astype(np.float32)
    rows = centres[chance.integers(0, topics, count)]
    rows = rows + 0.35 * chance.standard_normal((count, 384)).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2")


def fill(database: Database, count: int, *, unanswered: bool, with_vectors: bool = True) -> None:
    chance = random.Random(7)
    rows = vectors(count) if with_vectors else None
    with database.writing() as session:
        for start in range(0, count, 5000):
            part = []
            for number in range(start, min(start + 5000, count)):
                said = words(chance, number)
                entry = f"e{number % 500}"
                part.append(
                    {
                        "asked_at": NOW - timedelta(minutes=number % 120_000),
                        "resident_key": f"r{number % 9000}",
                        "text": said,
                        "normalised": said,
                        "kind": "question",
                        "outcome": "unanswered" if unanswered else "direct",
                        "shown": [] if unanswered else [entry],
                        "scores": [],
                        "entry_id": None if unanswered else entry,
                        "reaction": None if number % 3 else "no",
                        "review": "unanswered" if unanswered else None,
                        "vector": None if rows is None else rows[number].tobytes(),
                    }
                )
            session.execute(insert(QuestionRow), part)
    if not database.is_sqlite:
        with database.writing() as session:
            session.execute(text("ANALYZE question"))


@contextmanager
def within(seconds: float, what: str) -> Iterator[None]:
    """What stands inside takes no longer, measured once."""
    started = time.perf_counter()
    yield
    took = time.perf_counter() - started
    print(f"{what}: {took * 1000:.0f} ms")
    assert took <= seconds


def test_twenty_thousand_unanswered_are_grouped_in_a_minute(database: Database) -> None:
    fill(database, sized(20_000), unanswered=True)
    with within(60, f"regroup 20,000 on {database.engine.name}"):
        done = regroup(database, word_cutter())
    assert done.questions == done.moved == sized(20_000)
    gatherer = Gatherer(database, word_cutter())
    asks(database, "粗大ごみの予約について教えてください")
    with within(5, "first new question joins (nothing read yet)"):
        assert gatherer.gather().joined == 1
    asks(database, "住民票の郵送について教えてください")
    with within(5, "next new question joins"):
        assert gatherer.gather() == Gathered(1, 0)
    with database.reading() as session:
        print("clusters:", session.scalar(select(func.count()).select_from(ClusterRow)))
        for order in Order:
            with within(0.3, f"list by {order}"):
                cluster_queries.page(session, Filter(), order=order)
        with within(0.3, "list searched"):
            cluster_queries.page(session, Filter(text="パスポート"))


def test_a_hundred_thousand_logged_questions_are_searched_in_300_ms(database: Database) -> None:
    fill(database, sized(100_000), unanswered=False)
    first = (NOW - timedelta(days=90)).date()
    with database.reading() as session:
        log_search.page(session, Search())
        for search in (
            Search(),
            Search(text="パスポート 再発行"),
            Search(text="どこにもない言葉"),
            Search(outcome="direct"),
            Search(outcome="unanswered"),
            Search(entry_id="e7"),
            Search(entry_id="nothing"),
            Search(reaction="yes"),
            Search(district="常磐"),
            Search(topic="ごみ"),
        ):
            with within(0.3, f"{database.engine.name} {search}"):
                found = log_search.page(session, search)
            if found.next is not None:
                with within(0.3, "  its next page"):
                    log_search.page(session, search, found.next)
        with within(0.4, "rates a day"):
            figures.by_day(session, first, NOW.date())
        with within(0.4, "most asked"):
            figures.most_asked(session, first, NOW.date())
        with within(0.4, "most no"):
            figures.most_no(session, first, NOW.date())
        with within(0.4, "hours"):
            figures.by_hour(session, first, NOW.date())


def test_regressions_over_twenty_thousand_questions_take_three_seconds(
    database: Database,
) -> None:
    fill(database, sized(30_000), unanswered=False)
    chance = random.Random(3)
    entries = [
        Entry(f"e{n}", words(chance, n), "窓口で申し込みます。" * 8, (words(chance, n),))
        for n in range(sized(5000))
    ]
    engine = Engine.build(entries)
    new = Entry("new", "パスポートの郵送を知りたい", "郵送できません。", ("旅券の郵送",))
    with within(3, "the engine with the change"):
        after = engine.with_changes(put=[new])
    with within(3, f"regressions on {database.engine.name}, reading included"):
        with database.reading() as session:
            questions = logged(session, NOW)
        found = regressions(engine, after, Change(put=(new,)), questions, entries)
    print(len(questions), "different;", found.asked, "asked; complete:", found.complete)
    assert len(questions) > sized(30_000) // 2
