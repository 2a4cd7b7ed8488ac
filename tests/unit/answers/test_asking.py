"""What a resident gets for a question, by words alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.engine import Engine
from bot.answers.values import Entry, Outcome
from tests.unit.answers.samples import ENTRIES, SYNONYMS, LetterModel, engine, first


@pytest.fixture(scope="module")
def desk() -> Engine:
    return engine()


@pytest.mark.parametrize(
    ("text", "entry_id"),
    [
        ("住民票がほしい", "residence"),
        ("じゅうみんひょうはどこでとれますか", "residence"),
        ("かいごほけんさーびすをりようしたい", "care"),
        ("介護ほけんサービスを使うには", "care"),
        ("国民健庸保険に入りたい", "health"),
        ("国民健保険に入りたい", "health"),
        ("ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞを作りたい", "card"),
        ("えーと放置じてんしゃを撤去してほしいんやけど", "bicycle"),
        ("避難 場所", "shelter"),
    ],
)
def test_a_question_finds_its_entry_however_it_is_written(
    desk: Engine, text: str, entry_id: str
) -> None:
    assert first(desk, text) == entry_id


@pytest.mark.parametrize(
    "padding",
    [
        "夜分遅くに大変恐縮でございます。{}何卒よしなに願います。",
        "はじめてメッセージを送ります。{}お手すきの折にご返信くだされば幸甚です。",
        "足が悪くてそちらへ出向けません。{}",
    ],
)
def test_greetings_nobody_listed_do_not_change_the_answer(desk: Engine, padding: str) -> None:
    for text, entry_id in (
        ("粗大ごみの出し方は?", "waste"),
        ("図書館は何時まで開いていますか。", "library"),
    ):
        assert first(desk, padding.format(text)) == entry_id


def test_a_synonym_finds_the_entry(desk: Engine) -> None:
    assert first(desk, "廃棄物を捨てたい") == "waste"


def test_the_exact_question_is_answered_directly(desk: Engine) -> None:
    for entry in ENTRIES:
        decision = desk.ask(entry.question)
        assert (decision.outcome, decision.ranked[0].entry_id) == (Outcome.DIRECT, entry.id)


def test_punctuation_width_and_greeting_do_not_spoil_an_exact_question(desk: Engine) -> None:
    decision = desk.ask("すみません、児童手当の　申請方法!!")
    assert (decision.outcome, decision.ranked[0].entry_id) == (Outcome.DIRECT, "child")


def test_one_character_between_two_procedures_is_respected(desk: Engine) -> None:
    assert first(desk, "転入届の出し方を教えてください") == "moving-in"
    assert first(desk, "転出届の出し方を教えてください") == "moving-out"


def test_a_new_wording_comes_first_at_once(desk: Engine) -> None:
    slang = "ちゃりが邪魔でかなわん"
    bicycle = next(entry for entry in ENTRIES if entry.id == "bicycle")
    changed = desk.with_changes(put=[Entry(bicycle.id, bicycle.question, bicycle.answer, (slang,))])
    decision = changed.ask(slang)
    assert (decision.outcome, decision.ranked[0].entry_id) == (Outcome.DIRECT, "bicycle")
    assert first(changed, "ちゃりが邪魔です") == "bicycle"


def test_a_wording_of_two_entries_gives_a_choice() -> None:
    both = engine(
        (*ENTRIES[:4], Entry("a", "証明書", "一つ目です。"), Entry("b", "証明書", "二つ目です。"))
    )
    decision = both.ask("証明書")
    assert decision.outcome is Outcome.CANDIDATES
    assert {ranked.entry_id for ranked in decision.ranked[:2]} == {"a", "b"}


@pytest.mark.parametrize(
    "text", ["今日の天気はどうかな", "音楽を流して", "こんにちは", "", "?!", "😀"]
)
def test_what_no_city_answers_is_unanswered(desk: Engine, text: str) -> None:
    assert desk.ask(text).outcome is Outcome.UNANSWERED


def test_an_empty_knowledge_answers_nothing() -> None:
    decision = Engine.build(()).ask("住民票がほしい")
    assert (decision.outcome, decision.ranked) == (Outcome.UNANSWERED, ())


def test_a_single_entry_answers_its_question_and_no_other() -> None:
    one = engine(ENTRIES[:1])
    assert one.ask("住民票の写しはどこで取れますか").outcome is Outcome.DIRECT
    assert one.ask("飛行機の予約").outcome is Outcome.UNANSWERED


def test_a_removed_entry_is_not_found_again(desk: Engine) -> None:
    without = desk.with_changes(removed=["waste"])
    assert "waste" not in {ranked.entry_id for ranked in without.ask("粗大ごみの出し方").ranked}
    assert first(desk, "粗大ごみの出し方") == "waste"


def test_new_synonyms_are_understood_at_once(desk: Engine) -> None:
    changed = desk.with_changes(synonyms=[*SYNONYMS, ("ワンちゃん", "犬")])
    assert first(changed, "ワンちゃんを飼い始めた") == "dog"


def test_the_question_is_embedded_once_and_not_at_all_when_the_wording_is_known() -> None:
    model = LetterModel()
    desk = engine(model=model)
    before = model.asked
    vectors = [desk.ask("住民票をとりたい").vector for _ in range(3)]
    assert desk.ask("図書館の開館時間").vector is None
    assert model.asked == before + 1
    assert len({vector for vector in vectors if vector and len(vector) == 2 * model.size}) == 1


def test_the_parts_of_a_score_add_up(desk: Engine) -> None:
    explained = desk.explain("住民票をとりたい", most=3)
    assert [one.entry_id for one in explained] == [
        ranked.entry_id for ranked in desk.ask("住民票をとりたい").ranked[:3]
    ]
    for one in explained:
        assert one.score == pytest.approx(sum(value for _, value in one.parts), abs=1e-3)


@settings(deadline=None, max_examples=150)
@given(
    st.text(
        alphabet=st.sampled_from("住民票引越しごみのはどこ、。?！ａ1ー犬っ \n𠮷😀"), max_size=40
    )
)
def test_every_text_gets_a_lawful_decision(text: str) -> None:
    decision = _SHARED.ask(text)
    scores = [ranked.score for ranked in decision.ranked]
    assert scores == sorted(scores, reverse=True)
    assert len({ranked.entry_id for ranked in decision.ranked}) == len(decision.ranked) <= 10
    assert 0 <= decision.gate <= 1
    assert 0 <= decision.margin <= 1
    if decision.outcome is not Outcome.UNANSWERED:
        assert decision.ranked
    assert _SHARED.ask(text) == decision


_SHARED = engine()
