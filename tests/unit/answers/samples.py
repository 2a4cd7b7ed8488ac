"""A small sample of knowledge and a stand-in model for the tests of the answer engine."""

import hashlib
import threading

import numpy as np

from bot.answers.engine import Engine
from bot.answers.meaning import Vector
from bot.answers.values import Entry

SYNONYMS = (("住民票", "住民票の写し"), ("引っ越し", "転居", "引越"), ("ごみ", "ゴミ", "廃棄物"))
IGNORABLE = ("えーと", "すみません", "お願いします", "教えてください", "ありがとうございます")
SMALL_TALK = ("今日の天気はどうですか", "面白い話をして", "朝六時に起こして", "音楽を流して")
ENTRIES = (
    Entry("residence", "住民票の写しはどこで取れますか", "市民課の窓口かコンビニで取れます。"),
    Entry("seal", "印鑑登録の手続きを知りたい", "印鑑と本人確認書類を持って来てください。"),
    Entry("moving-in", "転入届の出し方を教えてください", "十四日以内に届け出てください。"),
    Entry("moving-out", "転出届の出し方を教えてください", "市外へ引っ越す前に届け出てください。"),
    Entry("health", "国民健康保険に加入する手続き", "やめた日から十四日以内に届け出てください。"),
    Entry("care", "介護保険サービスを利用したい", "要介護認定を申請してください。"),
    Entry("child", "児童手当の申請方法", "生まれた日の翌日から十五日以内に申請してください。"),
    Entry("nursery", "保育園に申し込みたい", "希望する保育園を書いて申し込みます。"),
    Entry("waste", "粗大ごみの出し方", "電話で申し込み、処理券を貼って出してください。"),
    Entry("bicycle", "放置自転車を撤去してほしい", "道路管理課へ場所と台数を知らせてください。"),
    Entry("library", "図書館の開館時間", "平日は午前九時から午後七時まで開いています。"),
    Entry("shelter", "災害時の避難場所はどこですか", "近くの小学校が避難場所です。"),
    Entry("card", "マイナンバーカードを申請したい", "スマートフォンか郵便で申請できます。"),
    Entry("tax", "市民税の納期限はいつですか", "六月、八月、十月、翌年一月の末日です。"),
    Entry("water", "水道料金の支払い方法", "口座振替、クレジットカード、コンビニで支払えます。"),
    Entry("dog", "犬の登録と狂犬病予防注射", "犬を飼い始めた日から三十日以内に登録してください。"),
)  # fmt: skip


class LetterModel:
    """A model without meaning: texts are near when they share pairs of letters."""

    name = "letters"
    size = 64

    def __init__(self) -> None:
        self.asked = 0
        self._counting = threading.Lock()

    def question(self, text: str) -> Vector:
        """The vector of a question."""
        with self._counting:
            self.asked += 1
        return self.passage(text)

    def passage(self, text: str) -> Vector:
        """The vector of a passage."""
        vector = np.full(self.size, 0.01)
        for at in range(len(text) - 1):
            digest = hashlib.sha256(text[at : at + 2].encode()).digest()
            vector[digest[0] % self.size] += 1
        return np.asarray(vector / np.linalg.norm(vector), np.float16)


def engine(entries: tuple[Entry, ...] = ENTRIES, model: LetterModel | None = None) -> Engine:
    """An engine over the sample, complete when there is a model."""
    made = Engine.build(
        entries,
        synonyms=SYNONYMS,
        ignorable=IGNORABLE,
        small_talk=SMALL_TALK,
        embedder=model,
    )
    made.embed_missing()
    return made


def first(made: Engine, text: str) -> str:
    """The id of the entry that comes first."""
    return made.ask(text).ranked[0].entry_id
