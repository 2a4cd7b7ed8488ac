"""What the desk drafts passes the same check as what a person writes, whatever is recorded."""

import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

import content
from bot.campaigns import checking
from bot.campaigns.rules import Card, Draft
from bot.line import limits
from bot.plan import rules
from bot.plan.measures import Plan
from bot.plan.news import MeasureNews, MonthsNews
from bot.plan.rules import Kind, Record, StepState
from bot.residents.rules import Style
from bot.speech import campaign_cards, news_drafts
from bot.speech.campaign_cards import Addresses, Shown
from bot.speech.texts import Texts, Voice
from tests.reading_aloud import readings_of_the_city

PLAN = Plan.from_toml(content.toml("plan.toml"))
TEXTS = Texts.read(content.folder() / "texts")
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
FIRST, DAY, LAST = date(2026, 11, 1), date(2026, 11, 20), date(2026, 11, 30)
PAGE = "https://madoguchi.example/plan"
TOPICS = ("classes", "online", "plan", "digest")
MORE = re.compile(r"^ほかに(\d+)件", re.MULTILINE)
SHOWN = Shown("https://madoguchi.example/p/x.jpg", "https://madoguchi.example/p/x/small.jpg")


def voice() -> Voice:
    return Voice(TEXTS, add_readings=readings_of_the_city())


def news(
    steps: int, figures: int = 0, online: int = 0, name: str = "粗大ごみの申込み"
) -> MonthsNews:
    """A month with so many steps and figures in each measure, and procedures that went online."""
    records: list[Record] = []
    for measure in PLAN.measures:
        for _, step in list(measure.steps())[:steps]:
            records.append(_record(records, Kind.STEP, step.key, StepState.DONE))
        for at in range(figures):
            figure = _record(records, Kind.FIGURE, f"利用者満足度調査回答者総数{at}")
            records.append(replace(figure, measure=measure.number, value="百二十三人"))
    records += [_record(records, Kind.ONLINE, f"{name}{at}") for at in range(online)]
    stands = rules.progress(PLAN, records, LAST)
    told = [
        MeasureNews(one.measure, tuple(s for s in one.steps if s.record), one.figures)
        for one in stands.measures
        if one.figures or any(s.record for s in one.steps)
    ]
    went = tuple(one for one in records if one.kind is Kind.ONLINE)
    return MonthsNews(FIRST, LAST, went, tuple(told), stands)


def _record(
    before: list[Record], kind: Kind, subject: str, state: StepState | None = None
) -> Record:
    return Record(len(before) + 1, kind, subject, DAY, "tanaka", NOW, state=state)


def passes(draft: Draft) -> bool:
    """It breaks none of our limits, nor LINE's in any style."""
    assert checking.faults(draft, is_real_line=False, topics=TOPICS) == ()
    for style in Style:
        messages = campaign_cards.compose(
            replace(voice(), style=style), draft, Addresses(lambda _: SHOWN)
        )
        assert limits.check(messages) == []
    return True


def cards(draft: Draft) -> list[Card]:
    return [part for part in draft.parts if isinstance(part, Card)]


def told(card: Card) -> int:
    return sum(line.startswith("・") for line in card.text.splitlines())


def has_bare_heading(card: Card) -> bool:
    lines = card.text.splitlines()
    followed = zip(lines, [*lines[1:], ""], strict=True)
    return any(one[:1].isdigit() and not then.startswith("・") for one, then in followed)


def test_one_step_in_each_of_eight_measures_names_every_measure() -> None:
    draft = news_drafts.progress(voice(), news(1), 7, PAGE)
    assert passes(draft)
    assert sum(told(card) for card in cards(draft)) == 8
    for card in cards(draft):
        assert not has_bare_heading(card)
        assert [button.argument for button in card.buttons] == ["", PAGE]


def test_with_room_for_one_card_it_counts_what_is_left_out_and_has_no_bare_heading() -> None:
    draft = news_drafts.progress(voice(), news(1, online=1), 7, PAGE)
    assert passes(draft)
    card = cards(draft)[-1]
    assert told(card) < 8
    assert not has_bare_heading(card)
    assert card.text.endswith(f"ほかに{8 - told(card)}件あります。下のボタンから見られます。")


@pytest.mark.parametrize("page", [PAGE, None])
def test_ten_procedures_with_long_names_are_told_or_counted(page: str | None) -> None:
    name = "特定建設作業実施届出書及び騒音振動関係施設設置届出書の提出手続"
    draft = news_drafts.progress(voice(), news(0, online=10, name=name), None, page)
    assert passes(draft)
    card = cards(draft)[0]
    shown = told(card)
    assert 0 < shown < 10
    assert card.text.endswith(f"ほかに{10 - shown}件あります。下のボタンから見られます。")
    assert "ほかに" in card.easy
    assert card.buttons[-1].to == ("link" if page else "plan")


def test_whatever_is_recorded_it_passes_the_check_and_counts_what_it_leaves_out() -> None:
    drawn = random.Random("news")
    for _ in range(12):
        steps, figures, online = (drawn.randrange(most) for most in (5, 6, 40))
        name = "手続" * drawn.randrange(1, 60)
        found = news(steps, figures, online, name)
        draft = news_drafts.progress(voice(), found, drawn.choice([None, 7]), PAGE)
        assert passes(draft)
        whole = sum(len(one.steps) + len(one.figures) for one in found.measures)
        about_measures = cards(draft)[1 if online else 0 :]
        if whole:
            left = [int(more) for one in about_measures for more in MORE.findall(one.text)]
            assert sum(map(told, about_measures)) + sum(left) == whole
        if online:
            left = [int(more) for more in MORE.findall(cards(draft)[0].text)]
            assert told(cards(draft)[0]) + sum(left) == online
        assert not whole or not any(map(has_bare_heading, cards(draft)))


def test_a_week_with_much_to_tell_passes_the_check_as_well() -> None:
    titles = [f"夏休み親子情報技術体験教室参加者募集案内第{at}回" for at in range(12)]
    online = news(0, online=30).online
    draft = news_drafts.digest(voice(), titles, [], online, DAY)
    assert draft is not None
    assert passes(draft)
    for card, count in zip(cards(draft), [12, 30], strict=True):
        assert told(card) + sum(map(int, MORE.findall(card.text))) == count
