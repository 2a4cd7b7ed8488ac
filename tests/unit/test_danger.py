"""Emergencies are recognised before any search, and ordinary questions are not taken for one.

Measured before anything was changed for them: of danger_held.toml (same hand, same hour as the
patterns' own sentences, so kinder than life) 1 of 218 dangers missed and 0 of 200 false alarms; of
danger_roundabout.toml (written later, to be hard) 84 of 150 missed and 6 of 127 false alarms; of
danger_last.toml (after learning from those) 50 of 117 missed and 2 of 103 false alarms. Expect of
words no one thought of that a good third are missed: the other answers must name 119 and 110 too.
"""

import csv
import json
import os
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

import content
from bot.answers.danger import Call, Danger, Dangers

HERE = Path(__file__).parent
DANGERS = Dangers.from_toml(content.toml("danger.toml"))
FILES = ("danger_seen.toml", "danger_held.toml", "danger_roundabout.toml", "danger_last.toml")

# Wordings of the knowledge that do tell of a danger now; there the number comes before the answer.
# `scams.toml` is about such tellings altogether and is not asked here.
TELLING = {
    "としよりがたたかれている",
    "ひとりでにげられない",
    "玄関に水が入りそう",
    "近所の子どもが叩かれているようで心配です",
    "ぎゃくたいかもしれない",
    "子どもの泣き声 怒鳴り声 毎日",
    "子どもに手をあげてしまう",
    "夫や恋人から暴力を受けています",
    "だんなになぐられる",
    "彼氏がこわい 逃げたい",
    "訪問販売 断れなかった",
    "友だちからプリペイドカードを買ってと言われた",
}


def sentences(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def dangers(files: tuple[str, ...] = FILES) -> list[tuple[str, str]]:
    return [
        (kind, said)
        for name in files
        for kind, said_so in sentences(name)["danger"].items()
        for said in said_so
    ]


def calm() -> list[str]:
    return [said for name in FILES for said in sentences(name)["calm"]["sentences"]]


def kind_of(text: str) -> str | None:
    found = DANGERS.recognise(text)
    return found and found.kind


def alarmed(texts: list[str]) -> list[str]:
    return [text for text in texts if DANGERS.recognise(text)]


def test_there_are_enough_sentences_to_mean_anything() -> None:
    assert len(dangers()) >= 500
    assert len(calm()) >= 500


def test_no_told_danger_is_missed() -> None:
    missed = [said for _, said in dangers() if DANGERS.recognise(said) is None]

    assert missed == []


def test_no_ordinary_talk_raises_an_alarm() -> None:
    assert alarmed(calm()) == []


def test_a_danger_gets_a_number_that_fits_even_where_the_kind_is_a_neighbour() -> None:
    fitting = {"fire": "119", "illness": "119", "crime": "110", "missing": "110", "sea": "118"}
    unfit = [
        said
        for kind, said in dangers(FILES[:3])
        if kind in fitting
        and (found := DANGERS.recognise(said))
        and fitting[kind] not in {call.number for call in found.calls}
    ]

    assert unfit == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("fire", "えーと、隣の家が燃えてるんですけど"),
        ("fire", "お忙しいところすみません。家が火事です。どうすればよいでしょうか。"),
        ("illness", "父が倒れて息をしてない。住民票はあとで取りに行きます"),
        ("death", "シニタイ"),
        ("death", "しにたぃ…"),
        ("death", "死たにい"),
        ("illness", "救急急車よんで"),
        ("help", "たすけてーーーーー！！！"),
        ("fraud", "ＡＴＭに行けと言われました"),
    ],
)
def test_greetings_fillers_and_slips_do_not_hide_a_danger(kind: str, text: str) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    "text",
    [
        "わたしにたいして届いた通知",
        "市に滞納している税",
        "窓口を別の日にしたい",
        "川があふれそうなときはどこへ逃げますか",
        "火事になったときの手続き",
        "死にたくないので検診を受けたい",
        "",
        "。。。",
        "■■■■",
    ],
)
def test_words_that_only_sound_like_danger_are_left_alone(text: str) -> None:
    assert kind_of(text) is None


def test_the_citys_own_questions_raise_no_alarm() -> None:
    texts = [
        text
        for file in sorted((content.folder() / "faq").glob("*.toml"))
        if file.name != "scams.toml"
        for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("entry", [])
        for text in (entry["question"], *entry.get("wordings", []))
    ]

    assert set(alarmed(texts)) - TELLING == set()


def test_no_procedure_raises_an_alarm() -> None:
    file = content.folder() / "procedures.csv"
    if not file.exists():
        pytest.skip("no procedures.csv yet")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        names = [
            part for row in list(csv.reader(lines))[1:] for part in (row[1], *row[2].split(";"))
        ]

    assert alarmed([name for name in names if name]) == []


def test_real_residents_questions_raise_no_alarm() -> None:
    place = os.environ.get("MADOGUCHI_EVAL_DIR", HERE.parents[2] / "shared/eval/municipal-faq")
    files = [*Path(place).glob("queries.*.jsonl"), *Path(place).glob("off-topic.*.jsonl")]
    if not files:
        pytest.skip("no evaluation folder (MADOGUCHI_EVAL_DIR)")
    texts = [
        json.loads(line)["text"]
        for file in files
        for line in file.read_text(encoding="utf-8").splitlines()
    ]

    assert alarmed(texts) == []


def test_a_call_can_be_tapped() -> None:
    assert Call("", "0120-279-338").uri == "tel:0120279338"
    assert Call("", "#7119").uri == "tel:%237119"


def test_every_card_is_one_warm_sentence_and_numbers_with_short_labels() -> None:
    for entry in content.toml("danger.toml")["danger"]:
        assert entry["warm"].endswith("。")
        assert entry["warm"].count("。") == 1, entry["kind"]
        assert len(entry["warm"]) <= 40
        assert 1 <= len(entry["calls"]) <= 5
        for call in entry["calls"]:
            assert len(regex.findall(r"\X", call["label"])) <= 20
            assert regex.fullmatch(r"#?[0-9][0-9-]{2,12}", call["number"])


def test_only_the_given_content_decides() -> None:
    little = Dangers.from_toml(
        {
            "words": {"who": ["父", "母"]},
            "readings": {"火事": "かじ"},
            "hypothetical": ["たら"],
            "procedure": ["手続"],
            "harmless": ["火事場"],
            "fillers": ["すみません"],
            "danger": [
                {
                    "kind": "fire",
                    "warm": "逃げてください。",
                    "calls": [{"label": "消防", "number": "119"}],
                    "now": ["<who>の家が火事"],
                    "talk": ["火事"],
                }
            ],
        }
    )
    fire = Danger("fire", "逃げてください。", (Call("消防", "119", ""),))

    assert little.recognise("父の家がかじ！手続きは？") == fire
    assert little.recognise("火事の手続き") is None
    assert little.recognise("火事場") is None
    assert little.recognise("母の家が火事たら") is None


@pytest.mark.alone
def test_a_message_is_read_in_less_than_a_millisecond() -> None:
    texts = [said for _, said in dangers()] + calm()
    start = time.perf_counter()
    for text in texts:
        DANGERS.recognise(text)

    assert (time.perf_counter() - start) / len(texts) < 0.002  # 0.0002 s measured; CI may be slow


@given(
    st.text(st.characters(codec=None))
    | st.text(st.sampled_from("死燃もえてる火事助けて。ー\ud800 "), max_size=300)
)
def test_no_message_is_too_odd(text: str) -> None:
    assert DANGERS.recognise(text) == DANGERS.recognise(text)
