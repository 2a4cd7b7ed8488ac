"""Fills a database with a city's knowledge and a year of questions, for measurements alone."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, insert, select, text, update

from bot.answers.words import word_cutter
from bot.clocks import real_time
from bot.db import Database
from bot.knowledge import keeping
from bot.knowledge.keeping import BATCH, Author
from bot.knowledge.shelves import ENTRIES
from bot.knowledge.values import KnowledgeEntry
from bot.questions import cluster_queries
from bot.questions.cluster_queries import Filter
from bot.questions.models import QuestionRow
from bot.questions.regrouping import regroup
from bot.sealing import Sealer
from bot.staff import accounts, sessions
from bot.staff.accounts import Added
from bot.staff.rules import Role, Stage

# Made-up material: the words matter less than how many questions share each of them.
# fmt: off
_THINGS = [
    "住民票", "印鑑証明", "戸籍", "転入届", "転出届", "児童手当", "保育園", "国民健康保険",
    "介護保険", "年金", "住民税", "固定資産税", "軽自動車税", "粗大ごみ", "資源ごみ", "犬の登録",
    "水道", "下水道", "市営住宅", "図書館", "体育館", "公園", "道路", "空き家", "予防接種",
    "母子手帳", "選挙", "防災無線", "避難所", "給食", "奨学金", "駐車場", "パスポート",
]
_DEEDS = [
    "申し込み", "変更", "取り消し", "場所", "時間", "費用", "必要なもの", "期限", "電話番号",
    "予約", "再発行", "郵送", "代理人", "減免", "支払い",
]
# fmt: on
_ENDS = ("を知りたい", "について教えてください", "はどうすればいいですか", "", "がわからない")
_DISTRICTS = ("常磐", "日永", "四郷", None)
_VECTOR = 384
_AT_ONCE = 2000


def fill(database: Database, *, questions: int, entries: int) -> None:
    """Entries in fifty topics, and questions over the last 90 days, a tenth of them unanswered.

    Raises ValueError where the database holds questions already: they may be somebody's.
    """
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(QuestionRow)):
            raise ValueError("DATABASE_URL: the database is not empty")
    now = real_time()
    _knowledge(database, entries, now)
    _questions(database, questions, now)
    regroup(database, word_cutter())
    with database.writing() as session:
        session.execute(text("ANALYZE"))


def sign_in(database: Database, sealer: Sealer, count: int) -> Sequence[str]:
    """So many colleagues, each with an open session; the tokens of their cookies."""
    tokens = []
    roles = frozenset({Role.SUPPORT, Role.COUNTER, Role.APPROVER})
    for number in range(count):
        with database.writing() as session:
            now = database.lease_now(session)
            login = f"bench-{number}"
            added = accounts.add(session, sealer, login, f"見本 {number}", roles, now=now)
            assert isinstance(added, Added)
            tokens.append(sessions.begin(session, sealer, added.person.id, Stage.OPEN, now))
    return tokens


def largest_group(database: Database) -> int:
    """The number of the group of most residents."""
    with database.reading() as session:
        return cluster_queries.page(session, Filter(), most=1).lines[0].cluster.id


def _knowledge(database: Database, count: int, now: datetime) -> None:
    chance = random.Random(5)  # noqa: S311 (the same city each time)
    rows = [
        KnowledgeEntry(
            id=f"e{number}",
            question=f"{_words(chance, number)}（{number}）",
            answer="窓口で申し込みます。\n本人を確かめるものを持って来てください。" * 3,
            wordings=(_words(chance, number),),
            topic=f"分類{number % 50}",
            section="gomi",
        )
        for number in range(count)
    ]
    for start in range(0, count, BATCH):
        with database.writing() as session:
            keeping.put(session, ENTRIES, rows[start : start + BATCH], Author("seed", now))


def _questions(database: Database, count: int, now: datetime) -> None:
    chance = random.Random(7)  # noqa: S311
    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        vectors = _vectors(start, len(numbers))
        rows = [
            _question(chance, number, now, vectors[place].tobytes())
            for place, number in enumerate(numbers)
        ]
        with database.writing() as session:
            session.execute(insert(QuestionRow), rows)
    with database.writing() as session:
        q = QuestionRow
        told = update(q).where(q.id % 500 == 0)
        session.execute(told.values(later_entry="e7", later_at=q.asked_at, later_reaction="yes"))


def _question(
    chance: random.Random, number: int, now: datetime, vector: bytes
) -> dict[str, object]:
    said = _words(chance, number)
    is_answered = number % 10 != 0
    entry = f"e{number % 500}"
    return {
        "asked_at": now - timedelta(seconds=chance.uniform(0, 90 * 86400)),
        "resident_key": f"r{number % 9000}",
        "text": said,
        "normalised": said,
        "kind": "question",
        "outcome": ("candidates" if number % 5 == 1 else "direct") if is_answered else "unanswered",
        "shown": [entry] if is_answered else [],
        "scores": [0.8] if is_answered else [],
        "entry_id": entry if is_answered and number % 5 != 1 else None,
        "reaction": (None, "yes", "no")[number % 3] if is_answered else None,
        "review": None if is_answered else "unanswered",
        "district": chance.choice(_DISTRICTS),
        "vector": vector,
    }


def _words(chance: random.Random, number: int) -> str:
    more = chance.choice(_THINGS) if chance.random() < 0.5 else ""
    about = f"{more}{chance.choice(_THINGS)}の{chance.choice(_DEEDS)}"
    return f"{about}{chance.choice(_ENDS)}{number % 700}"


def _vectors(seed: int, count: int) -> np.ndarray:
    topics = np.random.default_rng(7).standard_normal((3000, _VECTOR)).astype(np.float32)
    chance = np.random.default_rng(seed)
    rows = topics[chance.integers(0, len(topics), count)]
    rows = rows + 0.35 * chance.standard_normal((count, _VECTOR)).astype(np.float32)
    found: np.ndarray = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype("<f2")
    return found
