"""How far the plan has come always fits into what LINE takes, however much is recorded."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

import content
from bot.city import City
from bot.emulator.messages import check_messages
from bot.line.limits import Message, check
from bot.plan import rules
from bot.plan.measures import Plan
from bot.plan.rules import Kind, Progress, Record, StepState
from bot.residents.rules import Style
from bot.speech import plan_cards
from bot.speech.texts import Texts, Voice
from tests.flows.chatting import words
from tests.reading_aloud import readings_of_the_city

CITY = City.from_toml(content.toml("city.toml"))
PLAN = Plan.from_toml(content.toml("plan.toml"))
TEXTS = Texts.read(content.folder() / "texts")
STYLES = [Style.PLAIN, Style.EASY, Style.FURIGANA]
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
LONG_NAME = "情報通信技術利用推進講習会参加者満足度調査回答者総数"
LONG_VALUE = "前年度同期比増加率百二十三人"


def recorded(figures: int, *, name: str = LONG_NAME, all_steps: bool = False) -> Progress:
    """So many figures of each measure, and every step done if wished."""
    return rules.progress(PLAN, list(_records(figures, name, all_steps)), NOW.date())


def _records(figures: int, name: str, all_steps: bool) -> Iterator[Record]:
    day, number = date(2026, 11, 20), 0
    done, by = StepState.DONE, "tanaka"
    for measure in PLAN.measures:
        given = measure.number
        for _, step in measure.steps() if all_steps else ():
            number += 1
            yield Record(number, Kind.STEP, step.key, day, by, NOW, measure=given, state=done)
        for at in range(figures):
            number += 1
            called = f"{name}{at}"
            yield Record(number, Kind.FIGURE, called, day, by, NOW, measure=given, value=LONG_VALUE)


def told(style: Style, stands: Progress, base_url: str | None) -> list[Message]:
    voice = Voice(TEXTS, style, readings_of_the_city())
    return plan_cards.progress(voice, CITY, PLAN, stands, base_url)


def texts(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if part.get("type") == "text":
            yield str(part["text"])
        part = list(part.values())
    if isinstance(part, list):
        for smaller in part:
            yield from texts(smaller)


@pytest.mark.parametrize("style", STYLES)
def test_it_fits_however_much_is_recorded(style: Style) -> None:
    drawn = random.Random(f"plan {style}")
    for figures in (0, 5, 8, 12, 20, *(drawn.randrange(200) for _ in range(3))):
        name = LONG_NAME * drawn.randrange(1, 3)
        stands = recorded(figures, name=name[:58], all_steps=drawn.random() < 0.7)
        base_url = drawn.choice([None, "https://madoguchi.example"])
        messages = told(style, stands, base_url)
        assert check(messages) == [], f"{figures} figures"
        assert check_messages(messages).details == [], f"{figures} figures"


@pytest.mark.parametrize("style", STYLES)
def test_what_is_left_out_is_counted_and_leads_to_the_page(style: Style) -> None:
    stands = recorded(40, all_steps=True)
    cards = told(style, stands, "https://madoguchi.example")[1]["contents"]["contents"]
    assert len(cards) == 8
    for card, measure in zip(cards, stands.measures, strict=True):
        said = "\n".join(texts(card))
        shown = said.count("・") + said.count(LONG_VALUE[:2])
        assert "ほかに" in said
        assert shown >= 2, "some of the steps and some of the figures"
        assert card["footer"]["contents"][0]["action"]["uri"] == "https://madoguchi.example/plan"
        assert f"{measure.measure.number} " in said


def test_every_detail_is_either_said_or_counted() -> None:
    stands = recorded(40, all_steps=True)
    for card, measure in zip(
        told(Style.PLAIN, stands, None)[1]["contents"]["contents"], stands.measures, strict=True
    ):
        said = "\n".join(texts(card))
        steps = len({one.step.text for one in measure.steps})
        shown = said.count("\n・") + said.count(LONG_VALUE)
        assert f"ほかに{steps + 40 - shown}件あります。窓口で聞けます。" in said


def test_nothing_is_said_to_be_left_out_where_all_fits() -> None:
    assert "ほかに" not in words(told(Style.PLAIN, recorded(3), None))
